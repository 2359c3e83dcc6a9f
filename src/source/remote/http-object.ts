/**
 * An object that a server gives by ranges (RFC 9110, 14). Each answer must be of the version that the first one was:
 * If-Range asks for that, and what comes is compared. Where a server has no ranges, or no means to tell versions
 * apart, the object is read as one stream, up to a limit.
 */
import { type HttpAnswer, type HttpRequest, readBody, send, statusError } from './http-request.ts'
import { BLOCK } from './in-flight.ts'
import { openStreamed } from './http-stream.ts'
import type { RemoteOptions } from './options.ts'
import { remoteError, RetryableError } from './remote-error.ts'
import type { RemoteObject } from './remote-object.ts'
import { withRetries } from './retry.ts'

/** A date is no older than this when it tells versions apart, in ms (RFC 9110, 8.8.2.2). */
const SETTLED = 60_000

export interface HttpSource {
  url: URL
  headers?: Readonly<Record<string, string>>
  authorize?: HttpRequest['authorize']
  /** The version is known, and what is at the URL never changes: it is named by its digest. */
  version?: string
}

/** Opens what is at a URL. Throws a SourceError. */
export async function openHttp(source: HttpSource, options: RemoteOptions): Promise<RemoteObject> {
  return await withRetries(`open ${source.url.host}`, options.retries, async () => {
    const wanted = options.head ?? BLOCK
    const answer = await send(rangeRequest(source, source.url, 0, wanted), options)
    const { status, headers } = answer
    if (status === 416 && /^bytes \*\/0$/.test(headers['content-range'] ?? '')) {
      answer.discard()
      return emptyObject(source.version ?? validatorOf(headers)?.version ?? 'empty')
    }
    if (status === 200) return await openStreamed(answer, source.version ?? versionOf(headers))
    if (status !== 206) {
      answer.discard()
      throw statusError('open the object', status, answer.url.host)
    }
    const { end, total } = rangeOf(answer, 0, wanted)
    const validator = source.version === undefined ? validatorOf(headers) : { version: source.version }
    if (validator === undefined) {
      answer.discard()
      return await openWhole(source, options)
    }
    const head = await readRange(answer, end)
    return new HttpObject(source, answer.url, options, { size: total, head, validator })
  })
}

/** Asks for all of an object whose versions nobody can tell apart: one answer is of one version. */
async function openWhole(source: HttpSource, options: RemoteOptions): Promise<RemoteObject> {
  const answer = await send(withoutRange(source), options)
  if (answer.status !== 200) {
    answer.discard()
    throw statusError('open the object', answer.status, answer.url.host)
  }
  return await openStreamed(answer, versionOf(answer.headers))
}

const withoutRange = ({ url, headers = {}, authorize }: HttpSource): HttpRequest => ({
  url,
  headers,
  ...(authorize !== undefined && { authorize }),
})

function rangeRequest(
  source: HttpSource,
  url: URL,
  start: number,
  end: number,
  ifRange?: string,
): HttpRequest {
  const { headers = {}, authorize } = source
  const request: HttpRequest = {
    url,
    headers: {
      ...headers,
      range: `bytes=${start}-${end - 1}`,
      ...(ifRange !== undefined && { 'if-range': ifRange }),
    },
  }
  // What was redirected to another host gets no credentials.
  if (authorize !== undefined && url.origin === source.url.origin) request.authorize = authorize
  return request
}

interface Validator {
  version: string
  /** For If-Range. */
  ifRange?: string
}

/** What tells versions apart for certain: a strong ETag, or a date that is long past. */
function validatorOf(headers: HttpAnswer['headers']): Validator | undefined {
  const { etag, date } = headers
  if (etag !== undefined && /^"[^"]*"$/.test(etag)) return { version: etag, ifRange: etag }
  const modified = headers['last-modified']
  if (modified === undefined || date === undefined) return undefined
  const age = Date.parse(date) - Date.parse(modified)
  return age >= SETTLED ? { version: modified, ifRange: modified } : undefined
}

/** What is known of the version, however little. */
const versionOf = ({ etag, 'last-modified': modified }: HttpAnswer['headers']): string =>
  etag ?? modified ?? ''

