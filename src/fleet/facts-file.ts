/**
 * Facts files: lines that `scan -o ndjson` wrote. To merge them a file is a list of runs of lines in the order of a
 * walk: one run, or one for each path that was named.
 * @module
 */
import { closeSync, openSync, readSync } from 'node:fs'
import { StringDecoder } from 'node:string_decoder'
import { walkKey } from '../record/key.ts'
import { addressOf } from '../record/parse.ts'
import { fileChunks, utf16Reason } from '../source/node/file-chunks.ts'
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

/** Bytes that are read at once. */
const STEP = 64 * 1024
/** Bytes that files which are read at the same time share for their buffers; each has a disk block at least. */
const SHARED_BUFFER = 64 * 2 ** 20
const LEAST_STEP = 4096

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
export const factsLines = (file: string): Generator<TextLine> => linesOf(whole(file), openChunks(file))

/** The bytes of a file from its start: a pipe has no positions. */
function* openChunks(file: string): Generator<Buffer> {
  const chunks = fileChunks(file, STEP)
  try {
    for (;;) {
      const { done, value } = system(file, () => chunks.next())
      if (done === true) return
      yield value
    }
  } finally {
    chunks.return(undefined)
  }
}

/** The bytes of a run, the file open only while it is read: there may be more runs than a process may have open files. */
function* chunksOf({ file, start, end }: Run, step: number): Generator<Buffer> {
  for (let position = start; position < end; ) {
    const chunk = system(file, () => readAt(file, position, Math.min(step, end - position)))
    if (chunk.length === 0) return
    yield chunk
    position += chunk.length
  }
}

function readAt(file: string, position: number, length: number): Buffer {
  const fd = openSync(file, 'r')
  try {
    const buffer = Buffer.allocUnsafe(length)
    return buffer.subarray(0, readSync(fd, buffer, 0, length, position))
  } finally {
    closeSync(fd)
  }
}

function refuseUtf16(file: string, start: Buffer): void {
  const reason = utf16Reason(start)
  if (reason !== undefined) throw new FactsFileError(`Cannot read the facts ${file}: ${reason}`)
}

function* linesOf({ file, start, line: first }: Run, chunks: Iterable<Buffer>): Generator<TextLine> {
  const decoder = new StringDecoder()
  let rest = ''
  let at = start
  let line = first
  for (const chunk of chunks) {
    if (at === 0 && line === 1) refuseUtf16(file, chunk)
    const lines = (rest + decoder.write(chunk)).split('\n')
    rest = lines.pop()!
    for (const text of lines) {
      if (text.trim() !== '') yield { text, file, line, at }
      at += Buffer.byteLength(text) + 1
      line++
    }
  }
  if (rest.trim() !== '') yield { text: rest, file, line, at }
}

/** Yields the lines of one of `runs` that are read at the same time. Throws a FactsFileError where one is no record. */
export function* readRun(run: Run, runs = 1): Generator<FactsLine> {
  const step = Math.max(LEAST_STEP, Math.min(STEP, Math.floor(SHARED_BUFFER / runs)))
  for (const line of linesOf(run, chunksOf(run, step))) {
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
