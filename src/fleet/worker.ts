/**
 * What runs in a worker thread: one engine, and batches of files.
 * @module
 */
import { parentPort, workerData } from 'node:worker_threads'
import type { EngineName } from '../engine/engine.ts'
import type { ContainedKernel } from '../read/kernel-cache.ts'
import type { CopyResult, FileOptions, ReadResult } from '../read/read-file.ts'
import type { FoundState } from '../source/source.ts'
import { ThreadsAhead } from './ahead/threads-ahead.ts'
import { EngineLease } from './engines.ts'
import { LargeMemory, type SharedTurn } from './large-memory.ts'
import { loadFor, openImage } from './open-image.ts'
import {
  learnKernels,
  loadContainers,
  loadingContainers,
  readUnlessCopy,
  takeNewKernels,
} from './read-file.ts'
import type { Original } from './same-bytes.ts'

export interface WorkerOptions {
  engine: EngineName
  read: FileOptions
  /** One Int32: the index in its batch of the file that the worker is at. */
  position: SharedArrayBuffer
  /** What the workers of the run share, and the number of this one. */
  turn: SharedTurn
  worker: number
}

/** An image to read, and what it may be a copy of. */
export interface Job {
  address: string
  /** What it was when it was found, where this machine has found it. */
  found?: FoundState
  /** What opens it where the address alone does not. */
  locator?: string
  originals: Original[]
}

/** What a worker is asked for. */
export interface Batch {
  jobs: Job[]
  /** What other workers read in containers. */
  kernels: ContainedKernel[]
  /** How many workers have nothing to do meanwhile: so many threads may help with the images. */
  idle: number
}

/** What a worker returns for a batch. */
export interface BatchAnswer {
  results: BatchResults
  /** What it read in containers. */
  kernels: ContainedKernel[]
}

/** The results of a batch's first jobs. The rest goes back into the queue. */
export type BatchResults = (ReadResult | CopyResult)[]

/** A worker returns after about this many milliseconds, so that no batch of slow images waits for it. */
const BUDGET_MS = 50

const { engine, read, position, turn, worker } = workerData as WorkerOptions
const at = new Int32Array(position)
const lease = new EngineLease(engine, new LargeMemory(turn, worker))

async function readBatch(jobs: Job[], options: FileOptions): Promise<BatchResults> {
  const started = performance.now()
  const results: BatchResults = []
  if (jobs.some(({ locator }) => locator !== undefined)) {
    await loadFor(jobs.map(({ address }) => address))
    await loadContainers()
  }
  for (const { address, found, locator, originals } of jobs) {
    Atomics.store(at, 0, results.length)
    const open = (asFound: boolean) => openImage(address, read.remote, { locator, ...(asFound && { found }) })
    const readJob = () => readUnlessCopy(lease.take(), open, options, originals)
    const result = loadingContainers(readJob)
    results.push(result instanceof Promise ? await result : result)
    lease.giveBack()
    if (performance.now() - started > BUDGET_MS) break
  }
  return results
}

parentPort!.on('message', async ({ jobs, kernels, idle }: Batch) => {
  learnKernels(kernels)
  const ahead = idle > 0 ? new ThreadsAhead(engine, idle) : undefined
  const results = await readBatch(jobs, ahead === undefined ? read : { ...read, ahead })
  // Nobody waits for its threads to end.
  void ahead?.close()
  const answer: BatchAnswer = { results, kernels: takeNewKernels() }
  parentPort!.postMessage(answer)
})
