// Where the lzma decoder and the checksums keep what they know between calls: [STATE, STATE + 0x80000).
// Shared by the AssemblyScript modules, their TypeScript twins and the framing around them.
import { STATE } from './memory.ts'

/** The 32 bytes of the last SHA-256, and behind them room for the padded last blocks. */
export const SHA256_DIGEST = STATE
export const SHA256_TAIL = STATE + 0x40
export const SHA256_SCHEDULE = STATE + 0x100

/** The checksum tables of the AssemblyScript engine; the twin keeps its own outside the memory. */
export const CHECKSUM_TABLES = STATE + 0x10000

/** u32: which of the last three bytes the x86 filter took for opcodes, the last one in bit 0. */
export const X86_HISTORY = STATE + 0x400
/** The x86 filter loads whole vectors: this much behind the end may be read. */
export const X86_LOOKAHEAD = 16
