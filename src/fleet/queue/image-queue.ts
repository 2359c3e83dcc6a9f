/**
 * Images that wait to be read, and what was read of them, on a server. Any number of machines add and take from it.
 *
 * An image is done when the records of its reference are stored, and not when the queue is empty. Records are stored
 * once, under their content, in the same transaction that takes the reference off the list of what is pending.
 * @module
 */
import type { Queue } from 'bullmq'
import type { Redis } from 'ioredis'
import type { Found } from '../../source/source.ts'
import { CHUNK, chunks, execute, parseStored, sha256 } from './commands.ts'
import { checkKey, connectTo, type Engine, QueueError, shownServer } from './server.ts'
import { type JobData, parseImage } from './stored-image.ts'

/** Raised by every incompatible change of what is stored. */
const QUEUE_VERSION = 1
/** An image is begun so often at most: what kills its worker each time is given up. */
export const ATTEMPTS = 3
/** BullMQ's own count, which only has to be larger: stops of a server count there too. */
const ENGINE_ATTEMPTS = 20
const BACKOFF_MS = 1000
/** Bytes of the server's memory that a reference takes while it waits, beside its own length, measured on Redis 7.0. */
const WAITING_BYTES = 1200

export interface QueueOptions {
  url: string
  prefix: string
  /** What reads: another version may make other records. */
  reader: string
  /** What records depend on, as JSON; undefined for whoever takes what the queue says. */
  options?: string
}

const placeOf = (url: string, prefix: string) => `${shownServer(url)} with the prefix ${prefix}`

const noQueue = (url: string, prefix: string) =>
  new QueueError(`Cannot find a queue at ${placeOf(url, prefix)}: queue add makes one`)

export class ImageQueue {
  readonly jobs: Queue<JobData>
  readonly redis: Redis
  readonly name: string
  readonly prefix: string
  readonly options: string
  readonly #reader: string

  private constructor(engine: Engine, redis: Redis, asked: QueueOptions, options: string) {
    const { prefix, reader } = asked
    this.#reader = reader
    this.prefix = prefix
    this.options = options
    this.redis = redis
    // Another reader has another queue, and takes nothing of this one.
    this.name = `images-${sha256(reader).slice(0, 12)}`
    this.jobs = new engine.bullmq.Queue<JobData>(this.name, {
      connection: redis,
      prefix,
      skipVersionCheck: true,
    })
    this.jobs.on('error', () => {})
  }

  /** Opens the queue, or begins it where options are given. Throws a QueueError where it is of another version or has other options. */
  static async open(engine: Engine, asked: QueueOptions): Promise<ImageQueue> {
    const { url, prefix, reader } = asked
    const redis = connectTo(engine, url)
    try {
      const key = `${prefix}:queue`
      if (asked.options !== undefined) {
        const own = { version: QUEUE_VERSION, reader, options: asked.options }
        await redis.setnx(key, JSON.stringify(own))
      }
      const text = await redis.get(key)
      const where = placeOf(url, prefix)
      if (text === null) throw noQueue(url, prefix)
      const found = parseStored(text)
      if (found?.version !== QUEUE_VERSION) {
        throw new QueueError(
          `Cannot use the queue at ${where}: its version is ${found?.version}, expected ${QUEUE_VERSION}; queue drain --all removes it`,
        )
      }
      if (found.reader !== reader) {
        throw new QueueError(
          `Cannot use the queue at ${where}: it is for xen-preflight ${found.reader}, this is ${reader}; take that one, or another --prefix; queue drain --all removes it`,
        )
      }
      if (asked.options !== undefined && found.options !== asked.options) {
        throw new QueueError(
          `Cannot add to the queue at ${where}: it was begun with other options; take another --prefix`,
        )
      }
      return new ImageQueue(engine, redis, asked, String(found.options))
    } catch (error) {
      redis.disconnect()
      throw error
    }
  }

  /**
   * Removes a queue with its records, of whatever version it is: all keys that begin with its prefix. Throws a QueueError where
   * there is none.
   */
  static async remove(engine: Engine, url: string, prefix: string): Promise<void> {
    const redis = connectTo(engine, url)
    try {
      let removed = 0
      for (let cursor = '0'; ; ) {
        const [next, keys] = await redis.scan(cursor, 'MATCH', `${prefix}:*`, 'COUNT', CHUNK)
        if (keys.length > 0) await redis.unlink(...keys)
        removed += keys.filter(key => key !== checkKey(prefix)).length
        if (next === '0') break
        cursor = next
      }
      if (removed === 0) throw noQueue(url, prefix)
    } finally {
      redis.disconnect()
    }
  }

  key(name: string): string {
    return `${this.prefix}:${name}`
  }

  async close(): Promise<void> {
    await this.jobs.close()
    this.redis.disconnect()
  }

