/**
 * The files that a command reads.
 * @module
 */
import type { Files } from '../fleet/file-queue.ts'
import { walk } from '../source/node/walk.ts'
import type { RemoteOptions } from '../source/remote/options.ts'
import { isReference } from '../source/remote/reference.ts'
import type { Found } from '../source/source.ts'
import { isUnfinishedReport } from './output-file.ts'

/** Yields the files at and below `paths` but the reports that are being written there. */
export function* filesBelow(paths: Iterable<string>): Generator<Found> {
  for (const found of walk(paths)) {
    if (found.named || !isUnfinishedReport(found.address)) yield found
  }
}

export interface Listing {
  /** Paths and references. */
  paths: Iterable<string>
  remote: RemoteOptions
  /** Ask servers for the versions of what lies there: a journal is to be gone on with. */
  identify: boolean
}

/** What is at and below paths and references, in their order. */
export const imagesAt = ({ paths, ...options }: Listing): Files =>
  Array.isArray(paths) && !paths.some(isReference) ? filesBelow(paths) : mixed(paths, options)

async function* mixed(
  paths: Iterable<string>,
  { remote, identify }: Omit<Listing, 'paths'>,
): AsyncGenerator<Found> {
  const names = paths[Symbol.iterator]()
  let next = names.next()
  const references = function* () {
    for (; next.done !== true && isReference(next.value); next = names.next()) yield next.value
  }
  while (next.done !== true) {
    if (isReference(next.value)) {
      const { walkReferences } = await import('../source/remote/walk.ts')
      yield* walkReferences(references(), { ...remote, identify })
    } else {
      yield* filesBelow([next.value])
      next = names.next()
    }
  }
}
