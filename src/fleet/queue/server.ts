/**
 * The server that a queue lives on: Redis or Valkey, spoken to by BullMQ. Both packages are loaded here and nowhere else,
 * and who uses no queue needs none of them.
 * @module
 */
import { createRequire } from 'node:module'
import type { Redis } from 'ioredis'

/** Raised where a queue cannot be used. Its message says what to do, and has no password in it. */
export class QueueError extends Error {
  override name = 'QueueError'
}

export interface Engine {
  bullmq: Pick<typeof import('bullmq'), 'Queue' | 'Worker'>
  ioredis: Pick<typeof import('ioredis'), 'Redis'>
}

/**
 * Loads BullMQ and its client. Throws a QueueError where they are not installed. Both are CommonJS, of which `import`
 * parses nearly every file twice, to know beforehand what it exports: two fifths of what they take to load.
 */
export function loadQueueEngine(): Engine {
  try {
    const require = createRequire(import.meta.url)
    return { bullmq: require('bullmq'), ioredis: require('ioredis') }
  } catch (error) {
    const message =
      'Cannot use a queue: it needs two packages that are not installed; npm install --global bullmq@6 ioredis@6 puts them beside xen-preflight'
    throw new QueueError(message, { cause: error })
  }
}

/** A server as messages show it: without user and password. */
export function shownServer(url: string): string {
  try {
    const { protocol, host, pathname } = new URL(url)
    return `${protocol}//${host}${pathname}`
  } catch {
    return 'the server'
  }
}

/** Throws a QueueError where it is no URL of a Redis. */
export function checkUrl(url: string): void {
  if (/^rediss?:\/\/[^\s]+$/.test(url) && URL.canParse(url)) return
  throw new QueueError(
    'Cannot use the queue: expected redis://[user:password@]host[:port][/number], or rediss:// for TLS',
  )
}

const CONNECT_MS = 5000
/** ZADD with LT, which the order of references needs, is of this version. */
const LEAST_VERSION = [6, 2] as const

/** What is written to see whether a server takes anything. */
export const checkKey = (prefix: string): string => `${prefix}:check`

/**
 * Connects and looks whether a queue can live there. Throws a QueueError that says what is wrong: nobody there, a
 * password, something that is no Redis, an old one, one that would throw jobs away, or one that is full or read-only.
 *
 * @param fills The server has to take more: a full one still gives what it has, and may be drained.
 */
export async function checkServer(
  { ioredis }: Engine,
  url: string,
  prefix: string,
  fills: boolean,
): Promise<ServerState> {
  checkUrl(url)
  const client = new ioredis.Redis(url, {
    ...passwordOption(url),
    lazyConnect: true,
    connectTimeout: CONNECT_MS,
    commandTimeout: CONNECT_MS,
    maxRetriesPerRequest: 0,
    enableReadyCheck: false,
    retryStrategy: () => null,
  })
  let failure: Error | undefined
  client.on('error', error => {
    failure ??= error
  })
  try {
    await client.connect()
    const info = await client.info()
    const state = stateOf(info)
    checkVersion(info, url)
    if (state.limit > 0 && state.policy !== 'noeviction') {
      throw new QueueError(
        `Cannot use the queue at ${shownServer(url)}: its maxmemory-policy is ${state.policy}, which throws jobs away; expected noeviction`,
      )
    }
    if (fills) await client.set(checkKey(prefix), '1', 'EX', 60)
    return state
  } catch (error) {
    throw error instanceof QueueError ? error : serverError(url, failure ?? (error as Error))
  } finally {
    client.disconnect()
  }
}

/** redis-cli takes its password from there too: other users see a command line. */
export const passwordOption = (url: string): { password?: string } =>
  new URL(url).password === '' && process.env.REDISCLI_AUTH ? { password: process.env.REDISCLI_AUTH } : {}

export interface ServerState {
  /** Bytes in use, and the most that may be; 0 for no limit. */
  used: number
  limit: number
  policy: string
}

