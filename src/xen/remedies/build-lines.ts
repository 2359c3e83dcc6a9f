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
  /** The one that the build looks for (tools/libxc/Makefile before 4.2.0, then tools/configure.ac). */
  header: string
  /** What configure gives to the compiler where it finds them. */
  macro: string
}

const library = (name: string, debian: string, fedora: string, header: string, macro: string): Library => ({
  name,
  debian,
  fedora,
  header,
  macro,
})

const lzma = library('liblzma', 'liblzma-dev', 'xz-devel', 'lzma.h', 'HAVE_LZMA')
const LIBRARIES: Readonly<Record<Exclude<Codec, 'gzip'>, Library>> = {
  bzip2: library('libbz2', 'libbz2-dev', 'bzip2-devel', 'bzlib.h', 'HAVE_BZLIB'),
  lzma,
  xz: lzma,
  lzo: library('liblzo2', 'liblzo2-dev', 'lzo-devel', 'lzo/lzo1x.h', 'HAVE_LZO1X'),
  lz4: library('liblz4', 'liblz4-dev', 'lz4-devel', 'lz4.h', 'HAVE_LZ4'),
  zstd: library('libzstd', 'libzstd-dev', 'libzstd-devel', 'zstd.h', 'HAVE_ZSTD'),
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

/** Builds a toolstack that unpacks the codec. `by` is what chooses the decoders: Xen before 4.2.0 has no configure. */
export function buildDecoder(codec: Codec, by: 'makefile' | 'configure'): Remedy[] {
  const needed = libraryOf(codec)
  if (needed === undefined) return []
  const { debian, fedora, header, macro } = needed
  const install = `Install ${debian} (Debian) or ${fedora} (Fedora) where the toolstack is built`
  const built =
    by === 'configure'
      ? remedy(
          'xen-build',
          `${install}, run ./configure, and build it anew; configure then writes`,
          write(`-D${macro}`, 'the ZLIB line of config/Tools.mk'),
        )
      : remedy(
          'xen-build',
          `${install}, and build libxc anew, whose Makefile then finds ${header}`,
          run('make -C tools/libxc clean && make tools'),
        )
  return [built]
}
