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
        if (length === 0) return Buffer.concat(pieces).toString('utf8')
        pieces.push(piece.subarray(0, length))
        size += length
      }
    } finally {
      closeSync(fd)
    }
  } catch (error) {
    throw new Error(`the system says ${systemReason(error)}`, { cause: error })
  }
  throw new Error(`it is longer than ${LIMIT / MEBIBYTE} MiB, the limit`)
}
