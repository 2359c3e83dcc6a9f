/**
 * What an image says, whatever Xen reads it. Facts never change when our knowledge of Xen grows:
 * they are stored, and verdicts are computed from them.
 *
 * Numbers of up to 53 bits are JSON numbers; 64-bit fields of the image are hexadecimal strings (`0x…`).
 * Strings taken from an image are Latin-1: one character a byte.
 * @module
 */
import type { StreamErrorCode } from '../problem.ts'

/**
 * The version of the facts record, raised where a reader of older ones may be misled. With version 2 an image may lie in a
 * container, and a file may have several records; what a record of version 1 has is the same.
 */
export const FACTS_VERSION = 2
export type FactsVersion = 1 | typeof FACTS_VERSION

/** A 64-bit value of the image, `0x` and lower-case digits without leading zeros. */
export type Hex = `0x${string}`

/** How a kernel payload is compressed, known by its magic. */
export const CODECS = ['gzip', 'bzip2', 'lzma', 'xz', 'lzo', 'lz4', 'zstd'] as const
export type Codec = (typeof CODECS)[number]

/**
 * What the outermost layer of the file is; a flat image has no format but a `xen_bin_image_table` in it. Images for
 * other machines and PE programs are named, and nothing more is read of them.
 */
export type ImageKind =
  | 'elf'
  | 'bzimage'
  | Codec
  | 'flat'
  | 'arm64-image'
  | 'riscv-image'
  | 'efi-program'
  | 'unknown'

/** The integrity check that a compressed stream carries. */
export type StreamCheck = 'none' | 'crc32' | 'crc64' | 'sha256' | 'adler32' | 'xxh64' | 'unknown'

/** An x86 bzImage around a payload (Linux Documentation/arch/x86/boot.rst). */
export interface BzImageLayer {
  kind: 'bzimage'
  /** Boot protocol, 0x020f for 2.15. */
  protocol: number
  /** `setup_sects` as it is: 0 is taken as 0, as Xen takes it, though the boot protocol says 4. */
  setupSects: number
  /** `payload_offset` as it is, counted from the protected-mode code. */
  payloadOffset: number
  /** `payload_length` as it is, in bytes. */
  payloadLength: number
  /** Where the payload starts in the file, in bytes: (setupSects + 1) * 512 + payloadOffset. */
  payloadStart: number
  /** The text at `kernel_version`, at most 255 characters: Linux's release, builder and build date. */
  kernelVersion?: string
  /** The last four bytes of a payload that lies in the file: the unpacked size, where it is compressed. */
  sizeWord?: number
  /** Set where `loadflags` has no LOADED_HIGH: a zImage, which real mode loads below 1 MiB. */
  loadedLow?: true
  /** Set where the payload has no or one byte, and gzip's magic is in the file from its start on. */
  gzipMagic?: true
}

/** One compressed stream: a bzImage's payload, or a whole compressed file. */
export interface StreamLayer {
  kind: 'stream'
  codec: Codec
  /** Where the compressed bytes start in the layer around them. */
  offset: number
  /** How many bytes there are, the appended size word included. */
  length: number
  /** The last four bytes, little-endian: the unpacked size that Linux appends; for gzip its ISIZE. */
  sizeWord?: number
  /** The dictionary (xz, lzma) or window (zstd) that the stream asks for, in bytes. */
  dictionary?: number
  check?: StreamCheck
  /** xz: the filters before LZMA2, in the order of the block header. */
  filters?: XzFilter[]
  /** gzip: the flags of the header where one is set that Xen's hypervisor does not take: FHCRC, or a reserved one. */
  gzipFlags?: number
  /** bzip2: of the blocks that were unpacked, one has 256 or more codes of one length in a table. */
  manyCodes?: true
  /** lzma: an end marker follows the size that the header says. */
  endMarker?: true
  /** gzip: of the blocks that were unpacked, one has no code for distances. */
  noDistances?: true
  /** lzo: the flags in lzop's header, which say what checksums each block has. */
  lzopFlags?: number
  /** lzo: where the first block starts that unpacks to more than 256 KiB, of those whose headers were read. */
  longBlock?: number
  /** lzo: a block that did not shrink, and is stored as it is. Where a part was unpacked, one of that part. */
  stored?: true
  /** zstd: other frames with contents follow the first: what that unpacks to, and where the next starts. */
  firstFrame?: { unpacked: number; consumed: number }
  /** zstd: a block that breaks the rules, and that a decoder may take all the same which reads two literals at once. */
  literalPairs?: LiteralPairs
  /** lz4: decoded by the size word alone, as a decoder does that does not look at the sizes of blocks. */
  bySize?: BySize
  /** lz4: the legacy frame that Linux uses, or the later one that no Xen takes. */
  framing?: 'legacy' | 'frame'
  /** gzip: the old magic 1f 9e, which the hypervisor takes and the toolstack does not. */
  oldMagic?: true
  /** The bytes that the whole stream unpacks to; only known after it was unpacked to its end. */
  unpacked?: number
  /** The compressed bytes up to the stream's own end; what follows them is the size word or junk. */
  consumed?: number
  /** True once the stream was unpacked to its end and its checksums agreed. */
  verified: boolean
  /** Why unpacking stopped before the end of the stream. */
  error?: StreamError
}

