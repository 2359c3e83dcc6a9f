/**
 * Inventories and configurations: texts that are read whole, because they are not long.
 * @module
 */
import { gunzipSync } from 'node:zlib'
import { fileChunks, utf16Reason } from '../source/node/file-chunks.ts'
import { systemReason } from '../source/node/system-problem.ts'

const MEBIBYTE = 2 ** 20
/** The dumps of a large fleet have less; /dev/zero has more. */
const LIMIT = 256 * MEBIBYTE

const tooLong = () => new Error(`it is longer than ${LIMIT / MEBIBYTE} MiB, the limit`)

/** What programs that rotate logs leave: gzip is unpacked, the others are named with the program that does it. */
const PACKED: readonly (readonly [magic: RegExp, name: string, program: string])[] = [
  [/^\xfd7zXZ/, 'xz', 'xzcat'],
  [/^\x28\xb5\x2f\xfd/, 'zstd', 'zstdcat'],
  [/^BZh[1-9]1AY/, 'bzip2', 'bzcat'],
  [/^LPKSHHRH/, 'the journal of systemd', 'journalctl --file'],
]

function unpacked(bytes: Buffer): Buffer {
  const start = bytes.toString('latin1', 0, 8)
  const packed = PACKED.find(([magic]) => magic.test(start))
  if (packed !== undefined)
    throw new Error(`it is a file of ${packed[1]}; give what ${packed[2]} prints of it`)
  if (!start.startsWith('\x1f\x8b')) return bytes
  try {
    return gunzipSync(bytes, { maxOutputLength: LIMIT })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw tooLong()
    throw new Error(`it is gzip that is damaged: ${(error as Error).message}`, { cause: error })
  }
}

/**
 * The text of the file at `path`. Throws an Error whose message says why there is none, as in `the system says EACCES`.
 * What gzip has packed is unpacked.
 */
export function readTextFile(path: string): string {
  const pieces: Buffer[] = []
  let size = 0
  try {
    for (const piece of fileChunks(path, MEBIBYTE)) {
      size += piece.length
      if (size > LIMIT) break
      pieces.push(Buffer.from(piece))
    }
  } catch (error) {
    throw new Error(`the system says ${systemReason(error)}`, { cause: error })
  }
  if (size > LIMIT) throw tooLong()
  const bytes = unpacked(Buffer.concat(pieces))
  const reason = utf16Reason(bytes)
  if (reason !== undefined) throw new Error(reason)
  return bytes.toString('utf8')
}
