/** What a thread that reads images asks of the thread that talks to servers, and how the answers come. */
import type { Problem } from '../../problem.ts'
import type { RemoteOptions } from './options.ts'

export type Question =
  | { kind: 'open'; locator: string }
  /** Opens what lies beside an open object. */
  | { kind: 'beside'; handle: number; name: string }
  /** Blocks from `first` up to `end`, and `ahead` more that may be wanted next. */
  | { kind: 'read'; handle: number; first: number; end: number; ahead: number }
  | { kind: 'close'; handle: number }

/** The answer to `open` and `beside`. */
export interface Opened {
  handle: number
  size: number
  version: string
  isStream: boolean
  /** Whether `beside` may be asked of it. */
  hasNeighbours: boolean
}

/** An answer as JSON: what was opened, or the problem. Bytes come as they are. */
export type JsonAnswer = { opened: Opened } | { problem: Problem }

/** The shared memory: four Int32, then the bytes of an answer. */
export const STATE = 0
export const FORM = 1
export const LENGTH = 2
export const HEADER = 16

/** Values of STATE: who waits, and for whom. */
export const ASKED = 0
export const ANSWERED = 1

/** Values of FORM. */
export const BYTES = 0
export const JSON_TEXT = 1

/** Bytes of an answer at most: reads are made to fit. */
export const CAPACITY = 2 ** 20

export interface ThreadData {
  shared: SharedArrayBuffer
  options: RemoteOptions
}
