/**
 * One request by HTTP: redirections are followed, credentials stay with the host that they are for, and a server that
 * says nothing for long is given up. Nothing is repeated here.
 */
import { Agent as PlainAgent, type IncomingMessage, request as plainRequest } from 'node:http'
import { Agent as TlsAgent, request as tlsRequest } from 'node:https'
import { checkHost, checkName, lookupOption } from './address-guard.ts'
import type { RemoteOptions } from './options.ts'
import { remoteError, RetryableError } from './remote-error.ts'

const MAX_REDIRECTS = 5
const REDIRECTS = new Set([301, 302, 303, 307, 308])
/** Answers that another attempt may not get (RFC 9110; 425 is RFC 8470). */
const PASSING = new Set([408, 425, 429, 500, 502, 503, 504])

const agents = {
  'http:': new PlainAgent({ keepAlive: true }),
  'https:': new TlsAgent({ keepAlive: true }),
}

export interface HttpRequest {
  url: URL
  method?: 'GET' | 'HEAD' | 'POST'
  headers?: Readonly<Record<string, string>>
  /** Headers of each attempt that go to the first host alone: credentials, a signature. */
  authorize?: (url: URL) => Promise<Record<string, string>>
  body?: string
}

export interface HttpAnswer {
  status: number
  headers: IncomingMessage['headers']
  /** Where it came from, after redirections. */
  url: URL
  /** Its bytes. Throws a RetryableError where they stop. */
  body(): AsyncGenerator<Uint8Array>
  /** Gives the rest up. */
  discard(): void
}

/** Sends a request. Throws a RetryableError for what passes, and a SourceError for what does not. */
export async function send(request: HttpRequest, options: RemoteOptions): Promise<HttpAnswer> {
  let { url } = request
  const first = url
  for (let hops = 0; hops <= MAX_REDIRECTS; hops++) {
    const isOwn = url.origin === first.origin
    const headers = { ...request.headers, ...(isOwn && (await request.authorize?.(url))) }
    const answer = await sendOnce({ ...request, url, headers }, options)
    const { location } = answer.headers
    if (!REDIRECTS.has(answer.status) || location === undefined) {
      if (!PASSING.has(answer.status)) return answer
      answer.discard()
      const after = retryAfter(answer.headers['retry-after'])
      throw new RetryableError(`${url.host} answers ${answer.status}`, after === undefined ? {} : { after })
    }
    answer.discard()
    url = redirected(url, location)
  }
  throw remoteError(
    'remote-invalid',
    `Cannot read from ${first.host}: it redirects more than ${MAX_REDIRECTS} times`,
  )
}

/** Seconds, or the time that a date is ahead (RFC 9110, 10.2.3). */
function retryAfter(value: string | undefined): number | undefined {
  if (value === undefined) return undefined
  const seconds = /^\d{1,6}$/.test(value) ? Number(value) : (Date.parse(value) - Date.now()) / 1000
  return Number.isFinite(seconds) && seconds > 0 ? seconds : undefined
}

function redirected(from: URL, location: string): URL {
  let url: URL
  try {
    url = new URL(location, from)
  } catch {
    throw remoteError('remote-invalid', `Cannot read from ${from.host}: it redirects to what is no URL`)
  }
  if (url.protocol !== 'https:' && url.protocol !== from.protocol) {
    const where = `${url.protocol}//${url.host}`
    throw remoteError(
      'remote-forbidden',
      `Cannot read from ${from.host}: it redirects to ${where}, which is not followed`,
    )
  }
  url.username = ''
  url.password = ''
  return url
}

/** What a connection that failed says of itself: never a URL. */
function reasonOf(error: Error): string {
  const { code } = error as NodeJS.ErrnoException
  if (code === undefined) return 'the connection failed'
  return /^(?:ERR_TLS|CERT_|DEPTH_|SELF_|UNABLE_|HOSTNAME_)/.test(code)
    ? `its certificate is not accepted (${code})`
    : `the connection failed (${code})`
}

/** Errors of a connection that another attempt meets again. */
const LASTING = /^(?:ENOTFOUND|ERR_TLS|CERT_|DEPTH_|SELF_|UNABLE_|HOSTNAME_|ERR_INVALID|EPERM|EACCES)/

