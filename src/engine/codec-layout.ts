// Where the checksums and the x86 filter keep what they know between calls: shared by the AssemblyScript modules, their TypeScript twins and the framing around them.
import { CHECKSUM_ROOM, SHA256_ROOM, X86_ROOM } from './memory.ts'

/** The 32 bytes of the last SHA-256. */
export const SHA256_DIGEST = SHA256_ROOM
export const SHA256_DIGEST_END = SHA256_DIGEST + 32
/** Room for the padded last blocks: 128 bytes. */
export const SHA256_TAIL = SHA256_ROOM + 0x40
export const SHA256_TAIL_END = SHA256_TAIL + 128
/** 64 u32. */
export const SHA256_SCHEDULE = SHA256_ROOM + 0x100
export const SHA256_SCHEDULE_END = SHA256_SCHEDULE + 64 * 4

/** The checksum tables of the AssemblyScript engine; the twin keeps its own outside the memory. */
export const CHECKSUM_TABLES = CHECKSUM_ROOM
/** crc32, crc32Bzip2 and crc64. */
export const CHECKSUM_TABLES_END = CHECKSUM_TABLES + 40 * 1024

/** u32: which of the last three bytes the x86 filter took for opcodes, the last one in bit 0. */
export const X86_HISTORY = X86_ROOM
/** The x86 filter loads whole vectors: this much after the end may be read. */
export const X86_LOOKAHEAD = 16