/** What comes of an lz4 stream whose blocks and size word do not agree, where only the size word counts. */
export interface BySize {
  /**
   * It ends where the size word starts; a block breaks the rules; a block ends after the start of the size word; or it
   * needs bytes after the end of the file.
   */
  end: 'agrees' | 'breaks' | 'passes-end' | 'runs-out'
  /** How far at most the output comes up to the input, both counted from their starts; negative where it stays before. */
  lead: number
}

/**
 * A zstd block of whose literals a stream does not end where its bits do, and of which a decoder does not see that which
 * reads two literals at once. `error` is about this block, and what is read of the stream is what such a decoder reads.
 */
export interface LiteralPairs {
  /** What the stream unpacks to before this block, in bytes. */
  unpacked: number
  /** How many literals the block has that brought the Huffman table, and their bytes: decoders choose by these how to read. */
  literals: number
  bytes: number
  /** A stream is used up before its last literal: it is what a decoder of 64 bits reads. */
  usedUp?: true
  /** Nothing else is wrong up to the end of the stream, and no checksum is there that would tell. */
  unnoticed?: true
}

/** A filter of an xz block (https://tukaani.org/xz/xz-file-format.txt, section 5.3). */
export interface XzFilter {
  name: 'delta' | 'x86' | 'powerpc' | 'ia64' | 'arm' | 'arm-thumb' | 'sparc'
  /** The position that the first byte is taken for, where that is not 0. */
  start?: number
}

/**
 * - `header`: lz4: its magic is wrong after the bytes that tell the codec; lzo: so is its magic, the header is cut, or
 *   its checksum is wrong
 * - `unchecked`: it breaks a rule that Xen's hypervisor does not check: bzip2, zstd: tables and sizes of blocks; gzip: a
 *   block without an end; lzma, xz: the first byte of the range coder; lzma: repeated distances
 * - `type`: gzip, zstd: a block has the reserved type
 * - `oversubscribed`: gzip: more codes than bits, or none
 * - `literals`, `distances`: gzip: too few codes for these
 * - `size`: lzo, zstd: a block has a size that cannot be, or leads to after the end of the stream
 * - `no-table`: zstd: literals want the table of the block before, and there is none
 * - `distance`: gzip: a copy from before the start of the output
 * - `end`: lzma: all contents are there, and only the end of the stream is cut or wrong; lzo: the end mark of a block has
 *   another length than the one that compressors write
 * - `symbol`: lzma: the symbol that the end cuts makes no sense either with the stream's first byte in place of what is missing
 */
export type StreamFault =
  | 'header'
  | 'unchecked'
  | 'type'
  | 'oversubscribed'
  | 'literals'
  | 'distances'
  | 'size'
  | 'no-table'
  | 'distance'
  | 'end'
  | 'symbol'

export interface StreamError {
  code: StreamErrorCode
  /** Where in the compressed bytes, counted from the start of the stream. */
  offset: number
  message: string
  /** What kind of fault it is, where decoders differ by it, or say different things of it. */
  fault?: StreamFault
}

export type Layer = BzImageLayer | StreamLayer

/** A PT_LOAD or PT_NOTE program header. */
export interface Segment {
  /** Index in the program header table. */
  index: number
  type: number
  flags: number
  offset: Hex
  vaddr: Hex
  paddr: Hex
  filesz: Hex
  memsz: Hex
  align: Hex
}

/** A section header of type SYMTAB, STRTAB or NOTE, or one named `__xen_guest`. */
export interface Section {
  index: number
  type: number
  flags: Hex
  offset: Hex
  size: Hex
  link: number
  /** True for the first section named `__xen_guest`. */
  guest?: true
}