async function sendOnce(request: HttpRequest, options: RemoteOptions): Promise<HttpAnswer> {
  const { url, method = 'GET', headers = {}, body } = request
  checkHost(url.hostname, options.noPrivate)
  await checkName(url.hostname, options.noPrivate)
  const make = url.protocol === 'https:' ? tlsRequest : plainRequest
  return await new Promise((resolve, reject) => {
    const timeout = options.timeout * 1000
    const sent = make(
      url,
      {
        method,
        agent: agents[url.protocol as keyof typeof agents],
        headers: {
          'accept-encoding': 'identity',
          'user-agent': 'xen-preflight',
          ...headers,
          ...(body !== undefined && { 'content-length': String(Buffer.byteLength(body)) }),
        },
        ...lookupOption(options.noPrivate),
      },
      message => {
        clearTimeout(timer)
        resolve(answerOf(message, url, timeout))
      },
    )
    // The time until the headers have come: a socket's own timeout starts with the connection.
    const timer = setTimeout(() => {
      reject(new RetryableError(`${url.host} has not answered for ${options.timeout} s`))
      sent.destroy()
    }, timeout)
    sent.on('error', error => {
      clearTimeout(timer)
      reject(failureOf(error, url))
    })
    sent.end(body)
  })
}

function failureOf(error: Error, url: URL): Error {
  if (error.name === 'SourceError') return error
  const denied = /Requires net access/.test(error.message)
  if (denied) {
    const message = `Cannot read from ${url.host}: Deno needs the permission --allow-net=${url.hostname}`
    return remoteError('remote-forbidden', message)
  }
  const reason = `${url.host}: ${reasonOf(error)}`
  return LASTING.test((error as NodeJS.ErrnoException).code ?? '')
    ? remoteError('remote-unavailable', `Cannot read from ${reason}`)
    : new RetryableError(reason)
}

function answerOf(message: IncomingMessage, url: URL, timeout: number): HttpAnswer {
  const { statusCode = 0, headers } = message
  // Errors after the last byte that anybody asked for are no matter.
  message.on('error', () => {})
  return {
    status: statusCode,
    headers,
    url,
    body: () => bodyOf(message, url, timeout),
    discard: () => message.destroy(),
  }
}

async function* bodyOf(message: IncomingMessage, url: URL, timeout: number): AsyncGenerator<Uint8Array> {
  let isStalled = false
  const stall = () => {
    isStalled = true
    message.destroy()
  }
  let timer = setTimeout(stall, timeout)
  try {
    for await (const chunk of message) {
      clearTimeout(timer)
      yield chunk as Uint8Array
      timer = setTimeout(stall, timeout)
    }
  } catch {
    if (!isStalled) throw new RetryableError(`${url.host}: the connection broke in the middle of an answer`)
  } finally {
    clearTimeout(timer)
  }
  if (isStalled)
    throw new RetryableError(`${url.host} sent nothing for ${timeout / 1000} s in the middle of an answer`)
  if (!message.complete)
    throw new RetryableError(`${url.host}: the connection broke in the middle of an answer`)
}

/** Longest answers that are read as a whole: manifests, lists, tokens. */
const MAX_TEXT = 16 * 2 ** 20

/** The bytes of an answer. Throws a SourceError where there are more than `limit`. */
export async function readBody(answer: HttpAnswer, limit = MAX_TEXT): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of answer.body()) {
    length += chunk.length
    if (length > limit) {
      answer.discard()
      throw remoteError(
        'remote-invalid',
        `Cannot read from ${answer.url.host}: its answer is longer than ${limit} bytes`,
      )
    }
    chunks.push(chunk)
  }
  const bytes = new Uint8Array(length)
  let at = 0
  for (const chunk of chunks) {
    bytes.set(chunk, at)
    at += chunk.length
  }
  return bytes
}

/** What a status says that is no success, as a SourceError. */
export function statusError(what: string, status: number, host: string): Error {
  if (status === 401 || status === 403) {
    return remoteError(
      'remote-denied',
      `Cannot ${what}: ${host} answers ${status}, it wants other credentials or none will do`,
    )
  }
  if (status === 404 || status === 410) {
    return remoteError('vanished', `Cannot ${what}: it is not there, ${host} answers ${status}`)
  }
  return remoteError('remote-invalid', `Cannot ${what}: ${host} answers ${status}`)
}
