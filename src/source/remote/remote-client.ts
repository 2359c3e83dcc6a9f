/** Asks the thread that talks to servers, and waits for its answers: one such thread for each that reads images. */
import { Worker } from 'node:worker_threads'
import { SourceError } from '../source.ts'
import { awaitChange } from './await-change.ts'
import { BLOCK } from './in-flight.ts'
import {
  ASKED,
  BYTES,
  CAPACITY,
  FORM,
  HEADER,
  type JsonAnswer,
  LENGTH,
  type Opened,
  type Question,
  STATE,
  type ThreadData,
} from './messages.ts'
import type { RemoteOptions } from './options.ts'
import { remoteError } from './remote-error.ts'

/** Blocks of one answer. */
export const MAX_BLOCKS = CAPACITY / BLOCK
const isDeno = 'Deno' in globalThis
/** MiB of JavaScript that the thread may take; Deno does not say when one has died of that. */
const MAX_HEAP = 128

export class RemoteClient {
  readonly #shared = new SharedArrayBuffer(HEADER + CAPACITY)
  readonly #state = new Int32Array(this.#shared, 0, HEADER / 4)
  readonly #worker: Worker
  readonly #patience: number
  #isSilent = false

  constructor(options: RemoteOptions) {
    const workerData: ThreadData = { shared: this.#shared, options }
    // In dist/ the thread lies beside the bundle that this module is in; it has this module's own ending.
    const ending = import.meta.url.slice(import.meta.url.lastIndexOf('.'))
    this.#worker = new Worker(new URL(`./remote-thread${ending}`, import.meta.url), {
      workerData,
      ...(!isDeno && { resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP } }),
    })
    this.#worker.unref()
    // Each attempt is bounded by the thread itself; this is for a thread that is not there any more.
    this.#patience = 1000 * (options.retries + 1) * (20 * options.timeout + 60)
  }

  /** What a locator leads to, and its first bytes. Throws a SourceError. */
  open(locator: string): { opened: Opened; head: Uint8Array } {
    return this.#opened({ kind: 'open', locator })
  }

  /** What lies beside an open object. Throws a SourceError. */
  openBeside(handle: number, name: string): { opened: Opened; head: Uint8Array } {
    return this.#opened({ kind: 'beside', handle, name })
  }

  /** Blocks from `first` up to `end`, at most MAX_BLOCKS. Throws a SourceError. The bytes are those of the next answer soon. */
  read(handle: number, first: number, end: number, ahead: number): Uint8Array {
    const answer = this.#ask({ kind: 'read', handle, first, end, ahead })
    if (this.#state[FORM] !== BYTES) this.#json(answer)
    return answer
  }

  close(handle: number): void {
    this.#ask({ kind: 'close', handle })
  }

  #opened(question: Question): { opened: Opened; head: Uint8Array } {
    const answer = this.#ask(question)
    const { json, rest } = this.#json(answer)
    return { opened: json.opened, head: rest.slice() }
  }

  /** Throws the problem that an answer is. */
  #json(answer: Uint8Array): { json: { opened: Opened }; rest: Uint8Array } {
    const end = answer.indexOf(0x0a)
    const json = JSON.parse(new TextDecoder().decode(answer.slice(0, end))) as JsonAnswer
    if ('problem' in json) throw new SourceError(json.problem)
    return { json, rest: answer.subarray(end + 1) }
  }

  #ask(question: Question): Uint8Array {
    // What comes late would be taken for the answer to the next question.
    if (!this.#isSilent) {
      Atomics.store(this.#state, STATE, ASKED)
      this.#worker.postMessage(question)
      this.#isSilent = !awaitChange(this.#state, STATE, ASKED, this.#patience)
    }
    if (this.#isSilent) {
      throw remoteError(
        'remote-unavailable',
        'Cannot read from the server: the thread that talks to it does not answer',
      )
    }
    return new Uint8Array(this.#shared, HEADER, this.#state[LENGTH]!)
  }
}
