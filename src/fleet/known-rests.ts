/**
 * What follows the address in lines that were read: the facts of a kernel, which a fleet has many times. A line that
 * ends with the bytes of one before need not be read again. Bounded: where it is full it begins anew.
 */

/** The end of a line, and what is known of it. */
interface Rest<T> {
  bytes: Buffer
  value: T
}

/** Bytes and rests that are kept at most. */
export interface RestLimits {
  bytes: number
  count: number
}

/** So many bytes of a rest go into its hash, at equal distances. */
const SAMPLES = 32

export class KnownRests<T> {
  readonly #limits: RestLimits
  readonly #rests = new Map<number, Rest<T>[]>()
  #count = 0
  #size = 0

  constructor(limits: RestLimits) {
    this.#limits = limits
  }

  find(bytes: Buffer, start: number, end: number): T | undefined {
    const length = end - start
    for (const rest of this.#rests.get(hashOf(bytes, start, end)) ?? []) {
      if (rest.bytes.length === length && bytes.compare(rest.bytes, 0, length, start, end) === 0)
        return rest.value
    }
    return undefined
  }

  add(bytes: Buffer, start: number, end: number, value: T): void {
    const length = end - start
    if (length > this.#limits.bytes) return
    if (this.#count === this.#limits.count || this.#size + length > this.#limits.bytes) {
      this.#rests.clear()
      this.#count = 0
      this.#size = 0
    }
    const hash = hashOf(bytes, start, end)
    const rest = { bytes: Buffer.from(bytes.subarray(start, end)), value }
    const others = this.#rests.get(hash)
    if (others === undefined) this.#rests.set(hash, [rest])
    else others.push(rest)
    this.#count++
    this.#size += length
  }
}

/** FNV-1a of the length and of single bytes: what differs elsewhere is compared. */
function hashOf(bytes: Buffer, start: number, end: number): number {
  let hash = Math.imul(0x811c9dc5 ^ (end - start), 0x01000193)
  const step = Math.max(1, Math.floor((end - start) / SAMPLES))
  for (let at = start; at < end; at += step) hash = Math.imul(hash ^ bytes[at]!, 0x01000193)
  return hash >>> 0
}