  #jobId({ address, identity }: Found): string {
    return `i${sha256(JSON.stringify([address, identity, this.#reader, this.options])).slice(0, 40)}`
  }

  /** The place in the order that a new list of references begins with. */
  async nextPlace(): Promise<number> {
    const [, last] = await this.redis.zrevrange(this.key('order'), 0, 0, 'WITHSCORES')
    return last === undefined ? 0 : Number(last) + 1
  }

  /** Bytes of memory that adding takes. */
  static estimate(found: readonly Found[]): number {
    return found.reduce((sum, { address }) => sum + WAITING_BYTES + 6 * address.length, 0)
  }

  /**
   * Adds images whose places in the order begin at `place`. What is there already is left as it is, and what has
   * changed since is to be read again. Returns how many were new.
   */
  async add(found: readonly Found[], place: number): Promise<number> {
    let added = 0
    for (let at = 0; at < found.length; at += CHUNK) {
      added += await this.#addSome(found.slice(at, at + CHUNK), place + at)
    }
    return added
  }

  async #addSome(found: readonly Found[], place: number): Promise<number> {
    const addresses = found.map(({ address }) => address)
    const [known, images] = await Promise.all([
      this.redis.hmget(this.key('jobs'), ...addresses),
      this.redis.hmget(this.key('images'), ...addresses),
    ])
    const open = found.map((one, index) => ({
      address: one.address,
      named: one.named,
      size: one.size,
      id: this.#jobId(one),
      index,
    }))
    const fresh = open.filter(({ id, index }) => {
      const image = images[index]
      return image == null || parseImage(image)?.job !== id
    })
    const transaction = this.redis.multi()
    for (const { address, index } of open)
      transaction.zadd(this.key('order'), 'LT', String(place + index), address)
    for (const { address, id } of fresh) {
      transaction.hset(this.key('jobs'), address, id)
      transaction.hdel(this.key('images'), address)
      transaction.sadd(this.key('pending'), address)
    }
    await execute(transaction)
    // The largest first: while one that comes last is read, the other workers have nothing to do.
    const bySize = fresh.toSorted((a, b) => b.size - a.size)
    // After they are pending: a worker may be done with them at once.
    await this.#enqueue(bySize.map(({ address, named, id }) => ({ id, data: { reference: address, named } })))
    return fresh.filter(({ id, index }) => known[index] !== id).length
  }

  async #enqueue(jobs: readonly { id: string; data: JobData }[]): Promise<void> {
    if (jobs.length === 0) return
    const entries = jobs.map(({ id, data }) => ({
      name: 'image',
      data,
      opts: {
        jobId: id,
        attempts: ENGINE_ATTEMPTS,
        backoff: { type: 'exponential', delay: BACKOFF_MS },
        removeOnComplete: true,
        removeOnFail: true,
      },
    }))
    await this.jobs.addBulk(entries)
  }

  /** Puts what is pending and in no queue any more back into it: a server may lose its last second. Returns how many are pending. */
  async mend(): Promise<number> {
    const pending = await this.pending()
    if (pending === 0) return 0
    const { waiting = 0, active = 0, delayed = 0, prioritized = 0 } = await this.counts()
    if (waiting + active + delayed + prioritized >= pending) return pending
    for (const references of chunks(await this.redis.smembers(this.key('pending')))) {
      const ids = await this.redis.hmget(this.key('jobs'), ...references)
      await this.#enqueue(
        references.flatMap((reference, index) => {
          const id = ids[index]
          return id == null ? [] : [{ id, data: { reference, named: true } }]
        }),
      )
    }
    return pending
  }

  /** How many references have no records yet. */
  pending(): Promise<number> {
    return this.redis.scard(this.key('pending'))
  }

  counts(): Promise<Record<string, number>> {
    return this.jobs.getJobCounts('waiting', 'active', 'delayed', 'prioritized')
  }

  /** How many references there are, how many of them have no records yet, and how many were given up. */
  async totals(): Promise<{ references: number; pending: number; failed: number }> {
    const [references, pending, failed] = await Promise.all([
      this.redis.zcard(this.key('order')),
      this.pending(),
      this.redis.scard(this.key('failed')),
    ])
    return { references, pending, failed }
  }

  async failures(most: number): Promise<string[]> {
    const failed = await this.redis.smembers(this.key('failed'))
    return failed.sort().slice(0, most)
  }

  /** Has what was given up read again. Returns how many. */
  async retry(): Promise<number> {
    const failed = await this.redis.smembers(this.key('failed'))
    for (const references of chunks(failed)) {
      const images = await this.redis.hmget(this.key('images'), ...references)
      const again = references.map((reference, index) => ({
        reference,
        named: parseImage(images[index] ?? '')?.named ?? true,
        // Another job: the old one may be remembered.
        id: `r${sha256(`${reference} ${Date.now()}`).slice(0, 40)}`,
      }))
      const transaction = this.redis.multi()
      for (const { reference, id } of again) {
        transaction.hset(this.key('jobs'), reference, id)
        transaction.hdel(this.key('images'), reference)
        transaction.srem(this.key('failed'), reference)
        transaction.sadd(this.key('pending'), reference)
      }
      await execute(transaction)
      await this.#enqueue(again.map(({ id, reference, named }) => ({ id, data: { reference, named } })))
    }
    return failed.length
  }

  /** Takes what nobody has begun out of the queue. */
  async drain(): Promise<void> {
    await this.jobs.drain(true)
    const active = new Set((await this.jobs.getActive()).map(job => job.data.reference))
    for (const references of chunks(await this.redis.smembers(this.key('pending')))) {
      const taken = references.filter(reference => !active.has(reference))
      if (taken.length === 0) continue
      const transaction = this.redis.multi()
      transaction.srem(this.key('pending'), ...taken)
      transaction.zrem(this.key('order'), ...taken)
      transaction.hdel(this.key('jobs'), ...taken)
      await execute(transaction)
    }
  }
}
