/**
 * The files that a command reads.
 * @module
 */
import { walk } from '../source/node/walk.ts'
import type { Found } from '../source/source.ts'
import { isUnfinishedReport } from './output-file.ts'

/** Yields the files at and below `paths` but the reports that are being written there. */
export function* filesBelow(paths: Iterable<string>): Generator<Found> {
  for (const found of walk(paths)) {
    if (found.named || !isUnfinishedReport(found.address)) yield found
  }
}
