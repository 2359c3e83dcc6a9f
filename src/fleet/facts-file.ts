/**
 * Facts files: lines that `scan -o ndjson` wrote. To merge them a file is a list of runs of lines in the order of a
 * walk: one run, or one for each path that was named.
 * @module
 */
import { closeSync, openSync, readSync } from 'node:fs'
import { walkKey } from '../record/key.ts'
import { addressOf } from '../record/parse.ts'
import { fileChunks, utf16Reason } from '../source/node/file-chunks.ts'
import { systemReason } from '../source/node/system-problem.ts'
import { LineScanner } from './line-scanner.ts'

interface PlacedLine {
  file: string
  /** Its number, from 1. */
  line: number
}

interface BytesLine extends PlacedLine {
  /** Valid until the next line is asked for. */
  bytes: Buffer
}

/** A line of a facts file, with the key that sorts its image as a walk does. */
export interface FactsLine extends PlacedLine {
  key: string
  /** Where in the file it starts, in bytes. */
  at: number
  /** Valid until the next line is asked for. */
  bytes: Buffer
  /** Written as a scan writes it: its address comes first, and once. */
  isUsual: boolean
}

export interface Run {
  file: string
  start: number
  end: number
  /** The number of its first line. */
  line: number
  /** Whether all of its lines are as a scan writes them. */
  isUsual: boolean
}

/** Raised where a file cannot be read, or is no facts file. */
export class FactsFileError extends Error {
  override name = 'FactsFileError'
}

/** Bytes that are read at once. */
const STEP = 256 * 1024
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
const whole = (file: string): Run => ({
  file,
  start: 0,
  end: Number.POSITIVE_INFINITY,
  line: 1,
  isUsual: false,
})

/**
 * Yields the lines of a facts file that are not empty, a few of them in memory at a time. `chunks` are its bytes, where
 * they were begun to be read elsewhere. Throws a FactsFileError.
 */
export function* factsLines(file: string, chunks: Iterable<Buffer> = openChunks(file)): Generator<BytesLine> {
  for (const line of linesOf(whole(file), chunks)) if (!isBlank(line.bytes)) yield line
}

const BRACE = 0x7b
const isBlank = (bytes: Buffer): boolean => bytes[0] !== BRACE && bytes.toString().trim() === ''

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
  const buffer = Buffer.allocUnsafe(step)
  for (let position = start; position < end; ) {
    const length = system(file, () => readAt(file, position, buffer, Math.min(step, end - position)))
    if (length === 0) return
    yield buffer.subarray(0, length)
    position += length
  }
}

function readAt(file: string, position: number, buffer: Buffer, length: number): number {
  const fd = openSync(file, 'r')
  try {
    return readSync(fd, buffer, 0, length, position)
  } finally {
    closeSync(fd)
  }
}

function refuseUtf16(file: string, start: Buffer): void {
  const reason = utf16Reason(start)
  if (reason !== undefined) throw new FactsFileError(`Cannot read the facts ${file}: ${reason}`)
}

interface Line extends PlacedLine {
  bytes: Buffer
  at: number
}

const NEWLINE = 0x0a

/** The lines of a run, blank ones too. */
function* linesOf({ file, start, line: first }: Run, chunks: Iterable<Buffer>): Generator<Line> {
  let rest: Buffer[] = []
  let at = start
  let line = first
  const take = (bytes: Buffer): Line => {
    const whole = rest.length === 0 ? bytes : Buffer.concat([...rest, bytes])
    rest = []
    const taken = { bytes: whole, file, line, at }
    at += whole.length + 1
    line++
    return taken
  }
  for (const chunk of chunks) {
    if (at === 0 && rest.length === 0) refuseUtf16(file, chunk)
    let from = 0
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, from)) {
      yield take(chunk.subarray(from, end))
      from = end + 1
    }
    // What comes next may lie in the same memory.
    if (from < chunk.length) rest.push(Buffer.from(chunk.subarray(from)))
  }
  if (rest.length > 0) yield take(Buffer.alloc(0))
}

const scanner = new LineScanner()

/** A line with its key; undefined where it is no record. Lines that are unusual are parsed. */
function keyed(line: Line): FactsLine | undefined {
  const { bytes } = line
  if (!scanner.accepts(bytes, 0, bytes.length)) {
    const image = addressOf(bytes.toString())
    return image === undefined ? undefined : withKey(line, image, false)
  }
  const { addressStart, addressEnd, isAscii } = scanner
  return withKey(line, bytes.toString(isAscii ? 'latin1' : 'utf8', addressStart, addressEnd))
}

const withKey = ({ file, line, at, bytes }: Line, image: string, isUsual = true): FactsLine => ({
  key: walkKey(image),
  file,
  line,
  at,
  bytes,
  isUsual,
})

/** How a scan begins a line. */
const START = Buffer.from('{"image":"')
const QUOTE = 0x22

/** A usual line that was checked before: the address of most is right after the start, and has no escapes. */
function keyedAgain(line: Line): FactsLine | undefined {
  const { bytes } = line
  if (!bytes.subarray(0, START.length).equals(START)) return keyed(line)
  const end = bytes.indexOf(QUOTE, START.length)
  return withKey(line, bytes.toString('utf8', START.length, end === -1 ? bytes.length : end))
}

/**
 * Yields the lines of one of `runs` that are read at the same time, each valid until the next is asked for. They were
 * checked when the runs were found. Throws a FactsFileError where the file cannot be read any more.
 */
export function readRun(run: Run, runs: number): Generator<FactsLine> {
  const step = Math.max(LEAST_STEP, Math.min(STEP, Math.floor(SHARED_BUFFER / runs)))
  return factsOf(run, chunksOf(run, step), run.isUsual ? keyedAgain : keyed)
}

function* factsOf(
  run: Run,
  chunks: Iterable<Buffer>,
  find: (line: Line) => FactsLine | undefined,
): Generator<FactsLine> {
  for (const line of linesOf(run, chunks)) {
    const found = find(line)
    if (found !== undefined) yield found
    else if (!isBlank(line.bytes)) {
      throw new FactsFileError(
        `Cannot merge ${line.file}:${line.line}: expected a line of \`scan -o ndjson\``,
      )
    }
  }
}

/** Finds the runs of a file: every line is read, and has to be a record. */
export function findRuns(file: string): Run[] {
  const runs: Run[] = []
  let previous: string | undefined
  for (const { key, at, line, bytes, isUsual } of factsOf(whole(file), openChunks(file), keyed)) {
    const end = at + bytes.length + 1
    const last = runs.at(-1)
    if (last === undefined || key < previous!) runs.push({ file, start: at, end, line, isUsual })
    else {
      last.end = end
      last.isUsual &&= isUsual
    }
    previous = key
  }
  return runs
}
