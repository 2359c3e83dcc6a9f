/** An object that comes as one answer, read as far as somebody asks for its bytes. What was read is kept. */
import type { HttpAnswer } from './http-request.ts'
import { remoteError, RetryableError } from './remote-error.ts'
import type { RemoteObject } from './remote-object.ts'

/** Bytes of an object that are kept at most: kernels are smaller, and where disks end is seldom asked. */
export const MAX_STREAMED = 128 * 2 ** 20
const FIRST_BUFFER = 2 ** 20

/** Takes an answer of all bytes. Throws a SourceError. */
export async function openStreamed(answer: HttpAnswer, version: string): Promise<RemoteObject> {
  const { headers, url } = answer
  const encoding = headers['content-encoding']
  if (encoding !== undefined && encoding !== 'identity') {
    answer.discard()
    throw remoteError('remote-invalid', `Cannot read from ${url.host}: it packs its answers (${encoding})`)
  }
  const stated = headers['content-length']
  const size = stated === undefined ? undefined : Number(stated)
  const stream = new StreamedObject(answer, size ?? 0, version)
  // Only at its end is it known how long an answer without a length is.
  if (size === undefined) await stream.readToEnd()
  return stream
}

function tooLong({ host }: URL, position: number): Error {
  const message = `Cannot read from ${host} at ${position}: it answers without ranges, or cannot tell versions apart, and of such an object no more than ${MAX_STREAMED} bytes are read`
  return remoteError('remote-no-range', message, position)
}

class StreamedObject implements RemoteObject {
  size: number
  readonly version: string
  readonly isStream = true
  readonly head = new Uint8Array(0)
  readonly #answer: HttpAnswer
  readonly #chunks: AsyncGenerator<Uint8Array>
  #bytes: Uint8Array
  #length = 0
  #isEnded = false
  /** Reads wait for each other. */
  #turn: Promise<unknown> = Promise.resolve()

  constructor(answer: HttpAnswer, size: number, version: string) {
    this.#answer = answer
    this.#chunks = answer.body()
    this.#bytes = new Uint8Array(Math.min(size, FIRST_BUFFER))
    this.size = size
    this.version = version
  }

  async readToEnd(): Promise<void> {
    await this.#fill(Number.POSITIVE_INFINITY)
    this.size = this.#length
  }

  read(start: number, end: number): Promise<Uint8Array> {
    const reading = this.#turn.then(async () => {
      if (end > MAX_STREAMED) {
        this.close()
        throw tooLong(this.#answer.url, start)
      }
      await this.#fill(end)
      if (this.#length < end) {
        const message = `Cannot read from ${this.#answer.url.host} at ${this.#length}: it sends fewer bytes than the ${this.size} that it says`
        throw remoteError('remote-invalid', message, this.#length)
      }
      return this.#bytes.subarray(start, end)
    })
    this.#turn = reading.catch(() => {})
    return reading
  }

  async #fill(end: number): Promise<void> {
    while (this.#length < end && !this.#isEnded) this.#take(await this.#next())
  }

  /** A stream cannot be taken up again: what would be another attempt elsewhere is an error here, once bytes were read. */
  async #next(): Promise<IteratorResult<Uint8Array>> {
    try {
      return await this.#chunks.next()
    } catch (error) {
      if (!(error instanceof RetryableError)) throw error
      const message = `Cannot read from ${this.#answer.url.host} at ${this.#length}: ${error.message}`
      throw remoteError(error.code, message, this.#length)
    }
  }

  #take({ value, done }: IteratorResult<Uint8Array>): void {
    if (done === true) {
      this.#isEnded = true
      return
    }
    const length = this.#length + value.length
    if (length > MAX_STREAMED) {
      this.close()
      throw tooLong(this.#answer.url, this.#length)
    }
    if (length > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(length, 2 * this.#bytes.length))
      grown.set(this.#bytes.subarray(0, this.#length))
      this.#bytes = grown
    }
    this.#bytes.set(value, this.#length)
    this.#length = length
  }

  /** The early stop: what nobody asked for is not sent. */
  close(): void {
    this.#isEnded = true
    this.#answer.discard()
  }
}
