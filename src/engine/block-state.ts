// Where the block decoders (lz4, lzo, bzip2) leave their state, and what they return: shared by the
// AssemblyScript modules and their TypeScript twins.
import { BLOCK_ROOM } from './memory.ts'

/** u32: the address of the next compressed byte; after an error, of the instruction that broke the rules. */
export const BLOCK_INPUT = BLOCK_ROOM
/** u32: the address after the last byte that was written. */
export const BLOCK_OUTPUT = BLOCK_ROOM + 4

/** Decoding went as far as it was asked to. */
export const AT_TARGET = 0
/** The block ended as it should. */
export const AT_BLOCK_END = 1
/** The block goes on after the input that is loaded. */
export const MORE_INPUT = 2
/** The block ends inside an instruction. */
export const BAD_END = 3
/** A copy reaches back to before the block's first byte. */
export const BAD_DISTANCE = 4
/** The block unpacks to more than there is room for. */
export const OUTPUT_FULL = 5
