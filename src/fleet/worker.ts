/**
 * What runs in a worker thread: one engine, and batches of paths.
 * @module
 */
import { parentPort, workerData } from 'node:worker_threads'
import { createEngine } from '../engine/create.ts'
import type { EngineName } from '../engine/engine.ts'
import type { ReadOptions } from '../unwrap/read-image.ts'
import { type ReadResult, readPath } from './read-path.ts'

export interface WorkerOptions {
  engine: EngineName
  read: ReadOptions
  /** One Int32: the index in its batch of the path that the worker is at. */
  position: SharedArrayBuffer
}

/** What a worker answers to a batch: the results of its first paths. The rest goes back into the queue. */
export type BatchResults = ReadResult[]

/** A worker answers after about this many milliseconds, so that no batch of slow images waits behind it. */
const BUDGET_MS = 50

const { engine: name, read, position } = workerData as WorkerOptions
const at = new Int32Array(position)
const engine = createEngine(name)

async function readBatch(paths: string[]): Promise<BatchResults> {
  const started = performance.now()
  const results: BatchResults = []
  for (const path of paths) {
    Atomics.store(at, 0, results.length)
    results.push(await readPath(engine, path, read))
    if (performance.now() - started > BUDGET_MS) break
  }
  return results
}

parentPort!.on('message', async (paths: string[]) => {
  parentPort!.postMessage(await readBatch(paths))
})
