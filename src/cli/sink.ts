/**
 * Where a report goes: standard output here, a file in output-file.ts; opened before any work starts.
 * @module
 */

import { once } from 'node:events'
import { systemReason } from '../source/node/system-problem.ts'
import { type Place, placeOf, screen, type Written } from './screen.ts'

/** How a report ends: with all that was asked, with what was done until it was stopped, or not at all. */
export type Outcome = 'whole' | 'stopped' | 'failed'

export interface Sink {
  write(text: Written): void | Promise<void>
  /** Does nothing the second time. Throws a SinkError where what was written is not there to stay. */
  end(outcome: Outcome): void
}

/** Raised where a report cannot be written to its end: a full disk, a file that went away. */
export class SinkError extends Error {
  override name = 'SinkError'
}

/** Standard output; waits where its reader is slower than we are. */
export function stdoutSink(): Sink {
  return {
    async write(text) {
      if (text.length === 0) return
      const place = placeOfStdout()
      screen.beginWriting(place, text)
      try {
        if (!writeOut(text)) await once(process.stdout, 'drain')
      } finally {
        screen.endWriting(place, text)
      }
    },
    end() {},
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
function writeOut(text: Written): boolean {
  try {
    return process.stdout.write(text)
  } catch (error) {
    throw new SinkError(`Cannot go on writing to standard output: the system says ${systemReason(error)}`, {
      cause: error,
    })
  }
}
