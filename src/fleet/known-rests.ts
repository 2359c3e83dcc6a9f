/**
 * What follows the address in lines that were read: the facts of a kernel, which a fleet has many times. A line that
 * ends with the bytes of one before need not be read again. Bounded: where it is full it begins anew.
 */

/** The end of a line, from the quote after its address. */
interface Rest {
  bytes: Buffer
  isAscii: boolean
}

const MAX_BYTES = 16 * 2 ** 20
const MAX_RESTS = 4096
/** So many bytes of a rest go into its hash, at equal distances. */
const SAMPLES = 32

export class KnownRests {
  readonly #rests = new Map<number, Rest[]>()
  #count = 0
  #size = 0

  find(bytes: Buffer, start: number, end: number): Rest | undefined {
    return this.#rests
      .get(hashOf(bytes, start, end))
      ?.find(
        rest =>
          rest.bytes.length === end - start && bytes.compare(rest.bytes, 0, end - start, start, end) === 0,
      )
  }

  add(bytes: Buffer, start: number, end: number, isAscii: boolean): void {
    if (end - start > MAX_BYTES) return
    if (this.#count === MAX_RESTS || this.#size + end - start > MAX_BYTES) {
      this.#rests.clear()
      this.#count = 0
      this.#size = 0
    }
    const hash = hashOf(bytes, start, end)
    const rest = { bytes: Buffer.from(bytes.subarray(start, end)), isAscii }
    const others = this.#rests.get(hash)
    if (others === undefined) this.#rests.set(hash, [rest])
    else others.push(rest)
    this.#count++
    this.#size += end - start
  }
}

/** FNV-1a of the length and of single bytes: what differs elsewhere is compared. */
function hashOf(bytes: Buffer, start: number, end: number): number {
  let hash = Math.imul(0x811c9dc5 ^ (end - start), 0x01000193)
  const step = Math.max(1, Math.floor((end - start) / SAMPLES))
  for (let at = start; at < end; at += step) hash = Math.imul(hash ^ bytes[at]!, 0x01000193)
  return hash >>> 0
}