const fieldOf = (info: string, name: string): string =>
  new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1] ?? ''

const stateOf = (info: string): ServerState => ({
  used: Number(fieldOf(info, 'used_memory')),
  limit: Number(fieldOf(info, 'maxmemory')),
  policy: fieldOf(info, 'maxmemory_policy'),
})

function checkVersion(info: string, url: string): void {
  const version = fieldOf(info, 'redis_version')
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const [least, leastMinor] = LEAST_VERSION
  if (major > least || (major === least && minor >= leastMinor)) return
  const found = version === '' ? 'no Redis' : `Redis ${version}`
  throw new QueueError(
    `Cannot use the queue at ${shownServer(url)}: it is ${found}, expected 6.2 or later, or Valkey`,
  )
}

/** What a server's refusal means, as a QueueError. */
export function serverError(url: string, error: Error): QueueError {
  const why = reasonOf(error, url.startsWith('rediss:'))
  return new QueueError(`Cannot use the queue at ${shownServer(url)}: ${why}`, { cause: error })
}

/** OpenSSL's codes of a certificate that no known authority has signed; Deno's words for it. */
const UNTRUSTED =
  /SELF_SIGNED_CERT|UNABLE_TO_(?:VERIFY|GET_ISSUER)|CERT_UNTRUSTED|invalid peer certificate|UnknownIssuer/

function reasonOf(error: Error, isTls: boolean): string {
  // A transaction that the server refuses says why in the errors of its commands.
  const [cause = error] = (error as { previousErrors?: Error[] }).previousErrors ?? []
  const { message } = cause
  const { code } = error as NodeJS.ErrnoException
  if (/^NOAUTH/.test(message)) return 'it asks for a password; give it in REDISCLI_AUTH or in the URL'
  if (/^WRONGPASS|invalid (?:username|password)|AUTH failed/i.test(message))
    return 'it refuses the user or the password'
  if (/^NOPERM/.test(message))
    return `its ACL does not allow the user what a queue needs (${message.slice(0, 120)})`
  if (/^READONLY/.test(message)) return 'it is read-only: a replica; name the primary'
  if (/^(?:OOM|MISCONF)/.test(message)) {
    return message.startsWith('OOM')
      ? 'its memory is full (maxmemory): give it more, or drain a queue that is done'
      : 'it cannot write its data to disk and takes no more (MISCONF)'
  }
  if (/^LOADING/.test(message)) return 'it is still loading its data: try again'
  if (/Protocol error|unexpected|RESP type/i.test(message)) return 'what answers there is no Redis'
  if (UNTRUSTED.test(code ?? '') || UNTRUSTED.test(message)) {
    return 'its certificate is not trusted: name the authority in NODE_EXTRA_CA_CERTS, or on Deno in DENO_CERT'
  }
  if (/WRONG_VERSION_NUMBER|EPROTO/.test(code ?? '') || /InvalidContentType/.test(message))
    return 'it does not speak TLS: give redis://'
  // A Redis without TLS waits for more of what it takes for a command.
  if (isTls && code === 'ETIMEDOUT')
    return 'nothing answers there that speaks TLS; a server without it wants redis://'
  if (code === 'ECONNRESET' || code === 'EPIPE')
    return 'it closes the connection; one that speaks TLS wants rediss://'
  if (code !== undefined) return `the connection failed (${code})`
  if (/timed out|Connection is closed/i.test(message))
    return 'nothing that speaks Redis answers there; a server of TLS wants rediss://'
  return message.replace(/\b(?:redis|rediss):\/\/\S+/g, 'the server').slice(0, 200)
}

/** A connection that comes back after the server does. */
export function connectTo({ ioredis }: Engine, url: string): Redis {
  const client = new ioredis.Redis(url, {
    ...passwordOption(url),
    maxRetriesPerRequest: null,
    retryStrategy: attempt => Math.min(2000, 50 * 2 ** Math.min(attempt, 10)),
  })
  // Who waits for an answer hears of it; the connection is made again.
  client.on('error', () => {})
  return client
}
