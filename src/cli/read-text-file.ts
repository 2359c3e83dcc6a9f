/**
 * Inventories, configurations and baselines: texts that are read whole, because they are not long.
 * @module
 */
import { closeSync, openSync, readSync } from 'node:fs'
import { systemReason } from '../source/node/system-problem.ts'

const MEBIBYTE = 2 ** 20
/** A report on 100,000 images and 40 builds, the longest of these texts, has less; /dev/zero has more. */
const LIMIT = 256 * MEBIBYTE

/** The text of the file at `path`. Throws an Error whose message says why there is none, as in `the system says EACCES`. */
export function readTextFile(path: string): string {
  const pieces: Buffer[] = []
  try {
    const fd = openSync(path, 'r')
    try {
      for (let size = 0; size <= LIMIT; ) {
        const piece = Buffer.allocUnsafe(MEBIBYTE)
        const length = readSync(fd, piece)
        if (length === 0) return decode(Buffer.concat(pieces))
        pieces.push(piece.subarray(0, length))
        size += length
      }
    } finally {
      closeSync(fd)
    }
  } catch (error) {
    if (error instanceof EncodingError) throw error
    throw new Error(`the system says ${systemReason(error)}`, { cause: error })
  }
  throw new Error(`it is longer than ${LIMIT / MEBIBYTE} MiB, the limit`)
}

class EncodingError extends Error {}

/** Windows writes UTF-16 where a command's output goes to a file. With a byte order mark it cannot be anything else. */
function decode(bytes: Buffer): string {
  const mark = bytes.length < 2 ? 0 : bytes.readUInt16LE(0)
  if (mark === 0xfeff || mark === 0xfffe) {
    const order = mark === 0xfeff ? 'LE' : 'BE'
    throw new EncodingError(`it is UTF-16${order}, expected UTF-8; convert it with iconv -f UTF-16 -t UTF-8`)
  }
  return bytes.toString('utf8')
}
