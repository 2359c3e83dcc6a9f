// Where the deflate decoder keeps what it knows between two calls, and what it returns beyond block-state.ts:
// shared by asm/inflate.ts, its TypeScript twin and the framing around them.
import { INFLATE_ROOM } from './memory.ts'

/** u32: how many bits of the byte at BLOCK_INPUT are used up, 0 to 7. */
export const INFLATE_BITS = INFLATE_ROOM
/** u32: what comes next, one of the numbers below. */
export const INFLATE_PHASE = INFLATE_ROOM + 4
/** u32: whether the block is the last one. */
export const INFLATE_LAST = INFLATE_ROOM + 8
/** u32: the bytes that are left of a stored block. */
export const INFLATE_STORED = INFLATE_ROOM + 12
/** u32: the address of the byte in which the block starts. */
export const INFLATE_BLOCK = INFLATE_ROOM + 16
/** u32: whether the tables of literals and distances are the fixed ones, which need not be made for every block. */
export const INFLATE_FIXED = INFLATE_ROOM + 20
/** u32: whether there was a block without a code for distances. */
export const INFLATE_NO_DISTANCES = INFLATE_ROOM + 24

export const PHASE_BLOCK = 0
export const PHASE_STORED = 1
export const PHASE_CODES = 2
export const PHASE_END = 3

/** Bits that the tables look up at once. */
export const LITERAL_LOG = 11
export const DISTANCE_LOG = 8
export const CODE_LOG = 7
/** Entries of each table, those of longer codes after the others included: zlib's ENOUGH asks for 2342 and 402. */
export const LITERAL_ENTRIES = 2560
export const DISTANCE_ENTRIES = 1024

/** The code lengths of a block: a byte a symbol. */
export const INFLATE_LENGTHS = INFLATE_ROOM + 0x100
export const INFLATE_LENGTHS_END = INFLATE_LENGTHS + 320
/** Symbols in the order of their codes: u16 each. */
export const INFLATE_ORDER = INFLATE_ROOM + 0x400
export const INFLATE_ORDER_END = INFLATE_ORDER + 288 * 2
/** Codes of each length: u32 for 0 to 15, and another 16 for where they start. */
export const INFLATE_COUNTS = INFLATE_ROOM + 0x800
export const INFLATE_COUNTS_END = INFLATE_COUNTS + 32 * 4
/** The tables, see asm/inflate-tables.ts: u32 for each LITERAL_LOG, DISTANCE_LOG and CODE_LOG bits that come next. */
export const INFLATE_LITERALS = INFLATE_ROOM + 0x1000
export const INFLATE_LITERALS_END = INFLATE_LITERALS + 4 * LITERAL_ENTRIES
export const INFLATE_DISTANCES = INFLATE_ROOM + 0x5000
export const INFLATE_DISTANCES_END = INFLATE_DISTANCES + 4 * DISTANCE_ENTRIES
export const INFLATE_CODES = INFLATE_ROOM + 0x6000
export const INFLATE_CODES_END = INFLATE_CODES + (4 << CODE_LOG)
// An entry for a literal, or for a length whose code and extra bits the table looks up together: in its lowest byte how
// many bits it takes, in the upper half what they stand for. An entry for a distance: in its lowest byte how many bits it
// takes, extra ones included; in the next one where those start, from the buffer's bit 0 on; in the upper half a baseline.
export const ENTRY_LITERAL = 0x80000000
/** None of that: the flags below say what. Without one of them, where the entries for longer codes are. */
export const ENTRY_OTHER = 0x8000
/** The end of the block, a code that no symbol has. */
export const ENTRY_END = 0x4000
export const ENTRY_INVALID = 0x2000
/** A length whose extra bits, so many as the bits 8 to 11 say, follow those that the entry takes. */
export const ENTRY_EXTRA = 0x1000
/** The buffer's lowest bits are no part of the stream: what follows them and is masked is the place of a u32. */
export const BUFFER_SHIFT = 2

/** A block header takes at most so many bytes, a symbol with its extra bits so many bits. */
export const MOST_HEADER = 600
export const MOST_SYMBOL = 48

/** The block is of the reserved type. */
export const INFLATE_BAD_TYPE = 20
/** The two lengths of a stored block differ. */
export const INFLATE_BAD_STORED = 21
/** There are too many code lengths, they are repeated too often, or those that they come in are too few for a code. */
export const INFLATE_BAD_TABLES = 22
/** A code that no symbol has. */
export const INFLATE_BAD_CODE = 23
/** The lengths are of more codes than there are bits, or no literal has a code. */
export const INFLATE_OVERSUBSCRIBED = 24
/** The lengths of literals, or of distances, are of too few codes. */
export const INFLATE_INCOMPLETE_LITERALS = 25
export const INFLATE_INCOMPLETE_DISTANCES = 26
/** A rule is broken that some decoders do not check: a repeat of nothing, or one code alone for the code lengths. */
export const INFLATE_UNCHECKED = 28
/** No literal ends the block. */
export const INFLATE_NO_END = 27
