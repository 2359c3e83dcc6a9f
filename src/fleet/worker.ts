/**
 * What runs in a worker thread: one engine, and batches of paths.
 * @module
 */
import { parentPort, workerData } from 'node:worker_threads'
import type { EngineName } from '../engine/engine.ts'
import { EngineSeat } from './engine-seat.ts'
import { type CopyResult, type PathOptions, type ReadResult, readUnlessCopy } from './read-path.ts'
import type { Original } from './same-bytes.ts'

export interface WorkerOptions {
  engine: EngineName
  read: PathOptions
  /** One Int32: the index in its batch of the path that the worker is at. */
  position: SharedArrayBuffer
}

/** An image to read, and what it may be a copy of. */
export interface Job {
  path: string
  originals: Original[]
}

/** What a worker answers to a batch: the results of its first jobs. The rest goes back into the queue. */
export type BatchResults = (ReadResult | CopyResult)[]

/** A worker answers after about this many milliseconds, so that no batch of slow images waits behind it. */
const BUDGET_MS = 50

const { engine, read, position } = workerData as WorkerOptions
const at = new Int32Array(position)
const seat = new EngineSeat(engine)

function readBatch(jobs: Job[]): BatchResults {
  const started = performance.now()
  const results: BatchResults = []
  for (const { path, originals } of jobs) {
    Atomics.store(at, 0, results.length)
    results.push(readUnlessCopy(seat.take(), path, read, originals))
    if (performance.now() - started > BUDGET_MS) break
  }
  return results
}

parentPort!.on('message', (jobs: Job[]) => {
  parentPort!.postMessage(readBatch(jobs))
})
