// What the LZMA decoder keeps between two calls, where, and what it returns. Shared by asm/lzma.ts, its
// TypeScript twin, and the framing around them, which sets the first fields. Names follow the LZMA
// specification (lzma-specification.txt of the LZMA SDK).
import { LZMA_ROOM } from './memory.ts'

const FIELDS = LZMA_ROOM

/** u32: the address of the next compressed byte. */
export const LZMA_INPUT = FIELDS
/** u32: the address after the last unpacked byte. */
export const LZMA_OUTPUT = FIELDS + 4
/** u32: LZMA_OUTPUT before the last symbol, to take that one back when it read over the end of the input. */
export const LZMA_BEFORE = FIELDS + 8
/** u32: the address of the dictionary's first byte; all bytes from there on are still in memory. */
export const LZMA_DICTIONARY = FIELDS + 12
/** u32: the largest distance that the stream's header allows. */
export const LZMA_DICTIONARY_SIZE = FIELDS + 16
/** u32: the range decoder. */
export const LZMA_RANGE = FIELDS + 20
export const LZMA_CODE = FIELDS + 24
/** u32: the kinds of the last symbols, 0 to 11: 7 and more after a match. */
export const LZMA_KIND = FIELDS + 28
/** Four u32: the last distances, each less by one. */
export const LZMA_DISTANCES = FIELDS + 32
/** u32: the number of literal context bits, and the masks of the literal position and position bits. */
export const LZMA_LC = FIELDS + 48
export const LZMA_LP_MASK = FIELDS + 52
export const LZMA_PB_MASK = FIELDS + 56

// The probabilities: u16 each, here by their addresses. Tables over position states have 16 entries a row.
const PROBABILITIES = LZMA_ROOM + 0x1000
export const IS_MATCH = PROBABILITIES
export const IS_REP = IS_MATCH + 12 * 16 * 2
export const IS_REP0 = IS_REP + 12 * 2
export const IS_REP1 = IS_REP0 + 12 * 2
export const IS_REP2 = IS_REP1 + 12 * 2
export const IS_REP0_LONG = IS_REP2 + 12 * 2
/** A tree of 64 for each of the lengths 2, 3, 4, and 5 or more. */
export const DISTANCE_SLOTS = IS_REP0_LONG + 12 * 16 * 2
/** Reverse trees for the slots 4 to 13, one after the other. */
export const DISTANCE_LOW_BITS = DISTANCE_SLOTS + 4 * 64 * 2
export const DISTANCE_ALIGN = DISTANCE_LOW_BITS + 128 * 2
export const MATCH_LENGTH = DISTANCE_ALIGN + 16 * 2
// Within a length coder, in bytes.
export const LENGTH_CHOICE = 0
export const LENGTH_CHOICE2 = 2
export const LENGTH_LOW = 4
export const LENGTH_MID = LENGTH_LOW + 16 * 8 * 2
export const LENGTH_HIGH = LENGTH_MID + 16 * 8 * 2
export const REP_LENGTH = MATCH_LENGTH + LENGTH_HIGH + 256 * 2
export const LITERALS = REP_LENGTH + LENGTH_HIGH + 256 * 2
/** The probabilities of one literal context, in bytes. */
export const LITERAL_CONTEXT = 0x300 * 2
/** lc + lp is 4 at most, as in LZMA2: 12,288 literal probabilities. */
export const MAX_LC_LP = 4
export const LZMA_STATE_END = LITERALS + (LITERAL_CONTEXT << MAX_LC_LP)

/** A probability of 1/2. */
export const EVEN = 1024

// What lzmaDecode returns.
/** The output reached `target`. */
export const LZMA_AT_TARGET = 0
/** The next symbol would start after `stop`. */
export const LZMA_AT_STOP = 1
/** The end marker was read. */
export const LZMA_END_MARKER = 2
/** A match reaches back to before the dictionary. */
export const LZMA_BAD_DISTANCE = 3
/** A match reaches over `end`. */
export const LZMA_BAD_LENGTH = 4

/**
 * A symbol takes 20 bytes at most: 22 bits with probabilities, each of which shrinks the range by 6.05 bits
 * at most, and 26 direct bits.
 */
export const LZMA_LOOKAHEAD = 24
/** The longest match. */
export const LZMA_MATCH_MAX = 273
