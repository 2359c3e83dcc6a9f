// The record of one ELF image: what a scanner writes at RECORD, read by facts/decode.ts. One file for
// both twins: asc takes these plain numbers as i32. All fields are little-endian; u64 fields are at
// multiples of 8. First the head, with what the scanner needs to resume; from ENTRIES on one entry
// after the other, each starting with its tag and its length in bytes (a multiple of 8).

/** u32: how far the scan is, one of the PHASE numbers. The driver writes PHASE_START. */
export const PHASE = 0
/** u32: FLAG bits. */
export const FLAGS = 4
/** u64: the image's size in bytes, written by the driver; below 2^52. */
export const SIZE = 8
/** u64: where the bytes really end: SIZE, or less once a window came back short. */
export const END = 16
/** u64 and u32: the window that the scanner wants next; length 0 for none. */
export const WANT_START = 24
export const WANT_LENGTH = 32
/** u32: bytes of the record in use, counted from RECORD. */
export const TAIL = 36
/** u32: index in the program or section header table. */
export const INDEX = 40
/** u32: the entry of which the notes are walked, or come next, counted from RECORD. */
export const CURSOR = 44
/** u32: where the entries that CURSOR runs over end. */
export const CURSOR_END = 48
/** u32: notes met so far, as libelf counts them. */
export const NOTES = 52
/** u32: those among them that are named "Xen". */
export const XEN_NOTES = 56
/** u32: note walks begun so far. */
export const WALKS = 60
/** u32: the open walk's entry, counted from RECORD. */
export const WALK_AT = 64
/** u32: FROM_SEGMENT or FROM_SECTION: which table the walks come from. */
export const WALK_FROM = 68
/** u64: the note that comes next, and the end of its range. */
export const POSITION = 72
export const RANGE_END = 80
/** u64: where the section names start. */
export const NAMES_START = 88

/** The ELF header as it is; u32 but for the three u64. */
export const CLASS = 96
export const DATA = 100
export const TYPE = 104
export const MACHINE = 108
export const ENTRY = 112
export const PHOFF = 120
export const SHOFF = 128
export const EHSIZE = 136
export const PHENTSIZE = 140
export const PHNUM = 144
export const SHENTSIZE = 148
export const SHNUM = 152
export const SHSTRNDX = 156

/** u32: section names loaded into BATCH, and how many of them were compared. */
export const BATCH_COUNT = 160
export const BATCH_DONE = 164
/** u32 each: sh_name of BATCH_SIZE sections, so that the two tables are read in turns and not by the name. */
export const BATCH = 168
export const BATCH_SIZE = 64
/**
 * u64: sh_size of section header 0, which counts the headers where SHNUM is 0 (ELF gABI, e_shnum). It is in
 * BATCH, which an image without section headers leaves free.
 */
export const EXTENDED_SHNUM = 168

/** u32: bytes of the record that notes take. */
export const KEPT = 424

/** Where the first entry is. */
export const ENTRIES = 432

export const PHASE_START = 0
export const PHASE_HEADER = 1
export const PHASE_SEGMENTS = 2
export const PHASE_NEXT_WALK = 3
export const PHASE_NOTE = 4
export const PHASE_VALUE = 5
export const PHASE_SECTIONS = 6
export const PHASE_NAMES_START = 7
export const PHASE_NAMES_LOAD = 8
export const PHASE_NAMES_COMPARE = 9
export const PHASE_GUEST = 10
export const PHASE_GUEST_TEXT = 11
export const PHASE_DONE = 12

/** The record was full before the image was read. */
export const FLAG_TRUNCATED = 1
/** The program header table, the section header table ends after the image: elf_init refuses. */
export const FLAG_SEGMENTS_OUTSIDE = 2
export const FLAG_SECTIONS_OUTSIDE = 4
/** The section headers were read. */
export const FLAG_SECTIONS = 8
/** A BSD_SYMTAB note says "yes". */
export const FLAG_BSD_SYMTAB = 16

/** What every entry starts with: u32 TAG_… and u32 length. */
export const ENTRY_TAG = 0
export const ENTRY_LENGTH = 4
/** u32: index in its table; of a segment, a walk, a section and the guest section alike. */
export const ENTRY_INDEX = 8

/** A PT_LOAD or PT_NOTE program header. */
export const TAG_SEGMENT = 1
export const SEGMENT_TYPE = 12
export const SEGMENT_FLAGS = 16
/** u64 from here on. */
export const SEGMENT_OFFSET = 24
export const SEGMENT_VADDR = 32
export const SEGMENT_PADDR = 40
export const SEGMENT_FILESZ = 48
export const SEGMENT_MEMSZ = 56
export const SEGMENT_ALIGN = 64
export const SEGMENT_LENGTH = 72

