/**
 * One image that a person has named, read on the spot.
 * @module
 */
import { createEngine } from '../engine/create.ts'
import { readPath } from '../fleet/read-path.ts'
import type { ImageRecord } from '../report/scan/entry.ts'
import { isUnread } from '../xen/unread.ts'
import { type ReadFlags, scanOptions } from './read-options.ts'
import { UsageError } from './usage-error.ts'

/** Problems of what was read that leave nothing to speak of. */
const NOTHING = new Set(['empty', 'not-a-kernel'])

/** The record of the image at `path`. Throws a UsageError where there is no image. */
export function readOne(path: string, flags: ReadFlags): ImageRecord {
  const { engine, read } = scanOptions(flags)
  const { json } = readPath(createEngine(engine), path, read)
  const record = JSON.parse(json) as ImageRecord
  const { problem } = record
  if (problem !== undefined && (isUnread(problem) || NOTHING.has(problem.code))) {
    throw new UsageError(`${path}: ${problem.message}`)
  }
  return record
}
