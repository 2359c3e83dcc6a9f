// The map of an engine's memory, shared by the AssemblyScript modules and their TypeScript twins. Each room ends where
// its _END says; what lies in a room is in the state file of its codec. A test holds all of them apart.

/** Where the rooms start; below are AssemblyScript's statics. */
export const STATE = 0x10000

/** SHA-256: the digest and its schedule (codec-layout.ts). */
export const SHA256_ROOM = STATE
export const SHA256_ROOM_END = STATE + 0x400
/** The x86 filter's history (codec-layout.ts). */
export const X86_ROOM = STATE + 0x400
export const X86_ROOM_END = STATE + 0x404
/** lzma-state.ts. */
export const LZMA_ROOM = STATE + 0x1000
export const LZMA_ROOM_END = STATE + 0x10000
/** The checksum tables of the AssemblyScript engine; the twin keeps its own outside the memory. */
export const CHECKSUM_ROOM = STATE + 0x10000
export const CHECKSUM_ROOM_END = STATE + 0x80000
/** Where a block decoder stopped (block-state.ts). */
export const BLOCK_ROOM = STATE + 0x80000
export const BLOCK_ROOM_END = STATE + 0x80008
/** bzip2-state.ts. */
export const BZIP2_ROOM = STATE + 0x80100
export const BZIP2_ROOM_END = STATE + 0x680000
/** zstd-state.ts. */
export const ZSTD_ROOM = STATE + 0x680000
export const ZSTD_ROOM_END = STATE + 0x6c0000
/** inflate-state.ts. */
export const INFLATE_ROOM = STATE + 0x6c0000
export const INFLATE_ROOM_END = STATE + 0x6d0000

/** Where the ELF scanner writes its record (record.ts). */
export const RECORD = 0x800000
export const RECORD_END = 0x1000000
/** The first address for image bytes. */
export const BASE = 0x1000000
