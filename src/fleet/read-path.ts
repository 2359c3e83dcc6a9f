/**
 * One path to its record: what every worker does, and the main thread for small jobs.
 * @module
 */
import type { Engine } from '../engine/engine.ts'
import { FACTS_VERSION } from '../facts/facts.ts'
import type { Problem } from '../problem.ts'
import { FileSource, SourceError } from '../source/file.ts'
import type { Ranges } from '../source/ranges.ts'
import { type JsonReading, type ReadOptions, readImageToJson } from '../unwrap/read-image.ts'
import { fileDigest } from './digest.ts'
import { hasSameBytes, type Original } from './same-bytes.ts'

export interface PathOptions extends ReadOptions {
  /** Read the whole file, and add its SHA-256 to the record. */
  digest?: boolean
}

/** A record as it travels between threads: text, because nothing is cheaper to pass on and to print. */
export interface ReadResult {
  /** `{"kind": …, "digest"?: …, "facts": …, "problem"?: …}` as JSON. */
  json: string
  /** Bytes read and unpacked. */
  read: number
  unpacked: number
  /** The code of the problem that the record has. */
  problem?: Problem['code']
  /** Which file it was (source/identity.ts). Only set where the same bytes give the same record again. */
  identity?: string
  /** What was read of it. Only set with `identity`, and where comparing is faster than reading. */
  ranges?: Ranges
}

/** The image has the bytes of an original, so that its record is known. */
export interface CopyResult {
  /** Index of the original. */
  copyOf: number
  identity: string
}

/** A copy of what took less to read and unpack than this, in bytes, is better read itself: a bare vmlinux takes 20 KiB. */
const MIN_COMPARED = 256 * 1024

/** `facts.elf` comes last among the facts (read-image.ts), where its JSON is put in. */
function recordJson({ facts, elfJson, problem }: JsonReading, digest?: string): string {
  const { kind } = facts
  if (elfJson === undefined) return JSON.stringify({ kind, digest, facts, problem })
  const head = JSON.stringify({ kind, digest, facts }).slice(0, -2)
  const tail = problem === undefined ? '' : `,"problem":${JSON.stringify(problem)}`
  return `${head},"elf":${elfJson}}${tail}}`
}

function result(reading: JsonReading, digest?: string): ReadResult {
  const json = recordJson(reading, digest)
  const { problem, cost } = reading
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
export function readPath(engine: Engine, path: string, options: PathOptions): ReadResult {
  return readUnlessCopy(engine, path, options, []) as ReadResult
}

/** Reads the image at `path`, unless it turns out to be a copy of one of the `originals`. */
export function readUnlessCopy(
  engine: Engine,
  path: string,
  options: PathOptions,
  originals: readonly Original[],
): ReadResult | CopyResult {
  let source: FileSource | undefined
  try {
    source = new FileSource(path)
    const { identity } = source
    for (const [copyOf, original] of originals.entries()) {
      if (!hasSameBytes(source, original)) continue
      source.assertUnchanged()
      return { copyOf, identity }
    }
    const reading = readImageToJson(engine, source, options)
    const digest = options.digest ? fileDigest(source) : undefined
    source.assertUnchanged()
    if (digest !== undefined) reading.cost.read += source.size
    const answer = result(reading, digest)
    // What the machine's memory allows is not in the bytes.
    if (answer.problem === 'memory-limit') return answer
    answer.identity = identity
    if (answer.read + answer.unpacked >= MIN_COMPARED) answer.ranges = source.ranges.merged()
    return answer
  } catch (error) {
    if (error instanceof SourceError) return unreadable(error.problem)
    throw error
  } finally {
    source?.close()
  }
}
