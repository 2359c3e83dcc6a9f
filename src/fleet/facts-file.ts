/**
 * Facts files: lines that `scan -o ndjson` wrote. To merge them a file is a list of runs of lines in the order of a
 * walk: one run, or one for each path that was named.
 * @module
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { StringDecoder } from 'node:string_decoder'
import { walkKey } from '../record/key.ts'
import { addressOf } from '../record/parse.ts'
import { systemReason } from '../source/node/system-problem.ts'

interface TextLine {
  text: string
  file: string
  /** Its number, from 1. */
  line: number
  /** Where in the file it starts, in bytes. */
  at: number
}

/** A line of a facts file, with the key that sorts its image as a walk does. */
export interface FactsLine extends TextLine {
  key: string
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

function system<T>(file: string, action: () => T): T {
  try {
    return action()
  } catch (error) {
    throw new FactsFileError(`Cannot read the facts ${file}: the system says ${systemReason(error)}`, {
      cause: error,
    })
  }
}

/** A run that is a whole file. */
const whole = (file: string): Run => ({ file, start: 0, end: Number.POSITIVE_INFINITY, line: 1 })

/** Yields the lines of a facts file that are not empty, a few of them in memory at a time. Throws a FactsFileError. */
export const factsLines = (file: string): Generator<TextLine> => readLines(whole(file))

function* readLines({ file, start, end, line: first }: Run): Generator<TextLine> {
  const fd = system(file, () => openSync(file, 'r'))
  try {
    // A pipe has no positions.
    const isFile = system(file, () => fstatSync(fd).isFile())
    const buffer = Buffer.allocUnsafe(STEP)
    const decoder = new StringDecoder()
    let rest = ''
    let at = start
    let line = first
    for (let position = start; position < end; ) {
      const wanted = Math.min(STEP, end - position)
      const length = system(file, () => readSync(fd, buffer, 0, wanted, isFile ? position : null))
      if (length === 0) break
      position += length
      const lines = (rest + decoder.write(buffer.subarray(0, length))).split('\n')
      rest = lines.pop()!
      for (const text of lines) {
        if (text.trim() !== '') yield { text, file, line, at }
        at += Buffer.byteLength(text) + 1
        line++
      }
    }
    if (rest.trim() !== '') yield { text: rest, file, line, at }
  } finally {
    closeSync(fd)
  }
}

/** Yields the lines of a run. Throws a FactsFileError where one is no record. */
export function* readRun(run: Run): Generator<FactsLine> {
  for (const line of readLines(run)) {
    const image = addressOf(line.text)
    if (image === undefined) {
      throw new FactsFileError(
        `Cannot merge ${line.file}:${line.line}: expected a line of \`scan -o ndjson\``,
      )
    }
    yield { ...line, key: walkKey(image) }
  }
}

/** Finds the runs of a file. */
export function findRuns(file: string): Run[] {
  const runs: Run[] = []
  let previous: string | undefined
  for (const { key, at, line } of readRun(whole(file))) {
    const last = runs.at(-1)
    if (last === undefined || key < previous!) {
      if (last !== undefined) last.end = at
      runs.push({ file, start: at, end: Number.POSITIVE_INFINITY, line })
    }
    previous = key
  }
  return runs
}
