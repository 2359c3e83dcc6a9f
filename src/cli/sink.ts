/**
 * Where a report goes: standard output or a file, opened before any work starts.
 * @module
 */

import { once } from 'node:events'
import { closeSync, openSync, writeSync } from 'node:fs'
import { systemReason } from '../source/node/system-problem.ts'
import { type Place, placeOf, screen } from './screen.ts'
import { UsageError } from './usage-error.ts'

export interface Sink {
  write(text: string): void | Promise<void>
  close(): void
}

/** Raised where a report cannot be written to its end: a full disk, a file that went away. */
export class SinkError extends Error {
  override name = 'SinkError'
}

/** A file is written at once, so that what is said to be written is. Throws a UsageError where it cannot be opened. */
export function fileSink(path: string): Sink {
  let fd: number
  try {
    fd = openSync(path, 'w')
  } catch (error) {
    throw new UsageError(`Cannot write ${path}: the system says ${systemReason(error)}`)
  }
  const place = placeOf(fd)
  return {
    write(text) {
      const bytes = Buffer.from(text)
      screen.beginWriting(place, text)
      try {
        for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done)
      } catch (error) {
        throw new SinkError(`Cannot go on writing ${path}: the system says ${systemReason(error)}`, {
          cause: error,
        })
      } finally {
        screen.endWriting(place, text)
      }
    },
    close: () => closeSync(fd),
  }
}

/** Standard output; waits where its reader is slower than we are. */
export function stdoutSink(): Sink {
  return {
    async write(text) {
      if (text === '') return
      const place = placeOfStdout()
      screen.beginWriting(place, text)
      try {
        if (!writeOut(text)) await once(process.stdout, 'drain')
      } finally {
        screen.endWriting(place, text)
      }
    },
    close() {},
  }
}

/** Prints what is short. Throws a SinkError where standard output cannot be written. */
export function print(text: string): void {
  const place = placeOfStdout()
  screen.beginWriting(place, text)
  writeOut(text)
  screen.endWriting(place, text)
}

let stdoutPlace: Place | undefined

function placeOfStdout(): Place {
  stdoutPlace ??= placeOf(1)
  return stdoutPlace
}

/** Node tells of a full disk by an event, which ends the program; Deno throws. */
function writeOut(text: string): boolean {
  try {
    return process.stdout.write(text)
  } catch (error) {
    throw new SinkError(`Cannot go on writing to standard output: the system says ${systemReason(error)}`, {
      cause: error,
    })
  }
}
