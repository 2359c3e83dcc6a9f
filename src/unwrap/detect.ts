/**
 * What bytes are, by their magic and never by a file's name.
 * @module
 */
import { HEADER_MAGIC, SETUP_HEADER_END } from '../facts/bzimage-format.ts'
import type { Codec } from '../facts/facts.ts'

/** How many bytes from the start of a file `detect` wants to see. */
export const DETECT_LENGTH = SETUP_HEADER_END

/** The two to six bytes that Xen compares (xen/common/decompress.c, tools/libs/guest/xg_dom_bzimageloader.c). */
const CODEC_MAGIC: readonly (readonly [Codec, readonly number[]])[] = [
  ['gzip', [0x1f, 0x8b]],
  // gzip's old magic: Xen's hypervisor takes it, the toolstack does not.
  ['gzip', [0x1f, 0x9e]],
  ['bzip2', [0x42, 0x5a, 0x68]],
  ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
  ['lzma', [0x5d, 0x00]],
  ['lzo', [0x89, 0x4c, 0x5a, 0x4f, 0x00]],
  ['lz4', [0x02, 0x21]],
  // The later lz4 frame: no Xen takes it, but it is named rather than called unknown.
  ['lz4', [0x04, 0x22, 0x4d, 0x18]],
  ['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
]

function startsWith(bytes: Uint8Array, magic: readonly number[], offset = 0): boolean {
  for (let index = 0; index < magic.length; index++) {
    if (bytes[offset + index] !== magic[index]) return false
  }
  return true
}

/** True for the four bytes that start every ELF file. */
export const isElf = (bytes: Uint8Array) => startsWith(bytes, [0x7f, 0x45, 0x4c, 0x46])

/** True for a bzImage of any boot protocol. Xen does not look at the boot flag 0xaa55 either. */
export const isBzImage = (bytes: Uint8Array) => startsWith(bytes, [0x48, 0x64, 0x72, 0x53], HEADER_MAGIC)

/** The codec whose magic is at the start of `bytes`. */
export function detectCodec(bytes: Uint8Array): Codec | undefined {
  for (const [codec, magic] of CODEC_MAGIC) if (startsWith(bytes, magic)) return codec
  return undefined
}

/**
 * The outermost layer of a file. gzip goes first, because the toolstack unpacks it before it looks
 * for anything else; a bzImage goes before an ELF, as Xen probes for it.
 */
export function detect(bytes: Uint8Array): 'elf' | 'bzimage' | Codec | undefined {
  const codec = detectCodec(bytes)
  if (codec === 'gzip') return codec
  if (isBzImage(bytes)) return 'bzimage'
  if (isElf(bytes)) return 'elf'
  return codec
}

/** lz4's legacy frame: its first two bytes, which is all that Xen compares, start many other files. */
const LZ4_LEGACY = [0x02, 0x21, 0x4c, 0x18]

/** The codec of a stream that may hold anything: told by the whole of its magic. */
export function detectStream(bytes: Uint8Array): Codec | undefined {
  const codec = detectCodec(bytes)
  const isOther = codec === 'lz4' && bytes[0] === LZ4_LEGACY[0] && !startsWith(bytes, LZ4_LEGACY)
  return isOther ? undefined : codec
}

/** deflate, the one method that gzip has (RFC 1952, section 2.3.1). */
const DEFLATE = 8

/**
 * True where a stream's start is that of its codec and hardly that of anything else. The two bytes of lzma and
 * lz4 start many a file that is no stream.
 */
export function isUnmistakable(codec: Codec, bytes: Uint8Array): boolean {
  if (codec === 'gzip') return bytes[2] === DEFLATE
  if (codec === 'bzip2') return bytes[3]! >= 0x31 && bytes[3]! <= 0x39
  return codec === 'xz' || codec === 'lzo' || codec === 'zstd'
}
