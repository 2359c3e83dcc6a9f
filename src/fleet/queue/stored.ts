/** The records that a queue holds of its images. */
import type { ReadResult } from '../../read/read-file.ts'
import type { RecordText } from '../../record/write.ts'
import { CHUNK, execute, sha256 } from './commands.ts'
import type { ImageQueue } from './image-queue.ts'
import { type JobData, parseImage, type StoredImage } from './stored-image.ts'

/** Stores the records of an image, and takes it off what is pending. The same again changes nothing. */
export async function storeRecords(
  queue: ImageQueue,
  job: string,
  { reference, named }: JobData,
  { records }: ReadResult,
  failed: boolean,
): Promise<void> {
  const { redis } = queue
  const stored: StoredImage = { job, named, records: [] }
  const transaction = redis.multi()
  for (const { json, ...rest } of records) {
    const digest = sha256(json).slice(0, 40)
    stored.records.push({ ...rest, digest })
    transaction.hsetnx(queue.key('records'), digest, json)
  }
  const text = JSON.stringify(stored)
  const before = await redis.hget(queue.key('images'), reference)
  if (before !== null && before !== text && parseImage(before)?.job === job && !failed) {
    transaction.sadd(queue.key('conflicts'), reference)
  }
  // Of an image that has changed meanwhile the newer job counts.
  if ((await redis.hget(queue.key('jobs'), reference)) !== job) return
  transaction.hset(queue.key('images'), reference, text)
  transaction.srem(queue.key('pending'), reference)
  if (failed) transaction.sadd(queue.key('failed'), reference)
  else transaction.srem(queue.key('failed'), reference)
  await execute(transaction)
}

/** Yields what is stored of each reference, in their order. */
export async function* storedRecords(
  queue: ImageQueue,
): AsyncGenerator<{ reference: string; named: boolean; records: RecordText[] | undefined }> {
  const { redis } = queue
  for (let at = 0; ; at += CHUNK) {
    const references = await redis.zrange(queue.key('order'), at, String(at + CHUNK - 1))
    if (references.length === 0) return
    const images = await redis.hmget(queue.key('images'), ...references)
    const parsed = images.map(text => (text == null ? undefined : parseImage(text)))
    const digests = [...new Set(parsed.flatMap(image => image?.records.map(({ digest }) => digest) ?? []))]
    const texts = digests.length === 0 ? [] : await redis.hmget(queue.key('records'), ...digests)
    const jsons = new Map(digests.map((digest, index) => [digest, texts[index]]))
    for (const [index, reference] of references.entries()) {
      const image = parsed[index]
      const records = image?.records.map(({ digest, ...rest }) => ({ ...rest, json: jsons.get(digest) }))
      const isWhole = records?.every(({ json }) => json != null) === true
      yield {
        reference,
        named: image?.named ?? true,
        records: isWhole ? (records as RecordText[]) : undefined,
      }
    }
  }
}

/** References of which two workers made different records. */
export const conflictsOf = (queue: ImageQueue): Promise<string[]> =>
  queue.redis.smembers(queue.key('conflicts'))
