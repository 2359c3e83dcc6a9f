// Where the zstd decoder keeps what one block leaves to the next, and what it returns beyond block-state.ts:
// shared by the AssemblyScript modules and their TypeScript twins.
import { ZSTD_ROOM } from './memory.ts'

/** Three u32: the last distances, the latest first. */
export const ZSTD_DISTANCES = ZSTD_ROOM
/** u32: ZSTD_HAS_… bits. */
export const ZSTD_HAS = ZSTD_ROOM + 12
/** A Huffman table and sequence tables were read: a later block may use them again. */
export const ZSTD_HAS_HUFFMAN = 1
export const ZSTD_HAS_SEQUENCES = 2
/** u32: the literals of the block, and the address after the last of them. */
export const ZSTD_LITERALS_AT = ZSTD_ROOM + 16
export const ZSTD_LITERALS_UNTIL = ZSTD_ROOM + 20
/** u32: the accuracy logs of the sequence tables. */
export const ZSTD_LENGTH_LOG = ZSTD_ROOM + 24
export const ZSTD_OFFSET_LOG = ZSTD_ROOM + 28
export const ZSTD_MATCH_LOG = ZSTD_ROOM + 32
/** u32, a PAIRS_… value: whether literals are taken that only a decoder takes which reads two of them at once. */
export const ZSTD_PAIRS = ZSTD_ROOM + 36
/** Such literals break the rules, as the format has it. `zstdReset` sets this. */
export const PAIRS_REFUSED = 0
/** Those of one block are taken. */
export const PAIRS_ALLOWED = 1
/** They were: those of another block break the rules. */
export const PAIRS_TAKEN = 2
/** They were, and a stream was used up before its last literal. */
export const PAIRS_USED_UP = 3
/** Two u32: the literals of the block that brought the Huffman table, and their bytes with the table; 0 for one stream. */
export const ZSTD_TABLE_LITERALS = ZSTD_ROOM + 40
export const ZSTD_TABLE_BYTES = ZSTD_ROOM + 44

/** The longest Huffman code (RFC 8878, section 4.2.1). */
export const HUFFMAN_LOG = 11
/** The most that a block may hold (section 3.1.1.2.3). */
export const ZSTD_MAX_BLOCK = 128 * 1024

/** The weights of the Huffman symbols: a byte each. */
export const ZSTD_WEIGHTS = ZSTD_ROOM + 0x100
export const ZSTD_WEIGHTS_END = ZSTD_WEIGHTS + 256
/** The normalised counts of a table that is being built: an i16 a symbol, at most 64. */
export const ZSTD_COUNTS = ZSTD_ROOM + 0x200
export const ZSTD_COUNTS_END = ZSTD_COUNTS + 64 * 2
/** The symbols of its states, a byte each: at most 512. */
export const ZSTD_SPREAD = ZSTD_ROOM + 0x400
export const ZSTD_SPREAD_END = ZSTD_SPREAD + 512
/** u16 for each HUFFMAN_LOG bits that come next: the length of the code, and the symbol above it. */
export const ZSTD_HUFFMAN = ZSTD_ROOM + 0x1000
export const ZSTD_HUFFMAN_END = ZSTD_HUFFMAN + (2 << HUFFMAN_LOG)
/** The sequence tables: for each state u32 baseline, u16 next state, u8 bits to it, u8 extra bits. */
export const ZSTD_LENGTHS = ZSTD_ROOM + 0x2000
export const ZSTD_LENGTHS_END = ZSTD_LENGTHS + 512 * 8
export const ZSTD_OFFSETS = ZSTD_ROOM + 0x3000
export const ZSTD_OFFSETS_END = ZSTD_OFFSETS + 512 * 8
export const ZSTD_MATCHES = ZSTD_ROOM + 0x4000
export const ZSTD_MATCHES_END = ZSTD_MATCHES + 512 * 8
/** Sequences that are decoded and not yet run, 16 bytes each: u32 literals, u32 length, u32 address of the match. */
export const ZSTD_SEQUENCES = ZSTD_ROOM + 0x5000
export const ZSTD_SEQUENCES_END = ZSTD_SEQUENCES + 128 * 16
/** The literals of a block, where they are not in the input: 128 KiB, and room for wide copies. */
export const ZSTD_LITERALS = ZSTD_ROOM + 0x8000
export const ZSTD_LITERALS_END = ZSTD_LITERALS + ZSTD_MAX_BLOCK + 64

/** The literals, or the description of their Huffman codes, break the rules. */
export const ZSTD_BAD_LITERALS = 16
/** The description of the sequence tables breaks the rules. */
export const ZSTD_BAD_TABLES = 17
/** The sequences take more literals than there are, or do not end where their bits do. */
export const ZSTD_BAD_SEQUENCES = 18