/** A range of notes, walked as Xen walks it: 4-byte steps, names compared as C strings. */
export interface NoteWalk {
  from: 'PT_NOTE' | 'SHT_NOTE'
  /** Index of the program header or section. */
  index: number
  /** Where the range starts and ends in the ELF file. */
  offset: Hex
  end: Hex
  /**
   * Why the walk ended: the range's end (`end`); the next note would lie outside the image (`image`); the
   * range's end, added to any address that Xen has an image at, wraps around to before its start, and
   * nothing was walked (`wrap`, from 2^64 - 2^46 on); or 65,536 notes were seen (`limit`).
   */
  stop: 'end' | 'image' | 'wrap' | 'limit'
  /**
   * The same range once more, with sizes taken as signed numbers, as libelf did before XSA-55: a negative one leads
   * back. Only after a walk that met one; `limit` is 1024 notes here.
   */
  signed?: true
  /**
   * Its notes that are not in `notes`, and those of them that are named "Xen". Only where notes took more than
   * 128 KiB before; these are of other owners or of types above 31, and sound: no loader reads their values.
   */
  unkept?: { notes: number; xen: number }
}

/** The PT_LOAD and PT_NOTE headers that are not in `segments`. */
export interface MoreSegments {
  count: number
  /** The physical range of the PT_LOAD among them that may be written or executed, and of those that may only be read. */
  writable?: { start: Hex; end: Hex }
  readOnly?: { start: Hex; end: Hex }
  /** Set where one of these has more bytes in the file than in memory, or bytes outside the image. */
  odd?: true
}

/** One ELF note, in the order in which Xen meets it. */
export interface Note {
  /** Index into `walks`. */
  walk: number
  /** Where its header starts in the ELF file, in bytes. */
  offset: number
  /** The C string after the header, at most 64 bytes of it. */
  owner: string
  type: number
  namesz: number
  descsz: number
  /** The descriptor in hexadecimal: at most 4096 bytes of a Xen note, 64 of others, none outside the image. */
  desc: string
  /** For Xen's string notes: up to the first NUL even past descsz, at most 4096 bytes. */
  text?: string
  /** Where no NUL ended `text`: the 4096-byte limit or the end of the image came first. */
  textStop?: 'limit' | 'image'
  /** Set where notes took more than 128 KiB before: `desc` and `text` hold only what a loader looks at. */
  short?: true
  /** Set where the name had no NUL within 4096 bytes or inside the image: Xen passes over such a note. */
  nameStop?: 'limit' | 'image'
}

/** The legacy `__xen_guest` section. */
export interface GuestSection {
  index: number
  offset: Hex
  size: Hex
  /** The string up to its first NUL even past the section's end, at most 4096 bytes. */
  text: string
  textStop?: 'limit' | 'image'
}

export interface ElfFacts {
  /** The size of the ELF file in bytes: the file's, or what the payload says that it unpacks to. */
  size: number
  /** Where the bytes really ended, when that was before `size` and a scan noticed. */
  cut?: number
  /** EI_CLASS and EI_DATA as they are in the file (1 and 2; 1 little-endian and 2 big-endian). */
  class: number
  data: number
  type: number
  machine: number
  entry: Hex
  phoff: Hex
  shoff: Hex
  ehsize: number
  phentsize: number
  phnum: number
  shentsize: number
  shnum: number
  /** The section headers that the first one counts; only where `shnum` is 0 and they were needed. */
  extendedShnum?: Hex
  shstrndx: number
  /** The first 1024 PT_LOAD and PT_NOTE headers, in table order. Empty when the table lies outside the file. */
  segments: Segment[]
  moreSegments?: MoreSegments
  /** Only when they were needed: no Xen note in a PT_NOTE, or BSD_SYMTAB asked for. */
  sections?: Section[]
  walks: NoteWalk[]
  /** Walks that are not in `walks`, and their notes: of more than 1024, those from which nothing can be learnt. */
  moreWalks?: { count: number; notes: number }
  notes: Note[]
  guest?: GuestSection
  /**
   * Set when the image has more section headers, or more notes that a loader may read, than a record holds. What
   * comes after them in it is not known.
   */
  truncated?: 'sections' | 'notes'
}

/** The `xen_bin_image_table` of a Multiboot-like flat image (Xen tools/libxc/xc_dom_binloader.c). */
export interface BinImageTable {
  /** Where its magic is in the image. */
  offset: number
  flags: number
  /** Its addresses, 32-bit: of the table itself, of the first byte to load, of the ends of data and bss, of the entry. */
  headerAddress: number
  loadAddress: number
  /** 0 for the end of the image. */
  loadEndAddress: number
  /** 0 for no bss. */
  bssEndAddress: number
  entryAddress: number
}

export interface Facts {
  version: FactsVersion
  /** Bytes of the file. */
  size: number
  kind: ImageKind
  /** The wrappings, outermost first; empty for a bare ELF. */
  layers: Layer[]
  elf?: ElfFacts
  /** The ELF in the first frame alone, where a zstd stream has several: all that some decoders unpack. */
  firstFrameElf?: ElfFacts
  binTable?: BinImageTable
  /** The versions of Multiboot of which a header is in the first 8192 bytes of an ELF, compressed or not. */
  multiboot?: (1 | 2)[]
}
