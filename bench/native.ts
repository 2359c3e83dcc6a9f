/** Builds bench/native.c for a codec, where the machine has a compiler and the codec's library. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { figure } from '../src/cli/figure.ts'
import type { Codec } from '../src/facts/facts.ts'
import { run } from './command.ts'

const LIBRARIES: Record<Codec, string> = {
  gzip: '-lz',
  bzip2: '-lbz2',
  lzma: '-llzma',
  xz: '-llzma',
  lzo: '-l:liblzo2.so.2',
  lz4: '-l:liblz4.so.1',
  zstd: '-l:libzstd.so.1',
}

/** The path of the program, or why there is none. */
export function buildNative(
  root: string,
  scratch: string,
  codec: Codec,
): { path: string } | { reason: string } {
  const path = join(scratch, `native-${codec}`)
  const source = join(root, 'bench/native.c')
  const args = ['-O2', `-DCODEC_${codec}`, '-o', path, source, LIBRARIES[codec]]
  const { status, stderr, error } = spawnSync('cc', args, { encoding: 'utf8' })
  if (status === 0) return { path }
  const reason =
    error === undefined
      ? (stderr.split('\n').find(line => line.includes('error')) ?? stderr)
      : 'cc is not there'
  return { reason: `${codec} by its C library: ${reason.trim()}` }
}

/** CPU milliseconds of one decoding up to `target`: the median of a few. */
export function timeNative(path: string, stream: string, target: number, runs: number): number {
  const lines = run(path, [stream, String(target), String(runs)])
    .toString()
    .trim()
    .split('\n')
  return figure(lines.map(Number)).median / 1000
}
