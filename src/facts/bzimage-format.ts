// Offsets in the setup header of an x86 bzImage (Linux Documentation/arch/x86/boot.rst).

export const SETUP_SECTS = 0x1f1
/** The bytes of the protected-mode code, in paragraphs of 16. */
export const SYSSIZE = 0x1f4
/** "HdrS". */
export const HEADER_MAGIC = 0x202
/** The version of the boot protocol. */
export const PROTOCOL = 0x206
/** Where the version's text is, counted from HEADER_START. */
export const KERNEL_VERSION = 0x20e
export const HEADER_START = 0x200
export const LOADFLAGS = 0x211
export const LOADED_HIGH = 1
export const PAYLOAD_OFFSET = 0x248
export const PAYLOAD_LENGTH = 0x24c
/** The end of `payload_length`: a shorter file has no whole header. */
export const SETUP_HEADER_END = 0x250
/** The first boot protocol that says where the payload is, 2.08. */
export const PAYLOAD_PROTOCOL = 0x0208
