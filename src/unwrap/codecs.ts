import type { Codec } from '../facts/facts.ts'
import { openBzip2 } from './bzip2.ts'
import { openGzip } from './gzip.ts'
import { openLz4 } from './lz4.ts'
import { openLzma } from './lzma.ts'
import { openLzo } from './lzo.ts'
import type { UnpackContext, Unpacker } from './unpacker.ts'
import { openXz } from './xz.ts'
import { openZstd } from './zstd.ts'

/** What unpacks each codec. */
export const OPENERS: Record<Codec, (context: UnpackContext) => Unpacker> = {
  gzip: openGzip,
  bzip2: openBzip2,
  lzma: openLzma,
  xz: openXz,
  lzo: openLzo,
  lz4: openLz4,
  zstd: openZstd,
}

/** Streams whose blocks say how long they are: most are passed over, and length says nothing of the time it takes. */
export const HOPPED: ReadonlySet<Codec> = new Set(['lz4', 'lzo'])