/** Checks the range of an answer against what was asked for. Throws a RetryableError where they do not agree. */
function rangeOf(
  { headers, url, discard }: HttpAnswer,
  start: number,
  end: number,
): { end: number; total: number } {
  const invalid = (why: string) => {
    discard()
    return new RetryableError(`${url.host} answers with ${why}`, { code: 'remote-invalid' })
  }
  if (headers['content-encoding'] !== undefined && headers['content-encoding'] !== 'identity') {
    throw invalid('a range of packed bytes')
  }
  const [, from, to, all] =
    /^bytes (\d{1,16})-(\d{1,16})\/(\d{1,16})$/.exec(headers['content-range'] ?? '') ?? []
  if (all === undefined) throw invalid('a range and does not say which, or of how many bytes')
  const total = Number(all)
  if (!Number.isSafeInteger(total)) throw invalid('a range of too many bytes')
  const last = Math.min(end, total)
  if (Number(from) !== start || Number(to) + 1 !== last) {
    throw invalid(`bytes ${from}-${to} of ${total}, asked for ${start}-${end - 1}`)
  }
  const length = headers['content-length']
  if (length !== undefined && Number(length) !== last - start) {
    throw invalid(`${last - start} bytes by its range and ${length} by its length`)
  }
  return { end: last, total }
}

/** The bytes of an answer of which there must be `length`. */
async function readRange(answer: HttpAnswer, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length)
  let done = 0
  for await (const chunk of answer.body()) {
    if (done + chunk.length > length) {
      answer.discard()
      throw new RetryableError(`${answer.url.host} sends more bytes than it says`, { code: 'remote-invalid' })
    }
    bytes.set(chunk, done)
    done += chunk.length
  }
  if (done === length) return bytes
  throw new RetryableError(`${answer.url.host} sends ${done} bytes of ${length}`, { code: 'remote-invalid' })
}

const emptyObject = (version: string): RemoteObject => ({
  size: 0,
  version,
  isStream: false,
  head: new Uint8Array(0),
  read: async () => new Uint8Array(0),
  close() {},
})

interface HttpState {
  size: number
  head: Uint8Array
  validator: Validator
}

class HttpObject implements RemoteObject {
  readonly size: number
  readonly version: string
  readonly head: Uint8Array
  readonly isStream = false
  readonly #source: HttpSource
  readonly #options: RemoteOptions
  readonly #ifRange: string | undefined
  /** Where the first answer came from; what a redirection leads to may hold for a while only. */
  #url: URL

  constructor(source: HttpSource, url: URL, options: RemoteOptions, { size, head, validator }: HttpState) {
    this.size = size
    this.head = head
    this.version = validator.version
    this.#source = source
    this.#url = url
    this.#options = options
    this.#ifRange = validator.ifRange
  }

  read(start: number, end: number): Promise<Uint8Array> {
    const { host } = this.#source.url
    return withRetries(`read from ${host} at ${start}`, this.#options.retries, () =>
      this.#readOnce(start, end),
    )
  }

  async #readOnce(start: number, end: number): Promise<Uint8Array> {
    const answer = await send(rangeRequest(this.#source, this.#url, start, end, this.#ifRange), this.#options)
    const { status, headers } = answer
    if (status === 206) {
      const { total } = rangeOf(answer, start, end)
      if (total !== this.size || !this.#isSame(headers)) throw this.#changed(answer)
      return await readRange(answer, end - start)
    }
    answer.discard()
    if (status === 200 && this.#isSame(headers)) {
      const message = `Cannot read from ${answer.url.host} at ${start}: it no longer answers with ranges`
      throw remoteError('remote-no-range', message, start)
    }
    if (status === 200 || status === 412 || status === 416) throw this.#changed(answer)
    if (this.#url.href !== this.#source.url.href && [400, 401, 403, 404, 410].includes(status)) {
      // What a redirection led to is over: ask where it is now.
      this.#url = this.#source.url
      return await this.#readOnce(start, end)
    }
    throw statusError('read the object', status, answer.url.host)
  }

  #isSame({ etag, 'last-modified': modified }: HttpAnswer['headers']): boolean {
    return (
      this.#ifRange === undefined ||
      this.#ifRange === etag ||
      (this.#ifRange === modified && etag === undefined)
    )
  }

  #changed(answer: HttpAnswer): Error {
    answer.discard()
    const message = `Cannot rely on what was read: ${answer.url.host} has another version of the object now`
    return remoteError('changed', message)
  }

  close(): void {}
}

/** The whole answer to a request that must succeed, repeated where it may be. Throws a SourceError. */
export async function fetchWhole(
  what: string,
  request: HttpRequest,
  options: RemoteOptions,
  limit?: number,
): Promise<{ bytes: Uint8Array; answer: HttpAnswer }> {
  return await withRetries(what, options.retries, async () => {
    const answer = await send(request, options)
    if (answer.status < 200 || answer.status > 299) {
      answer.discard()
      throw statusError(what, answer.status, answer.url.host)
    }
    return { bytes: await readBody(answer, limit), answer }
  })
}
