// The LZMA decoder, for .lzma streams and LZMA2 chunks alike: it goes on wherever it stopped.
//
// The range decoder lives in locals, so its step is written out wherever it is taken: with globals and a
// function the whole decoder takes 9 % longer. Trees are decoded without branches, because their bits are
// close to random and every second would be mispredicted, and with both children's probabilities loaded
// before the bit between them is known: that is 25 % of the time.
import * as layout from '../src/engine/lzma-state.ts'
import { COPY_MARGIN, repeat } from './copy'
import * as state from './lzma-addresses'

/** The range decoder takes another byte when the range is below this. */
const NARROW: u32 = 1 << 24
/** Probabilities have 11 bits and move by 1/32 of what is left. */
const ONE: u32 = 2048
/** What makes one shift of both moves: p - ((p - ZERO_BIAS) >> 5) is p + ((ONE - p) >> 5). */
const ZERO_BIAS: u32 = ONE - 31

/** Sets lc, lp and pb, makes all probabilities even, and forgets the last symbols. */
export function lzmaReset(lc: u32, lp: u32, pb: u32): void {
  store<u32>(state.LC, lc)
  store<u32>(state.LP_MASK, (1 << lp) - 1)
  store<u32>(state.PB_MASK, (1 << pb) - 1)
  store<u32>(state.KIND, 0)
  memory.fill(state.DISTANCES, 0, 16)
  const even = i16x8.splat(<i16>layout.EVEN)
  const end = state.LITERALS + (state.LITERAL_CONTEXT << (lc + lp))
  for (let at = state.IS_MATCH & ~15; at < end; at += 16) v128.store(at, even)
}

/**
 * Decodes symbols until the output reaches `target` or the next symbol would start after `stop`: a symbol
 * that starts there reads LZMA_LOOKAHEAD bytes at most. Nothing is written after `end`, except that with a
 * `target` after it there may be one literal.
 */
