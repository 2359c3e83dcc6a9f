/**
 * A small LZMA encoder after lzma-specification.txt of the LZMA SDK: it makes the streams that no tool makes,
 * wrong ones among them.
 */

/** A literal is a number, a match its distance and length, and the end marker a match of no length. */
export type LzmaSymbol = number | { distance: number; length: number }
export const END_MARKER: LzmaSymbol = { distance: 2 ** 32, length: 2 }

export interface Properties {
  lc: number
  lp: number
  pb: number
}

export const propertiesByte = ({ lc, lp, pb }: Properties): number => (pb * 5 + lp) * 9 + lc

class RangeEncoder {
  #low = 0n
  #range = 0xffffffff
  #shifts = 0
  readonly #probabilities = new Map<string, number>()

  bit(name: string, bit: number): void {
    const p = this.#probabilities.get(name) ?? 1024
    const bound = Math.floor(this.#range / 2048) * p
    if (bit === 0) this.#range = bound
    else {
      this.#low += BigInt(bound)
      this.#range -= bound
    }
    this.#probabilities.set(name, bit === 0 ? p + ((2048 - p) >> 5) : p - (p >> 5))
    this.#normalize()
  }

  tree(name: string, bits: number, value: number): void {
    for (let node = 1, place = bits - 1; place >= 0; place--) {
      const bit = (value >>> place) & 1
      this.bit(`${name} ${node}`, bit)
      node = node * 2 + bit
    }
  }

  reverseTree(name: string, bits: number, value: number): void {
    for (let node = 1, place = 0; place < bits; place++) {
      const bit = (value >>> place) & 1
      this.bit(`${name} ${node}`, bit)
      node = node * 2 + bit
    }
  }

  direct(bits: number, value: number): void {
    for (let place = bits - 1; place >= 0; place--) {
      this.#range = Math.floor(this.#range / 2)
      if (Math.floor(value / 2 ** place) % 2 === 1) this.#low += BigInt(this.#range)
      this.#normalize()
    }
  }

  /** The code is one large number here, so that carries need no care: `low` grows by a byte each time. */
  #normalize(): void {
    while (this.#range < 2 ** 24) {
      this.#range = (this.#range * 256) % 2 ** 32
      this.#low <<= 8n
      this.#shifts++
    }
  }

  finish(): Uint8Array<ArrayBuffer> {
    const length = 5 + this.#shifts
    const bytes = new Uint8Array(length)
    for (let at = length - 1, rest = this.#low; at >= 0; at--, rest >>= 8n) bytes[at] = Number(rest & 0xffn)
    return bytes
  }
}

export interface Encoded {
  /** One run of the range coder, with the five bytes that it starts with. */
  code: Uint8Array<ArrayBuffer>
  /** What it unpacks to. */
  output: Uint8Array<ArrayBuffer>
}

export function encodeLzma(symbols: Iterable<LzmaSymbol>, { lc, lp, pb }: Properties): Encoded {
  const encoder = new RangeEncoder()
  const output: number[] = []
  let kind = 0
  let rep0 = 0
  for (const symbol of symbols) {
    const posState = output.length % 2 ** pb
    if (typeof symbol === 'number') {
      encoder.bit(`match ${kind} ${posState}`, 0)
      const context = `literal ${output.length % 2 ** lp} ${(output.at(-1) ?? 0) >> (8 - lc)}`
      const match = kind < 7 ? undefined : (output.at(-rep0 - 1) ?? 0)
      let agrees = match !== undefined
      for (let node = 1, place = 7; place >= 0; place--) {
        const bit = (symbol >> place) & 1
        const expected = ((match ?? 0) >> place) & 1
        encoder.bit(`${context} ${agrees ? expected : 'plain'} ${node}`, bit)
        agrees &&= bit === expected
        node = node * 2 + bit
      }
      output.push(symbol)
      kind = kind < 4 ? 0 : kind < 10 ? kind - 3 : kind - 6
      continue
    }
    const { distance, length } = symbol
    encoder.bit(`match ${kind} ${posState}`, 1)
    encoder.bit(`rep ${kind}`, 0)
    kind = kind < 7 ? 7 : 10
    encoder.bit('choice', length < 10 ? 0 : 1)
    if (length < 10) encoder.tree(`low ${posState}`, 3, length - 2)
    else {
      encoder.bit('choice2', length < 18 ? 0 : 1)
      if (length < 18) encoder.tree(`mid ${posState}`, 3, length - 10)
      else encoder.tree('high', 8, length - 18)
    }
    rep0 = distance - 1
    const bits = rep0 < 4 ? 0 : 31 - Math.clz32(rep0) - 1
    const slot = rep0 < 4 ? rep0 : (bits + 1) * 2 + (Math.floor(rep0 / 2 ** bits) & 1)
    encoder.tree(`slot ${Math.min(length - 2, 3)}`, 6, slot)
    if (slot >= 14) {
      encoder.direct(bits - 4, Math.floor((rep0 % 2 ** bits) / 16))
      encoder.reverseTree('align', 4, rep0 % 16)
    } else if (slot >= 4) encoder.reverseTree(`low bits ${slot}`, bits, rep0 % 2 ** bits)
    // Distances that reach too far back have nothing to copy; no decoder passes them.
    for (let count = 0; count < length; count++) output.push(output.at(-distance) ?? 0)
  }
  return { code: encoder.finish(), output: Uint8Array.from(output) }
}
