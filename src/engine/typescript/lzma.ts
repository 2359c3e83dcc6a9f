/** The LZMA decoder: the twin of asm/lzma.ts, a bit at a time. */
import * as lzma from '../lzma-state.ts'

const NARROW = 2 ** 24
const ONE = 2048

const fieldsOf = (memory: Uint8Array): Uint32Array =>
  new Uint32Array(memory.buffer, memory.byteOffset, lzma.LZMA_STATE_END / 4)

const probabilitiesOf = (memory: Uint8Array): Uint16Array =>
  new Uint16Array(memory.buffer, memory.byteOffset, lzma.LZMA_STATE_END / 2)

export function lzmaReset(memory: Uint8Array, lc: number, lp: number, pb: number): void {
  const fields = fieldsOf(memory)
  fields[lzma.LZMA_LC / 4] = lc
  fields[lzma.LZMA_LP_MASK / 4] = (1 << lp) - 1
  fields[lzma.LZMA_PB_MASK / 4] = (1 << pb) - 1
  fields[lzma.LZMA_KIND / 4] = 0
  fields.fill(0, lzma.LZMA_DISTANCES / 4, lzma.LZMA_DISTANCES / 4 + 4)
  const end = lzma.LITERALS + (lzma.LITERAL_CONTEXT << (lc + lp))
  probabilitiesOf(memory).fill(lzma.EVEN, lzma.IS_MATCH / 2, end / 2)
}

type Distances = [number, number, number, number]

const RANGE = 0
const CODE = 1

/** The range decoder, and the trees of bits that LZMA reads with it. Addresses of probabilities are in bytes. */
class RangeDecoder {
  readonly #memory: Uint8Array
  readonly #probabilities: Uint16Array
  /** Range and code: unsigned words, which properties would box. */
  readonly words: Uint32Array
  input: number

  constructor(memory: Uint8Array, fields: Uint32Array) {
    this.#memory = memory
    this.#probabilities = probabilitiesOf(memory)
    this.words = Uint32Array.of(fields[lzma.LZMA_RANGE / 4]!, fields[lzma.LZMA_CODE / 4]!)
    this.input = fields[lzma.LZMA_INPUT / 4]!
  }

  #normalize(): void {
    const words = this.words
    if (words[RANGE]! < NARROW) {
      words[RANGE] = words[RANGE]! << 8
      words[CODE] = (words[CODE]! << 8) | this.#memory[this.input++]!
    }
  }

  bit(address: number): number {
    this.#normalize()
    const words = this.words
    const p = this.#probabilities[address >> 1]!
    const bound = Math.imul(words[RANGE]! >>> 11, p) >>> 0
    if (words[CODE]! < bound) {
      words[RANGE] = bound
      this.#probabilities[address >> 1] = p + ((ONE - p) >> 5)
      return 0
    }
    words[RANGE] = words[RANGE]! - bound
    words[CODE] = words[CODE]! - bound
    this.#probabilities[address >> 1] = p - (p >> 5)
    return 1
  }

  /** Highest bit first; the result has the leading 1 of the tree's node numbers. */
  tree(address: number, leaves: number): number {
    let node = 1
    while (node < leaves) node = (node << 1) | this.bit(address + node * 2)
    return node
  }

  /** Lowest bit first. */
  reverseTree(address: number, bits: number): number {
    let node = 1
    let value = 0
    for (let place = 0; place < bits; place++) {
      const bit = this.bit(address + node * 2)
      node = (node << 1) | bit
      value |= bit << place
    }
    return value
  }

  direct(bits: number): number {
    const words = this.words
    let value = 0
    for (let place = 0; place < bits; place++) {
      this.#normalize()
      words[RANGE] = words[RANGE]! >>> 1
      const bit = words[CODE]! < words[RANGE]! ? 0 : 1
      if (bit === 1) words[CODE] = words[CODE]! - words[RANGE]!
      value = (value << 1) | bit
    }
    return value
  }

  literal(context: number): number {
    return this.tree(context, 0x100) & 0xff
  }

  /** As long as the bits agree with those of `match`, the tree is one of two beside the plain one. */
  literalAfterMatch(context: number, match: number): number {
    let node = 1
    let agree = 0x100
    let rest = match
    while (node < 0x100) {
      rest <<= 1
      const expected = rest & agree
      const bit = this.bit(context + (agree + expected + node) * 2)
      node = (node << 1) | bit
      agree &= bit === 1 ? expected : ~expected
    }
    return node & 0xff
  }

  length(coder: number, posState: number): number {
    if (this.bit(coder + lzma.LENGTH_CHOICE) === 0) {
      return this.tree(coder + lzma.LENGTH_LOW + posState * 16, 8) - 8 + 2
    }
    if (this.bit(coder + lzma.LENGTH_CHOICE2) === 0) {
      return this.tree(coder + lzma.LENGTH_MID + posState * 16, 8) - 8 + 10
    }
    return this.tree(coder + lzma.LENGTH_HIGH, 256) - 256 + 18
  }

  /** A distance less by one: a slot, which holds the highest two bits and how many follow, and these. */
  distance(length: number): number {
    const slot = this.tree(lzma.DISTANCE_SLOTS + Math.min(length - 2, 3) * 128, 64) - 64
    if (slot < 4) return slot
    const bits = (slot >> 1) - 1
    const highest = 2 | (slot & 1)
    if (slot < 14) {
      const base = highest << bits
      return base + this.reverseTree(lzma.DISTANCE_LOW_BITS + (base - slot) * 2, bits)
    }
    const upper = (highest << (bits - 4)) | this.direct(bits - 4)
    return ((upper << 4) | this.reverseTree(lzma.DISTANCE_ALIGN, 4)) >>> 0
  }
}

