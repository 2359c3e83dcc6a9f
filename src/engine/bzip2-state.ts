// Where the bzip2 decoder keeps a block between its calls, and what it returns beyond block-state.ts:
// shared by the AssemblyScript modules and their TypeScript twins.
import { BZIP2_ROOM } from './memory.ts'

/** u32: how many bits of the byte at BLOCK_INPUT are used up, 0 to 7. */
export const BZIP2_BITS = BZIP2_ROOM
/** u32: the checksum that the block, or the end of the stream, says. */
export const BZIP2_CRC = BZIP2_ROOM + 4
/** u32: the bytes in BZIP2_TEXT. */
export const BZIP2_LENGTH = BZIP2_ROOM + 8
/** u32: how many of them were written out; how much is left of the run that is there, and its byte. */
export const BZIP2_WRITTEN = BZIP2_ROOM + 12
export const BZIP2_RUN = BZIP2_ROOM + 16
export const BZIP2_RUN_BYTE = BZIP2_ROOM + 20
/** u32: the most codes of one length in a table of the block. */
export const BZIP2_CODES = BZIP2_ROOM + 24

/** A table: first codes of up to BZIP2_LOOKUP bits by a look-up of u16, then what longer ones need. */
export const BZIP2_LOOKUP = 10
/** u32 for each length up to 20 and one more: the first code of the next length, left-aligned in 20 bits. */
export const BZIP2_LIMITS = 2 << BZIP2_LOOKUP
/** u32 for each length: what a code's number lacks to its place among the symbols. */
export const BZIP2_BASES = BZIP2_LIMITS + 0x80
/** u16 for each code: its symbol. */
export const BZIP2_SYMBOLS = BZIP2_BASES + 0x80
export const BZIP2_TABLE_SIZE = BZIP2_SYMBOLS + 2 * 258 + 4

/** So far after their ends copies may write. */
const WIDE = 64

/** The moved-to-front list: 256 bytes. */
export const BZIP2_LIST = BZIP2_ROOM + 0xf00
export const BZIP2_LIST_END = BZIP2_LIST + 256
/** How often each byte occurs, then where its rows start: 256 u32. */
export const BZIP2_COUNTS = BZIP2_ROOM + 0x1300
export const BZIP2_COUNTS_END = BZIP2_COUNTS + 256 * 4
/** The Huffman table of each group of 50 symbols: a byte each. */
export const BZIP2_SELECTORS = BZIP2_ROOM + 0x1f00
export const BZIP2_SELECTORS_END = BZIP2_SELECTORS + 18_002
/** The code lengths of one table at a time: a byte a symbol. */
export const BZIP2_LENGTHS = BZIP2_ROOM + 0x6f00
export const BZIP2_LENGTHS_END = BZIP2_LENGTHS + 258
/** Six Huffman tables, of BZIP2_TABLE_SIZE bytes each. */
export const BZIP2_TABLES = BZIP2_ROOM + 0x7f00
export const BZIP2_TABLES_END = BZIP2_TABLES + 6 * BZIP2_TABLE_SIZE
/** The segments of the text, see asm/bzip2-order.ts. */
export const BZIP2_SEGMENTS = BZIP2_ROOM + 0x17f00
export const BZIP2_SEGMENTS_END = BZIP2_SEGMENTS + 0x50000
/** The block before its order is restored, and after it: 900,000 bytes, and room for wide copies. */
export const BZIP2_TEXT = BZIP2_ROOM + 0x6ff00
export const BZIP2_TEXT_END = BZIP2_TEXT + 900_000 + WIDE
/** For each row the row that follows it, and its byte: 900,000 u32. */
export const BZIP2_ROWS = BZIP2_ROOM + 0x16ff00
export const BZIP2_ROWS_END = BZIP2_ROWS + 900_000 * 4
/** The text's bytes by segment: 900,000, and room for wide copies. */
export const BZIP2_PIECES = BZIP2_ROOM + 0x4eff00
export const BZIP2_PIECES_END = BZIP2_PIECES + 900_000 + WIDE

/** The stream's end mark was met instead of a block. */
export const AT_STREAM_END = 8
/** Neither a block's magic nor the end's. */
export const BAD_MAGIC = 9
/** The block is randomised, as no compressor since 0.9.5 makes them; Xen's decoder refuses it too. */
export const RANDOMISED = 10
/** The Huffman tables break the rules. */
export const BAD_TABLES = 11
/** A code that no symbol has. */
export const BAD_CODE = 12
/** The block has more bytes than its level allows, or starts outside itself. */
export const BAD_LENGTH = 13
/**
 * A group of symbols has a table that there is not, a table has more codes than bits, or no byte occurs: some decoders do
 * not check that.
 */
export const UNCHECKED_TABLES = 14
/** The block has no bytes. */
export const EMPTY_BLOCK = 15
