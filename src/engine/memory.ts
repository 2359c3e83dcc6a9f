// The map of an engine's memory, shared by the AssemblyScript modules and their TypeScript twins.

/** Where the decoders keep their state; below lie AssemblyScript's statics. */
export const STATE = 0x10000
/** Where the ELF scanner writes its record, and the end of the room for it. */
export const RECORD = 0x800000
export const RECORD_END = 0x1000000
/** The first address for image bytes. */
export const BASE = 0x1000000
