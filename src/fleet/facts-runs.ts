/**
 * Facts files as runs of lines in the order of a walk: what `scan -o ndjson` wrote is one run, or one for each path
 * that was named.
 * @module
 */
import { closeSync, openSync, readSync } from 'node:fs'
import { StringDecoder } from 'node:string_decoder'
import { systemReason } from '../source/system-reason.ts'

/** A line of a facts file. */
export interface FactsLine {
  /** The path, so that the order of these is that of a walk: a folder's entries come before what follows the folder. */
  key: string
  text: string
  file: string
  line: number
}

export interface Run {
  file: string
  start: number
  end: number
  /** The number of its first line. */
  line: number
}

/** Raised where a file cannot be read, or is no facts file. */
export class FactsFileError extends Error {
  override name = 'FactsFileError'
}

const STEP = 64 * 1024

/** Names are compared folder by folder, as a walk sorts them. */
const walkKey = (path: string) => path.replaceAll('/', '\0')

function keyOf(text: string, file: string, line: number): string {
  let image: unknown
  try {
    ;({ image } = JSON.parse(text) as { image?: unknown })
  } catch {
    // What is no JSON has no image either.
  }
  if (typeof image === 'string') return walkKey(image)
  throw new FactsFileError(`Cannot merge ${file}:${line}: expected a line of \`scan -o ndjson\``)
}

function system<T>(file: string, action: () => T): T {
  try {
    return action()
  } catch (error) {
    throw new FactsFileError(`Cannot read the facts ${file}: the system says ${systemReason(error)}`, {
      cause: error,
    })
  }
}

/** Yields the lines of a run, a few of them in memory at a time. Throws a FactsFileError where one is no record. */
export function* readRun({ file, start, end, line: first }: Run): Generator<FactsLine & { at: number }> {
  const fd = system(file, () => openSync(file, 'r'))
  try {
    const buffer = Buffer.allocUnsafe(STEP)
    const decoder = new StringDecoder()
    let rest = ''
    let at = start
    let line = first
    for (let position = start; position < end; ) {
      const wanted = Math.min(STEP, end - position)
      const length = system(file, () => readSync(fd, buffer, 0, wanted, position))
      if (length === 0) break
      position += length
      const lines = (rest + decoder.write(buffer.subarray(0, length))).split('\n')
      rest = lines.pop()!
      for (const text of lines) {
        if (text !== '') yield { key: keyOf(text, file, line), text, file, line, at }
        at += Buffer.byteLength(text) + 1
        line++
      }
    }
    if (rest !== '') yield { key: keyOf(rest, file, line), text: rest, file, line, at }
  } finally {
    closeSync(fd)
  }
}

/** Finds the runs of a file. */
export function findRuns(file: string): Run[] {
  const runs: Run[] = []
  let previous: string | undefined
  for (const { key, at, line } of readRun({ file, start: 0, end: Number.POSITIVE_INFINITY, line: 1 })) {
    const last = runs.at(-1)
    if (last === undefined || key < previous!) {
      if (last !== undefined) last.end = at
      runs.push({ file, start: at, end: Number.POSITIVE_INFINITY, line })
    }
    previous = key
  }
  return runs
}
