/**
 * The thread that talks to servers for one that reads images. The latter waits in Atomics.wait while this one has its
 * event loop: each reader is written once, and is synchronous.
 */
import { parentPort, workerData } from 'node:worker_threads'
import pLimit from 'p-limit'
import type { Problem } from '../../problem.ts'
import { SourceError } from '../source.ts'
import { BlocksInFlight } from './in-flight.ts'
import {
  ANSWERED,
  BYTES,
  CAPACITY,
  FORM,
  HEADER,
  JSON_TEXT,
  type JsonAnswer,
  LENGTH,
  type Opened,
  type Question,
  STATE,
  type ThreadData,
} from './messages.ts'
import { openReference } from './protocols.ts'
import { remoteError } from './remote-error.ts'
import type { RemoteObject } from './remote-object.ts'

const { shared, options } = workerData as ThreadData
const state = new Int32Array(shared, 0, HEADER / 4)
const bytes = new Uint8Array(shared, HEADER)

interface OpenObject {
  object: RemoteObject
  blocks: BlocksInFlight
}

const objects = new Map<number, OpenObject>()
const limit = pLimit(options.requests)
let nextHandle = 1

function opened(object: RemoteObject): Opened {
  const handle = nextHandle++
  objects.set(handle, { object, blocks: new BlocksInFlight(object, action => limit(action)) })
  const { size, version, isStream } = object
  return { handle, size, version, isStream, hasNeighbours: object.beside !== undefined }
}

function objectOf(handle: number): OpenObject {
  const found = objects.get(handle)
  if (found === undefined) throw new TypeError(`No object has the handle ${handle}`)
  return found
}

async function answer(question: Question): Promise<void> {
  switch (question.kind) {
    case 'open':
      return putOpened(await openReference(question.locator, options))
    case 'beside': {
      const { object } = objectOf(question.handle)
      return putOpened(await object.beside!(question.name))
    }
    case 'read': {
      const { first, end, ahead } = question
      const { blocks } = objectOf(question.handle)
      return putBytes(await blocks.take(first, end, ahead))
    }
    case 'close': {
      objectOf(question.handle).object.close()
      objects.delete(question.handle)
      return putBytes([])
    }
  }
}

/** What was opened, with its first bytes after the JSON. */
function putOpened(object: RemoteObject): void {
  putJson({ opened: opened(object) }, object.head)
}

function putJson(value: JsonAnswer, more: Uint8Array = new Uint8Array(0)): void {
  const text = new TextEncoder().encode(`${JSON.stringify(value)}\n`)
  const room = Math.min(more.length, CAPACITY - text.length)
  bytes.set(text.subarray(0, CAPACITY))
  bytes.set(more.subarray(0, room), text.length)
  finish(JSON_TEXT, text.length + room)
}

function putBytes(pieces: readonly Uint8Array[]): void {
  let length = 0
  for (const piece of pieces) {
    bytes.set(piece, length)
    length += piece.length
  }
  finish(BYTES, length)
}

function finish(form: number, length: number): void {
  state[FORM] = form
  state[LENGTH] = length
  Atomics.store(state, STATE, ANSWERED)
  Atomics.notify(state, STATE)
}

function problemOf(error: unknown): Problem {
  if (error instanceof SourceError) return error.problem
  const { name } = error instanceof Error ? error : new Error()
  return remoteError('remote-unavailable', `Cannot go on reading from the server: ${name}`).problem
}

parentPort!.on('message', async (question: Question) => {
  try {
    await answer(question)
  } catch (error) {
    putJson({ problem: problemOf(error) })
  }
})
