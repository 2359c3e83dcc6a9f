/**
 * One image that a person has named, read on the spot.
 * @module
 */
import { createEngine } from '../fleet/engines.ts'
import { openImage } from '../fleet/open-image.ts'
import { readFile } from '../fleet/read-file.ts'
import type { ImageRecord } from '../record/type.ts'
import { readImage } from '../unwrap/read-image.ts'
import { isUnread } from '../xen/unread.ts'
import { refuseContainer } from './container-kernels.ts'
import { parseAddress, withInside } from './inside.ts'
import { type ReadFlags, scanOptions } from './read-options.ts'
import { UsageError } from './usage-error.ts'

/** Problems of what was read that leave nothing to speak of. */
const NOTHING = new Set(['empty', 'foreign-kernel', 'not-a-kernel'])

/** The record of the image at an address: a path, or one inside a container. Throws a UsageError where there is no image. */
export function readOne(address: string, flags: ReadFlags): ImageRecord {
  const { path, inside } = parseAddress(address)
  const record = inside === undefined ? readPath(path, flags) : readInside({ path, inside }, flags)
  const { problem } = record
  if (problem !== undefined && (isUnread(problem) || NOTHING.has(problem.code))) {
    if (problem.code === 'not-a-kernel') refuseContainer(address, flags)
    throw new UsageError(`${address}: ${problem.message}`)
  }
  return record
}

function readPath(path: string, flags: ReadFlags): ImageRecord {
  const { engine, read } = scanOptions(flags)
  const { containers: _, ...options } = read
  const { records } = readFile(createEngine(engine), () => openImage(path, read.remote), options)
  return JSON.parse(records[0]!.json) as ImageRecord
}

function readInside(address: { path: string; inside: string }, flags: ReadFlags): ImageRecord {
  const { engine, read } = scanOptions(flags)
  return withInside(address, flags, source => {
    const { facts, problem } = readImage(createEngine(engine), source, read)
    const record: ImageRecord = { kind: facts.kind, facts }
    if (problem !== undefined) record.problem = problem
    return record
  })
}
