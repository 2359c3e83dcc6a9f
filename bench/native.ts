/** Builds bench/native.c for a codec, where the machine has a compiler and the codec's library. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { figure } from '../src/cli/figure.ts'
import type { Codec } from '../src/facts/facts.ts'
import { run } from './command.ts'

/** A library, by the name that the tables have for it. */
interface Library {
  subject: string
  link: string
  define?: string
}

const own = (link: string): Library => ({ subject: 'library to the notes', link })

/** The codecs' own libraries, and those that are faster. */
export const LIBRARIES: Record<Codec, readonly Library[]> = {
  gzip: [
    own('-lz'),
    { subject: 'libdeflate to the notes', link: '-l:libdeflate.so.0', define: 'WITH_libdeflate' },
    { subject: 'ISA-L to the notes', link: '-lisal', define: 'WITH_isal' },
  ],
  bzip2: [own('-lbz2')],
  lzma: [own('-llzma')],
  xz: [own('-llzma')],
  lzo: [own('-l:liblzo2.so.2')],
  lz4: [own('-l:liblz4.so.1')],
  zstd: [
    own('-l:libzstd.so.1'),
    { subject: 'libzstd into its output', link: '-l:libzstd.so.1', define: 'WITH_zero_copy' },
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

/** CPU milliseconds of one decoding up to `target`: the median of a few. */
export function timeNative(path: string, stream: string, target: number, runs: number): number {
  const lines = run(path, [stream, String(target), String(runs)])
    .toString()
    .trim()
    .split('\n')
  return figure(lines.map(Number)).median / 1000
}
