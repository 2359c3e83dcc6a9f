/** Reading the kernel file, with transparent gunzip: xc_dom_kernel_file and xc_dom_try_gunzip (xg_dom_core.c). */
import type { StreamLayer } from '../../facts/facts.ts'
import { outside } from '../libelf/init.ts'
import type { LoaderRun } from '../loader-run.ts'
import { isUnpacked } from '../stream.ts'
import type { Blob } from '../subject.ts'
import type { Stop } from '../verdict.ts'

/** XC_DOM_DECOMPRESS_MAX. */
export const DECOMPRESS_MAX = 2 ** 30
/** The toolstack unpacks gzip into this many bytes more than it says it needs, and counts them. */
const GZIP_SLACK = 16
/** The magic and the size word. */
const SHORTEST_GZIP = 6

// Answers of zlib's inflate.
const Z_DATA_ERROR = -3
const Z_BUF_ERROR = -5

/** What gunzip makes of a blob: what it unpacked, the blob as it is, or the failure with zlib's answer. */
export type Gunzipped = Blob | 'as-it-is' | { rc: number } | Stop

/**
 * xc_dom_try_gunzip.
 *
 * @param length How many bytes the loader says there are, which may be more than the file has.
 */
export function tryGunzip(
  run: LoaderRun,
  layer: StreamLayer | undefined,
  depth: number,
  length: number,
): Gunzipped {
  const { ask } = run
  if (length < SHORTEST_GZIP && ask.gate('libelf-bounds') === 'checked') return 'as-it-is'
  if (layer?.codec !== 'gzip' || layer.oldMagic === true) return 'as-it-is'
  if (layer.sizeWord === undefined) return outside('gzip-size')
  const room = layer.sizeWord + GZIP_SLACK
  if (layer.sizeWord > DECOMPRESS_MAX) return 'as-it-is'
  if (room > DECOMPRESS_MAX && ask.gate('kernel-size-limit') === 'all') {
    run.log('kernel image too large')
    return 'as-it-is'
  }
  const { error, unpacked } = layer
  if (unpacked !== undefined && unpacked > room) return { rc: Z_BUF_ERROR }
  if (error !== undefined) return { rc: error.code === 'stream-truncated' ? Z_BUF_ERROR : Z_DATA_ERROR }
  if (!isUnpacked(layer)) run.assume('stream-not-verified')
  return { depth: depth + 1, size: room }
}

export function gunzipFailure(rc: number): string {
  return `xc_dom_do_gunzip: inflate failed (rc=${rc})`
}
