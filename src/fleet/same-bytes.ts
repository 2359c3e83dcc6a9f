/**
 * Whether a file has the bytes that another image's facts came from. Facts are a function of the size and of the
 * bytes that were read: where these are equal, reading would ask for the same ones again and find the same.
 * @module
 */
import { openFile } from '../source/node/file.ts'
import type { Ranges } from '../source/ranges.ts'
import { type OpenSource, SourceError } from '../source/source.ts'

/** An image that was read before. */
export interface Original {
  address: string
  /** What it was when it was read; it cannot be compared with once it is another. */
  identity: string
  /** What was read of it. */
  ranges: Ranges
}

/** Most images that are no duplicates differ here. */
const FIRST_STEP = 8 * 1024
/** Two steps fit into a processor's second-level cache: 256 KiB compare at 12 GB/s, 1 MiB at 11. */
const STEP = 256 * 1024
/** What is read of a kernel of 66 MB is 4 to 12 MB of its bzImage. */
const MAX_KEPT = 12 * 2 ** 20

/** What one original's ranges hold, one after the other: its copies mostly come together, and it is read for all. */
const kept = { key: '', bytes: Buffer.alloc(0), length: 0 }

let buffer: Buffer | undefined

/**
 * Compares byte by byte: a digest of what was read would cost more, as SHA-256 runs at 2 GB/s. Throws a SourceError
 * where `source` cannot be read; an original that cannot be read is like nothing.
 */
export function hasSameBytes(source: OpenSource, original: Original): boolean {
  const other = unlessBroken(() => openFile(original.address))
  if (other === undefined) return false
  try {
    if (other.identity !== original.identity || other.size !== source.size) return false
    const isSame = compareRanges(source, other, original.ranges)
    const isUnchanged = unlessBroken(() => other.assertUnchanged() ?? true) ?? false
    if (!isUnchanged) kept.key = ''
    return isSame && isUnchanged
  } finally {
    other.close()
  }
}

function compareRanges(source: OpenSource, other: OpenSource, ranges: Ranges): boolean {
  buffer ??= Buffer.allocUnsafe(STEP)
  const key = `${other.identity} ${ranges}`
  if (kept.key !== key) startKeeping(key, ranges)
  let done = 0
  for (let at = 0; at < ranges.length; at += 2) {
    const end = ranges[at + 1]!
    let step = FIRST_STEP
    for (let from = ranges[at]!; from < end; from += step, step = STEP) {
      const length = Math.min(step, end - from)
      source.read(buffer.subarray(0, length), from)
      const theirs = unlessBroken(() => readKept(other, from, length, done))
      if (theirs === undefined || buffer.compare(theirs, 0, length, 0, length) !== 0) return false
      done += length
    }
  }
  return true
}

/** Forgets the bytes of the original before. */
function startKeeping(key: string, ranges: Ranges): void {
  let total = 0
  for (let at = 0; at < ranges.length; at += 2) total += ranges[at + 1]! - ranges[at]!
  // What is beyond comes to lie after the rest, a step at a time.
  const size = Math.min(total, MAX_KEPT) + STEP
  kept.key = key
  if (kept.bytes.length < size) kept.bytes = Buffer.allocUnsafe(size)
  kept.length = 0
}

/** Bytes of the original from `from` on, of whose ranges `done` bytes lie before. */
function readKept(other: OpenSource, from: number, length: number, done: number): Buffer | undefined {
  const at = Math.min(done, MAX_KEPT)
  const bytes = kept.bytes.subarray(at, at + length)
  if (at + length <= kept.length) return bytes
  if (other.read(bytes, from) !== length) return undefined
  if (done === kept.length && at + length <= MAX_KEPT) kept.length += length
  return bytes
}

function unlessBroken<T>(action: () => T): T | undefined {
  try {
    return action()
  } catch (error) {
    if (error instanceof SourceError) return undefined
    throw error
  }
}
