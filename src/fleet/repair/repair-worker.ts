/**
 * What runs in a thread that makes one repaired kernel.
 * @module
 */
import { parentPort, workerData } from 'node:worker_threads'
import { type MakeJob, makeKernel } from './make.ts'
import type { WorkerAnswer } from './make-in-worker.ts'

async function answer(): Promise<WorkerAnswer> {
  try {
    return { made: await makeKernel(workerData as MakeJob) }
  } catch (error) {
    const { name, message, code, problem } = error as NodeJS.ErrnoException & {
      problem?: { message: string }
    }
    return { failed: { name, message: problem?.message ?? message, ...(code !== undefined && { code }) } }
  }
}

parentPort!.postMessage(await answer())
