/**
 * Lists of paths and references, one a line, that other programs make: `--files-from FILE`, or `-` for standard input.
 * @module
 */
import { closeSync, openSync, readSync } from 'node:fs'
import { StringDecoder } from 'node:string_decoder'
import { hideSecrets } from '../source/remote/locators.ts'
import { isReference } from '../source/remote/reference.ts'
import { utf16Reason } from '../source/node/file-chunks.ts'
import { systemReason } from '../source/node/system-problem.ts'
import { UsageError } from './usage-error.ts'

const STEP = 64 * 1024
/** No path and no URL that is in use is longer. */
const MAX_LINE = 64 * 1024
const STDIN = 0
/** A pipe that its writer has made non-blocking is asked again after so many milliseconds. */
const AGAIN_MS = 5

/** Yields the lines of a list that are not empty, a few of them in memory at a time. Throws a UsageError. */
export function* listedPaths(file: string): Generator<string> {
  const name = file === '-' ? 'standard input' : file
  let line = 1
  let rest = ''
  for (const text of texts(file, name)) {
    const lines = (rest + text).split('\n')
    rest = lines.pop()!
    for (const entry of lines) {
      const path = pathOf(entry)
      if (path !== '') yield path
      line++
    }
    if (rest.length > MAX_LINE) {
      throw new UsageError(`Cannot read the list ${name}: line ${line} has more than ${MAX_LINE} characters`)
    }
  }
  const last = pathOf(rest)
  if (last !== '') yield last
}

/** A reference without the end of a line that Windows writes; a path may end with any character. */
function pathOf(line: string): string {
  if (line.includes('\0'))
    throw new UsageError('Cannot read the list: it holds NUL characters, expected one path a line')
  return isReference(line) ? hideSecrets(line.trim()) : line
}

function* texts(file: string, name: string): Generator<string> {
  const decoder = new StringDecoder()
  const buffer = Buffer.allocUnsafe(STEP)
  const system = <T>(action: () => T): T => {
    try {
      return action()
    } catch (error) {
      throw new UsageError(`Cannot read the list ${name}: the system says ${systemReason(error)}`)
    }
  }
  const fd = file === '-' ? STDIN : system(() => openSync(file, 'r'))
  try {
    for (let isStart = true; ; isStart = false) {
      const length = system(() => readAgain(fd, buffer))
      if (length === 0) break
      const reason = isStart ? utf16Reason(buffer.subarray(0, length)) : undefined
      if (reason !== undefined) throw new UsageError(`Cannot read the list ${name}: ${reason}`)
      yield decoder.write(buffer.subarray(0, length))
    }
    yield decoder.end()
  } finally {
    if (fd !== STDIN) closeSync(fd)
  }
}

function readAgain(fd: number, buffer: Buffer): number {
  for (;;) {
    try {
      return readSync(fd, buffer)
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      // What Windows says at the end of a pipe.
      if (code === 'EOF') return 0
      if (code !== 'EAGAIN') throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, AGAIN_MS)
    }
  }
}
