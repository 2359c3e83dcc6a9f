/**
 * Inventories and configurations: texts that are read whole, because they are not long.
 * @module
 */
import { fileChunks, utf16Reason } from '../source/node/file-chunks.ts'
import { systemReason } from '../source/node/system-problem.ts'

const MEBIBYTE = 2 ** 20
/** The dumps of a large fleet have less; /dev/zero has more. */
const LIMIT = 256 * MEBIBYTE

/** The text of the file at `path`. Throws an Error whose message says why there is none, as in `the system says EACCES`. */
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
  if (size > LIMIT) throw new Error(`it is longer than ${LIMIT / MEBIBYTE} MiB, the limit`)
  const bytes = Buffer.concat(pieces)
  const reason = utf16Reason(bytes)
  if (reason !== undefined) throw new Error(reason)
  return bytes.toString('utf8')
}
