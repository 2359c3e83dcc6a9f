/**
 * One path to its record: what every worker does, and the main thread for small jobs.
 * @module
 */
import type { Engine } from '../engine/engine.ts'
import { FACTS_VERSION } from '../facts/facts.ts'
import type { Problem } from '../problem.ts'
import { FileSource, SourceError } from '../source/file.ts'
import { type Reading, type ReadOptions, readImage } from '../unwrap/read-image.ts'

/** A record as it travels between threads: text, because nothing is cheaper to pass on and to print. */
export interface ReadResult {
  /** `{"kind": …, "facts": …, "problem"?: …}` as JSON. */
  json: string
  /** Bytes read and unpacked. */
  read: number
  unpacked: number
  /** The code of the problem that the record has. */
  problem?: Problem['code']
}

function result({ facts, problem, cost }: Reading): ReadResult {
  const json = JSON.stringify({ kind: facts.kind, facts, problem })
  const { read, unpacked } = cost
  return problem === undefined ? { json, read, unpacked } : { json, read, unpacked, problem: problem.code }
}

/** The record of an image that could not be read at all. */
export const unreadable = (problem: Problem): ReadResult =>
  result({
    facts: { version: FACTS_VERSION, size: 0, kind: 'unknown', layers: [] },
    problem,
    cost: { read: 0, unpacked: 0 },
  })

/** Reads the image at `path`. What is wrong with it is in the record. */
export async function readPath(engine: Engine, path: string, options: ReadOptions): Promise<ReadResult> {
  let source: FileSource | undefined
  try {
    source = new FileSource(path)
    return result(await readImage(engine, source, options))
  } catch (error) {
    if (error instanceof SourceError) return unreadable(error.problem)
    throw error
  } finally {
    source?.close()
  }
}