export function lzmaDecode(memory: Uint8Array, target: number, end: number, stop: number): number {
  const fields = fieldsOf(memory)
  const lc = fields[lzma.LZMA_LC / 4]!
  const lpMask = fields[lzma.LZMA_LP_MASK / 4]!
  const pbMask = fields[lzma.LZMA_PB_MASK / 4]!
  const dictionary = fields[lzma.LZMA_DICTIONARY / 4]!
  const dictionarySize = fields[lzma.LZMA_DICTIONARY_SIZE / 4]!
  const decoder = new RangeDecoder(memory, fields)
  let output = fields[lzma.LZMA_OUTPUT / 4]!
  let before = output
  let kind = fields[lzma.LZMA_KIND / 4]!
  let [rep0, rep1, rep2, rep3] = [0, 1, 2, 3].map(n => fields[lzma.LZMA_DISTANCES / 4 + n]!) as Distances
  let status = lzma.LZMA_AT_TARGET

  while (output < target) {
    if (decoder.input > stop) {
      status = lzma.LZMA_AT_STOP
      break
    }
    before = output
    const position = output - dictionary
    const posState = position & pbMask

    if (decoder.bit(lzma.IS_MATCH + kind * 32 + posState * 2) === 0) {
      const previous = position === 0 ? 0 : memory[output - 1]!
      const context =
        lzma.LITERALS + lzma.LITERAL_CONTEXT * (((position & lpMask) << lc) + (previous >> (8 - lc)))
      memory[output] =
        kind < 7 ? decoder.literal(context) : decoder.literalAfterMatch(context, memory[output - rep0 - 1]!)
      output++
      kind = kind < 4 ? 0 : kind < 10 ? kind - 3 : kind - 6
      continue
    }

    let length: number
    if (decoder.bit(lzma.IS_REP + kind * 2) === 0) {
      rep3 = rep2
      rep2 = rep1
      rep1 = rep0
      length = decoder.length(lzma.MATCH_LENGTH, posState)
      rep0 = decoder.distance(length)
      kind = kind < 7 ? 7 : 10
      if (rep0 === 0xffffffff) {
        status = lzma.LZMA_END_MARKER
        break
      }
    } else {
      if (decoder.bit(lzma.IS_REP0 + kind * 2) === 0) {
        if (decoder.bit(lzma.IS_REP0_LONG + kind * 32 + posState * 2) === 0) {
          if (rep0 >= position || rep0 >= dictionarySize) {
            status = lzma.LZMA_BAD_DISTANCE
            break
          }
          memory[output] = memory[output - rep0 - 1]!
          output++
          kind = kind < 7 ? 9 : 11
          continue
        }
      } else if (decoder.bit(lzma.IS_REP1 + kind * 2) === 0) {
        ;[rep0, rep1] = [rep1, rep0]
      } else if (decoder.bit(lzma.IS_REP2 + kind * 2) === 0) {
        ;[rep0, rep1, rep2] = [rep2, rep0, rep1]
      } else {
        ;[rep0, rep1, rep2, rep3] = [rep3, rep0, rep1, rep2]
      }
      length = decoder.length(lzma.REP_LENGTH, posState)
      kind = kind < 7 ? 8 : 11
    }

    if (rep0 >= position || rep0 >= dictionarySize) {
      status = lzma.LZMA_BAD_DISTANCE
      break
    }
    if (length > end - output) {
      status = lzma.LZMA_BAD_LENGTH
      break
    }
    const from = output - rep0 - 1
    for (let at = 0; at < length; at++) memory[output + at] = memory[from + at]!
    output += length
  }

  fields[lzma.LZMA_INPUT / 4] = decoder.input
  fields[lzma.LZMA_OUTPUT / 4] = output
  fields[lzma.LZMA_BEFORE / 4] = before
  fields[lzma.LZMA_RANGE / 4] = decoder.words[RANGE]!
  fields[lzma.LZMA_CODE / 4] = decoder.words[CODE]!
  fields[lzma.LZMA_KIND / 4] = kind
  fields.set([rep0, rep1, rep2, rep3], lzma.LZMA_DISTANCES / 4)
  return status
}
