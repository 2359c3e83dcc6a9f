/** Lines that decide how a Linux or a toolstack is built, and how they get into their files. */
import type { Codec } from '../../facts/facts.ts'
import { type OtherCommand, type Remedy, remedy, run, write } from './remedy.ts'

/** Sets options in the .config of a Linux, in whose source tree it runs, and builds the kernel. */
export function configure(on: readonly string[], off: readonly string[] = []): OtherCommand {
  const words = [...off.map(option => `-d ${option}`), ...on.map(option => `-e ${option}`)]
  return run(`scripts/config ${words.join(' ')} && make olddefconfig bzImage`)
}

const CODECS: readonly Codec[] = ['gzip', 'bzip2', 'lzma', 'xz', 'lzo', 'lz4', 'zstd']

const option = (codec: Codec) => `KERNEL_${codec.toUpperCase()}`

/**
 * Builds a Linux whose payload is packed by `codec`. Of several codecs that its .config has, Linux takes the last: the
 * others are switched off.
 *
 * @param now The codec that it has; absent where it is not known.
 */
export const packedBy = (codec: Codec, now?: Codec): Remedy =>
  remedy(
    'kernel-option',
    `Build the kernel with CONFIG_${option(codec)}=y in its .config`,
    configure(
      [option(codec)],
      (now === undefined ? CODECS : [now]).filter(other => other !== codec).map(option),
    ),
  )

interface Library {
  /** As `ldd` names it. */
  name: string
  /** The packages with its headers. */
  debian: string
  fedora: string
  /** What configure gives to the compiler where it finds them (tools/configure.ac). */
  macro: string
}

const lzma: Library = { name: 'liblzma', debian: 'liblzma-dev', fedora: 'xz-devel', macro: 'HAVE_LZMA' }
const LIBRARIES: Readonly<Record<Exclude<Codec, 'gzip'>, Library>> = {
  bzip2: { name: 'libbz2', debian: 'libbz2-dev', fedora: 'bzip2-devel', macro: 'HAVE_BZLIB' },
  lzma,
  xz: lzma,
  lzo: { name: 'liblzo2', debian: 'liblzo2-dev', fedora: 'lzo-devel', macro: 'HAVE_LZO1X' },
  lz4: { name: 'liblz4', debian: 'liblz4-dev', fedora: 'lz4-devel', macro: 'HAVE_LZ4' },
  zstd: { name: 'libzstd', debian: 'libzstd-dev', fedora: 'libzstd-devel', macro: 'HAVE_ZSTD' },
}

/** The library by which a toolstack unpacks a codec; undefined for gzip, without which none is built. */
const libraryOf = (codec: Codec): Library | undefined => (codec === 'gzip' ? undefined : LIBRARIES[codec])

/** What to find out about a toolstack of which it is not known whether it unpacks the codec. */
export function findDecoder(codec: Codec): Remedy {
  const library = libraryOf(codec)
  const by = library === undefined ? '' : ` (${library.name} is in ldd of libxenguest or libxenctrl)`
  return remedy(
    'build-fact',
    `Find out whether the toolstack was built with the library that unpacks ${codec}${by}, and say so`,
    write(`build: {decoders: {${codec}: true}}`, `the inventory, or by --build decoders.${codec}=true`),
  )
}

/** Builds a toolstack that unpacks the codec. */
export function buildDecoder(codec: Codec): Remedy[] {
  const library = libraryOf(codec)
  if (library === undefined) return []
  const { debian, fedora, macro } = library
  return [
    remedy(
      'xen-build',
      `Install ${debian} (Debian) or ${fedora} (Fedora) where the toolstack is built, run ./configure, and build it anew; configure then writes`,
      write(`-D${macro}`, 'the ZLIB line of config/Tools.mk'),
    ),
  ]
}
