/**
 * The workers of the page. Nothing that comes from a file runs on the page's own thread; a worker that takes too long is
 * ended, and another one takes its place.
 * @module
 */
import type { AnswerTo, Ask, Call, Reply, RequestKind } from './messages.ts'

/** A request whose worker was ended, or died. */
export class GivenUp extends Error {
  override name = 'GivenUp'
}

interface Job {
  call: Call
  /** In milliseconds. */
  limit: number
  resolve(answer: unknown): void
  reject(error: Error): void
}

/** What is used of a Worker. */
export interface PoolWorker {
  addEventListener(type: 'message', act: (event: { data: Reply }) => void): void
  addEventListener(type: 'error', act: (event: { message: string; preventDefault(): void }) => void): void
  postMessage(call: Call): void
  terminate(): void
}

interface Thread {
  worker: PoolWorker
  job?: Job
  timer?: ReturnType<typeof setTimeout>
}

export class Pool {
  readonly #start: () => PoolWorker
  readonly #size: number
  readonly #threads = new Set<Thread>()
  readonly #waiting: Job[] = []
  #calls = 0

  /** `start` makes a worker; there are `size` of them at most. */
  constructor(start: () => PoolWorker, size: number) {
    this.#start = start
    this.#size = size
  }

  /**
   * Asks a worker. Rejects with a GivenUp where there is no answer within `limit` milliseconds from when a worker took
   * it up. What a person waits for comes `first`.
   */
  ask<Kind extends RequestKind>(
    kind: Kind,
    ask: Ask<Kind>,
    { limit, first = false }: { limit: number; first?: boolean },
  ): Promise<AnswerTo<Kind>> {
    return new Promise((resolve, reject) => {
      const job: Job = {
        call: { id: this.#calls++, kind, ask },
        limit,
        resolve: answer => resolve(answer as AnswerTo<Kind>),
        reject,
      }
      if (first) this.#waiting.unshift(job)
      else this.#waiting.push(job)
      this.#dispatch()
    })
  }

  #dispatch(): void {
    while (this.#waiting.length > 0) {
      const idle = [...this.#threads].find(({ job }) => job === undefined)
      if (idle === undefined && this.#threads.size >= this.#size) return
      this.#give(idle ?? this.#startThread(), this.#waiting.shift()!)
    }
  }

  #startThread(): Thread {
    const thread: Thread = { worker: this.#start() }
    thread.worker.addEventListener('message', ({ data }) => this.#take(thread, data))
    thread.worker.addEventListener('error', event => {
      event.preventDefault()
      this.#end(thread, event.message || 'it could not go on')
    })
    this.#threads.add(thread)
    return thread
  }

  #give(thread: Thread, job: Job): void {
    thread.job = job
    const seconds = Math.round(job.limit / 1000)
    thread.timer = setTimeout(() => this.#end(thread, `it had no answer after ${seconds} seconds`), job.limit)
    thread.worker.postMessage(job.call)
  }

  #take(thread: Thread, { id, answer, error }: Reply): void {
    const { job } = thread
    if (job === undefined || job.call.id !== id) return
    clearTimeout(thread.timer)
    delete thread.job
    if (error === undefined) job.resolve(answer)
    else job.reject(new Error(error))
    this.#dispatch()
  }

  #end(thread: Thread, reason: string): void {
    clearTimeout(thread.timer)
    thread.worker.terminate()
    this.#threads.delete(thread)
    thread.job?.reject(new GivenUp(reason))
    this.#dispatch()
  }
}
