/** Builds bench/native.c for a codec, where the machine has a compiler and the codec's library. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { figure } from '../src/cli/figure.ts'
import type { Codec } from '../src/facts/facts.ts'
import { run } from './command.ts'

/** A library, by the name that the tables have for it. */
interface Library {
  subject: string
  name: string
  /** The option that links it: `-lNAME` needs its development package, `-l:FILE` the library only. */
  link: string
  define?: string
}

const own = (name: string, link: string): Library => ({ subject: 'library to the notes', name, link })

/** The codecs' own libraries, and those that are faster. */
export const LIBRARIES: Record<Codec, readonly Library[]> = {
  gzip: [
    own('zlib', '-lz'),
    {
      subject: 'libdeflate to the notes',
      name: 'libdeflate',
      link: '-l:libdeflate.so.0',
      define: 'WITH_libdeflate',
    },
    { subject: 'ISA-L to the notes', name: 'ISA-L', link: '-lisal', define: 'WITH_isal' },
  ],
  bzip2: [own('libbz2', '-lbz2')],
  lzma: [own('liblzma', '-llzma')],
  xz: [own('liblzma', '-llzma')],
  lzo: [own('liblzo2', '-l:liblzo2.so.2')],
  lz4: [own('liblz4', '-l:liblz4.so.1')],
  zstd: [
    own('libzstd', '-l:libzstd.so.1'),
    {
      subject: 'libzstd into its output',
      name: 'libzstd',
      link: '-l:libzstd.so.1',
      define: 'WITH_zero_copy',
    },
  ],
}

/** The path of the program, or why there is none. */
export function buildNative(
  root: string,
  scratch: string,
  codec: Codec,
  { subject, link, define }: Library,
): { path: string } | { reason: string } {
  const name = define ?? `CODEC_${codec}`
  const path = join(scratch, `native-${codec}-${name}`)
  const source = join(root, 'bench/native.c')
  const args = ['-O2', `-D${name}`, '-o', path, source, link]
  const { status, stderr, error } = spawnSync('cc', args, { encoding: 'utf8' })
  if (status === 0) return { path }
  const reason =
    error === undefined
      ? (stderr.split('\n').find(line => line.includes('error')) ?? stderr)
      : 'cc is not there'
  return { reason: `${codec}, ${subject}: ${reason.trim()}` }
}

/** Runs a program of buildNative with the libraries of `directory`, or else of the system. */
const runNative = (path: string, args: readonly string[], directory: string | undefined): string =>
  run(path, args, directory === undefined ? {} : { LD_LIBRARY_PATH: directory })
    .toString()
    .trim()

/** CPU milliseconds of one decoding up to `target`: the median of a few. */
export function timeNative(
  path: string,
  directory: string | undefined,
  stream: string,
  target: number,
  runs: number,
): number {
  const lines = runNative(path, [stream, String(target), String(runs)], directory).split('\n')
  return figure(lines.map(Number)).median / 1000
}

/** The version of the library that the program loads; empty where the library does not say it. */
export const nativeVersion = (path: string, directory: string | undefined): string =>
  runNative(path, ['--version'], directory)
