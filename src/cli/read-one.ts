/**
 * One image that a person has named, read on the spot.
 * @module
 */
import { createEngine } from '../fleet/engines.ts'
import { readFile } from '../fleet/read-file.ts'
import type { ImageRecord } from '../record/type.ts'
import { openFile } from '../source/node/file.ts'
import { isUnread } from '../xen/unread.ts'
import { type ReadFlags, scanOptions } from './read-options.ts'
import { UsageError } from './usage-error.ts'

/** Problems of what was read that leave nothing to speak of. */
const NOTHING = new Set(['empty', 'not-a-kernel'])

/** The record of the image at `path`. Throws a UsageError where there is no image. */
export function readOne(path: string, flags: ReadFlags): ImageRecord {
  const { engine, read } = scanOptions(flags)
  const { records } = readFile(createEngine(engine), () => openFile(path), read)
  const record = JSON.parse(records[0]!.json) as ImageRecord
  const { problem } = record
  if (problem !== undefined && (isUnread(problem) || NOTHING.has(problem.code))) {
    throw new UsageError(`${path}: ${problem.message}`)
  }
  return record
}
