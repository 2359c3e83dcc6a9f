/** Makes repaired kernels in threads of their own, several at once. */
import { Worker } from 'node:worker_threads'
import type { Made } from '../../repair/make.ts'
import { RepairError } from '../../repair/prove.ts'
import type { MakeJob } from './make.ts'

export interface WorkerAnswer {
  made?: Made
  failed?: { name: string; message: string; code?: string }
}

/** Makes one kernel in a new thread. Throws a RepairError with what went wrong there. */
export async function makeInWorker(job: MakeJob): Promise<Made> {
  // tsc rewrites imports but not URLs: this module's own ending is the worker's.
  const ending = import.meta.url.slice(import.meta.url.lastIndexOf('.'))
  const worker = new Worker(new URL(`./repair-worker${ending}`, import.meta.url), { workerData: job })
  const { made, failed } = await new Promise<WorkerAnswer>(resolve => {
    const die = (message: string) => resolve({ failed: { name: 'Error', message } })
    worker.on('message', resolve)
    worker.on('error', error => die(error.message))
    worker.on('exit', code => die(`the thread ended with ${code}`))
  })
  await worker.terminate()
  if (made !== undefined) return made
  const { message, code } = failed!
  throw new RepairError(code?.startsWith('E') === true ? `the system says ${code}` : message)
}