/** A range of notes. */
export const TAG_WALK = 2
export const WALK_SOURCE = 12
/** u32: STOP_…, written when the walk ends. */
export const WALK_STOP = 16
/** u32: the notes that the walk met, kept or not. */
export const WALK_NOTES = 20
/** u64 each. */
export const WALK_START = 24
export const WALK_END = 32
/** u32: those of its notes that are named "Xen". */
export const WALK_XEN = 40
/** u32: WALK_… bits below. */
export const WALK_BITS = 44
export const WALK_LENGTH = 48

/** A size in it is negative as a signed number. */
export const WALK_NEGATIVE = 1
/** It is walked with sizes taken as signed numbers, after it was walked with unsigned ones. */
export const WALK_SIGNED = 2

export const FROM_SEGMENT = 1
export const FROM_SECTION = 2

export const STOP_END = 1
export const STOP_IMAGE = 2
export const STOP_WRAP = 3
export const STOP_LIMIT = 4

/** A note: fixed fields, then the owner's bytes, then the value's. */
export const TAG_NOTE = 3
/** u32: the walk that met it. */
export const NOTE_WALK = 8
export const NOTE_TYPE = 12
export const NOTE_NAMESZ = 16
export const NOTE_DESCSZ = 20
/** u64. */
export const NOTE_OFFSET = 24
/** u32: bytes of the owner. */
export const NOTE_OWNER = 32
/** u32: bytes of the descriptor and of the text. Both start at the value: the longer one is its length. */
export const NOTE_DESC = 36
export const NOTE_TEXT = 40
/** u32: NOTE_… bits below. */
export const NOTE_BITS = 44
export const NOTE_BYTES = 48

export const NOTE_NAME_IMAGE = 1
export const NOTE_NAME_LIMIT = 2
/** It is a string note, and NOTE_TEXT counts. */
export const NOTE_HAS_TEXT = 4
export const NOTE_TEXT_IMAGE = 8
export const NOTE_TEXT_LIMIT = 16
export const NOTE_IS_XEN = 32
/** Only as much of its value is kept as a loader looks at. */
export const NOTE_SHORT = 64

/** A section header of type SYMTAB, STRTAB or NOTE. */
export const TAG_SECTION = 4
export const SECTION_TYPE = 12
export const SECTION_LINK = 16
/** u64 from here on. */
export const SECTION_FLAGS = 24
export const SECTION_OFFSET = 32
export const SECTION_SIZE = 40
export const SECTION_LENGTH = 48

/** The section named `__xen_guest`: the fields of TAG_SECTION, then these and the string. */
export const TAG_GUEST = 5
/** u32: bytes of the string. */
export const GUEST_TEXT = 48
/** u32: 0, STOP_IMAGE or STOP_LIMIT. */
export const GUEST_STOP = 52
export const GUEST_BYTES = 56

/** ELF_MAX_STRING_LENGTH and ELF_MAX_TOTAL_NOTE_COUNT (xen/include/xen/libelf.h). */
export const MAX_STRING = 4096
export const MAX_NOTES = 65536
/** How much of a descriptor is kept: of a Xen note and of others; and of an owner's name. */
export const MAX_XEN_DESC = 4096
export const MAX_OTHER_DESC = 64
export const MAX_OWNER = 64
/**
 * Notes that take so many bytes are kept in full. Of further ones only those are kept that a loader may read, and of
 * these only the parts that it looks at; real kernels have a few hundred bytes of notes.
 */
export const FULL_ROOM = 0x20000
/** The scan ends where the notes that are kept take more. */
export const NOTES_ROOM = 0x80000
/** The highest note type that is taken for one that some Xen knows; 19 is the last that one does. */
export const LAST_KNOWN_TYPE = 31
/** Bytes that a loader looks at: of a number, and of LOADER, GUEST_OS, GUEST_VERSION and XEN_VERSION. */
export const SHORT_DESC = 8
export const SHORT_TEXT = 16
/** The longest walk with signed sizes: these may lead in circles. */
export const MAX_SIGNED_NOTES = 1024

/** The first window: in real kernels it holds the ELF header and all program headers. */
export const HEAD_WINDOW = 4096
/** The largest window asked for at once. Real note ranges and section tables are below it. */
export const TABLE_WINDOW = 16384