export function lzmaDecode(target: usize, end: usize, stop: usize): u32 {
  const lc = load<u32>(state.LC)
  const lpMask = load<u32>(state.LP_MASK)
  const pbMask = load<u32>(state.PB_MASK)
  const dictionary = <usize>load<u32>(state.DICTIONARY)
  const dictionarySize = load<u32>(state.DICTIONARY_SIZE)
  let input = <usize>load<u32>(state.INPUT)
  let output = <usize>load<u32>(state.OUTPUT)
  let before = output
  let range = load<u32>(state.RANGE)
  let code = load<u32>(state.CODE)
  let kind = load<u32>(state.KIND)
  let rep0 = load<u32>(state.DISTANCES)
  let rep1 = load<u32>(state.DISTANCES, 4)
  let rep2 = load<u32>(state.DISTANCES, 8)
  let rep3 = load<u32>(state.DISTANCES, 12)
  let status: u32 = layout.LZMA_AT_TARGET

  while (output < target) {
    if (input > stop) {
      status = layout.LZMA_AT_STOP
      break
    }
    before = output
    const position = <u32>(output - dictionary)
    const posState = position & pbMask

    const isMatch: usize = state.IS_MATCH + (kind << 5) + (posState << 1)
    let p: u32 = load<u16>(isMatch)
    if (range < NARROW) {
      range <<= 8
      code = (code << 8) | load<u8>(input++)
    }
    let bound = (range >> 11) * p
    if (code < bound) {
      range = bound
      store<u16>(isMatch, p + ((ONE - p) >> 5))

      const previous: u32 = position === 0 ? 0 : load<u8>(output - 1)
      const context =
        state.LITERALS + state.LITERAL_CONTEXT * (((position & lpMask) << lc) + (previous >> (8 - lc)))
      let symbol: u32 = 1
      if (kind < 7) {
        kind = kind < 4 ? 0 : kind - 3
        p = load<u16>(context, 2)
        do {
          const zeroChild: u32 = load<u16>(context + (symbol << 2))
          const oneChild: u32 = load<u16>(context + (symbol << 2), 2)
          if (range < NARROW) {
            range <<= 8
            code = (code << 8) | load<u8>(input++)
          }
          bound = (range >> 11) * p
          const zero = code < bound
          store<u16>(context + (symbol << 1), p - (<i32>(p - select<u32>(ZERO_BIAS, 0, zero)) >> 5))
          p = select<u32>(zeroChild, oneChild, zero)
          range = select<u32>(bound, range - bound, zero)
          code = select<u32>(code, code - bound, zero)
          symbol = (symbol << 1) + <u32>!zero
        } while (symbol < 0x100)
      } else {
        // After a match the literal most likely differs from the byte that would have come next: as long as
        // their bits agree (`agree` is 0x100 then, else 0), the tree is one of two beside the plain one.
        kind = kind < 10 ? kind - 3 : kind - 6
        let match: u32 = (<u32>load<u8>(output - rep0 - 1)) << 1
        let agree: u32 = 0x100
        let node: u32 = 0x100 + (match & 0x100) + 1
        p = load<u16>(context + (node << 1))
        do {
          const oneAgrees = match & agree
          const zeroAgrees = agree & ~oneAgrees
          match <<= 1
          const zeroNode = zeroAgrees + (match & zeroAgrees) + (symbol << 1)
          const oneNode = oneAgrees + (match & oneAgrees) + (symbol << 1) + 1
          const zeroChild: u32 = load<u16>(context + (zeroNode << 1))
          const oneChild: u32 = load<u16>(context + (oneNode << 1))
          if (range < NARROW) {
            range <<= 8
            code = (code << 8) | load<u8>(input++)
          }
          bound = (range >> 11) * p
          const zero = code < bound
          store<u16>(context + (node << 1), p - (<i32>(p - select<u32>(ZERO_BIAS, 0, zero)) >> 5))
          p = select<u32>(zeroChild, oneChild, zero)
          node = select<u32>(zeroNode, oneNode, zero)
          agree = select<u32>(zeroAgrees, oneAgrees, zero)
          range = select<u32>(bound, range - bound, zero)
          code = select<u32>(code, code - bound, zero)
          symbol = (symbol << 1) + <u32>!zero
        } while (symbol < 0x100)
      }
      store<u8>(output++, symbol)
      continue
    }
    range -= bound
    code -= bound
    store<u16>(isMatch, p - (p >> 5))

    // A match: a new distance, or one of the last four.
    let lengths = state.MATCH_LENGTH
    const isRep: usize = state.IS_REP + (kind << 1)
    p = load<u16>(isRep)
    if (range < NARROW) {
      range <<= 8
      code = (code << 8) | load<u8>(input++)
    }
    bound = (range >> 11) * p
    if (code < bound) {
      range = bound
      store<u16>(isRep, p + ((ONE - p) >> 5))
      rep3 = rep2
      rep2 = rep1
      rep1 = rep0
    } else {
      range -= bound
      code -= bound
      store<u16>(isRep, p - (p >> 5))
      lengths = state.REP_LENGTH
      const isRep0: usize = state.IS_REP0 + (kind << 1)
      p = load<u16>(isRep0)
      if (range < NARROW) {
        range <<= 8
        code = (code << 8) | load<u8>(input++)
      }
      bound = (range >> 11) * p
      if (code < bound) {
        range = bound
        store<u16>(isRep0, p + ((ONE - p) >> 5))
        const isLong: usize = state.IS_REP0_LONG + (kind << 5) + (posState << 1)
        p = load<u16>(isLong)
        if (range < NARROW) {
          range <<= 8
          code = (code << 8) | load<u8>(input++)
        }
        bound = (range >> 11) * p
        if (code < bound) {
          range = bound
          store<u16>(isLong, p + ((ONE - p) >> 5))
          if (rep0 >= position || rep0 >= dictionarySize) {
            status = layout.LZMA_BAD_DISTANCE
            break
          }
          store<u8>(output, load<u8>(output - rep0 - 1))
          output++
          kind = kind < 7 ? 9 : 11
          continue
        }
        range -= bound
        code -= bound
        store<u16>(isLong, p - (p >> 5))
      } else {
        range -= bound
        code -= bound
        store<u16>(isRep0, p - (p >> 5))
        const isRep1: usize = state.IS_REP1 + (kind << 1)
        p = load<u16>(isRep1)
        if (range < NARROW) {
          range <<= 8
          code = (code << 8) | load<u8>(input++)
        }
        bound = (range >> 11) * p
        let distance = rep1
        if (code < bound) {
          range = bound
          store<u16>(isRep1, p + ((ONE - p) >> 5))
        } else {
          range -= bound
          code -= bound
          store<u16>(isRep1, p - (p >> 5))
          const isRep2: usize = state.IS_REP2 + (kind << 1)
          p = load<u16>(isRep2)
          if (range < NARROW) {
            range <<= 8
            code = (code << 8) | load<u8>(input++)
          }
          bound = (range >> 11) * p
          if (code < bound) {
            range = bound
            store<u16>(isRep2, p + ((ONE - p) >> 5))
            distance = rep2
          } else {
            range -= bound
            code -= bound
            store<u16>(isRep2, p - (p >> 5))
            distance = rep3
            rep3 = rep2
          }
          rep2 = rep1
        }
        rep1 = rep0
        rep0 = distance
      }
    }

    // The length: three trees, the first two a row for each position state.
    let tree = lengths + state.LENGTH_LOW + (posState << 4)
    let leaves: u32 = 8
    let length: u32 = 2 - 8
    p = load<u16>(lengths + state.LENGTH_CHOICE)
    if (range < NARROW) {
      range <<= 8
      code = (code << 8) | load<u8>(input++)
    }
    bound = (range >> 11) * p
    if (code < bound) {
      range = bound
      store<u16>(lengths + state.LENGTH_CHOICE, p + ((ONE - p) >> 5))
    } else {
      range -= bound
      code -= bound
      store<u16>(lengths + state.LENGTH_CHOICE, p - (p >> 5))
      p = load<u16>(lengths + state.LENGTH_CHOICE2)
      if (range < NARROW) {
        range <<= 8
        code = (code << 8) | load<u8>(input++)
      }
      bound = (range >> 11) * p
      if (code < bound) {
        range = bound
        store<u16>(lengths + state.LENGTH_CHOICE2, p + ((ONE - p) >> 5))
        tree = lengths + state.LENGTH_MID + (posState << 4)
        length = 10 - 8
      } else {
        range -= bound
        code -= bound
        store<u16>(lengths + state.LENGTH_CHOICE2, p - (p >> 5))
        tree = lengths + state.LENGTH_HIGH
        leaves = 256
        length = 18 - 256
      }
    }
    let node: u32 = 1
    p = load<u16>(tree, 2)
    do {
      const zeroChild: u32 = load<u16>(tree + (node << 2))
      const oneChild: u32 = load<u16>(tree + (node << 2), 2)
      if (range < NARROW) {
        range <<= 8
        code = (code << 8) | load<u8>(input++)
      }
      bound = (range >> 11) * p
      const zero = code < bound
      store<u16>(tree + (node << 1), p - (<i32>(p - select<u32>(ZERO_BIAS, 0, zero)) >> 5))
      p = select<u32>(zeroChild, oneChild, zero)
      range = select<u32>(bound, range - bound, zero)
      code = select<u32>(code, code - bound, zero)
      node = (node << 1) + <u32>!zero
    } while (node < leaves)
    length += node

    if (lengths === state.REP_LENGTH) {
      kind = kind < 7 ? 8 : 11
    } else {
      kind = kind < 7 ? 7 : 10
      tree = state.DISTANCE_SLOTS + (min<u32>(length - 2, 3) << 7)
      node = 1
      p = load<u16>(tree, 2)
      do {
        const zeroChild: u32 = load<u16>(tree + (node << 2))
        const oneChild: u32 = load<u16>(tree + (node << 2), 2)
        if (range < NARROW) {
          range <<= 8
          code = (code << 8) | load<u8>(input++)
        }
        bound = (range >> 11) * p
        const zero = code < bound
        store<u16>(tree + (node << 1), p - (<i32>(p - select<u32>(ZERO_BIAS, 0, zero)) >> 5))
        p = select<u32>(zeroChild, oneChild, zero)
        range = select<u32>(bound, range - bound, zero)
        code = select<u32>(code, code - bound, zero)
        node = (node << 1) + <u32>!zero
      } while (node < 64)
      // The slot holds the highest two bits and how many follow: some direct ones, and the lowest by a
      // reverse tree.
      const slot = node - 64
      rep0 = slot
      if (slot >= 4) {
        let bits = (slot >> 1) - 1
        rep0 = 2 | (slot & 1)
        if (slot < 14) {
          rep0 <<= bits
          tree = state.DISTANCE_LOW_BITS + ((rep0 - slot) << 1)
        } else {
          bits -= 4
          do {
            if (range < NARROW) {
              range <<= 8
              code = (code << 8) | load<u8>(input++)
            }
            range >>= 1
            const zero = code < range
            code = select<u32>(code, code - range, zero)
            rep0 = (rep0 << 1) + <u32>!zero
          } while (--bits)
          rep0 <<= 4
          bits = 4
          tree = state.DISTANCE_ALIGN
        }
        node = 1
        const leaf: u32 = 1 << bits
        let weight: u32 = 1
        p = load<u16>(tree, 2)
        do {
          const zeroChild: u32 = load<u16>(tree + (node << 2))
          const oneChild: u32 = load<u16>(tree + (node << 2), 2)
          if (range < NARROW) {
            range <<= 8
            code = (code << 8) | load<u8>(input++)
          }
          bound = (range >> 11) * p
          const zero = code < bound
          store<u16>(tree + (node << 1), p - (<i32>(p - select<u32>(ZERO_BIAS, 0, zero)) >> 5))
          p = select<u32>(zeroChild, oneChild, zero)
          range = select<u32>(bound, range - bound, zero)
          code = select<u32>(code, code - bound, zero)
          node = (node << 1) + <u32>!zero
          rep0 += select<u32>(0, weight, zero)
          weight <<= 1
        } while (weight < leaf)
        if (rep0 === 0xffffffff) {
          status = layout.LZMA_END_MARKER
          break
        }
      }
    }

    if (rep0 >= position || rep0 >= dictionarySize) {
      status = layout.LZMA_BAD_DISTANCE
      break
    }
    const room = <u32>(end - output)
    if (rep0 < 15 || room < length + <u32>COPY_MARGIN) {
      if (length > room) {
        status = layout.LZMA_BAD_LENGTH
        break
      }
      repeat(output, rep0 + 1, length, room)
      output += length
    } else {
      let from = output - rep0 - 1
      const last = output + length
      do {
        v128.store(output, v128.load(from))
        output += 16
        from += 16
      } while (output < last)
      output = last
    }
  }

  store<u32>(state.INPUT, input)
  store<u32>(state.OUTPUT, output)
  store<u32>(state.BEFORE, before)
  store<u32>(state.RANGE, range)
  store<u32>(state.CODE, code)
  store<u32>(state.KIND, kind)
  store<u32>(state.DISTANCES, rep0)
  store<u32>(state.DISTANCES, rep1, 4)
  store<u32>(state.DISTANCES, rep2, 8)
  store<u32>(state.DISTANCES, rep3, 12)
  return status
}
