/** The records that a queue holds of its images. */
import type { ReadResult } from '../../read/read-file.ts'
import type { RecordText } from '../../record/write.ts'
import { CHUNK, runScript, sha256 } from './commands.ts'
import type { ImageQueue } from './image-queue.ts'
import { type JobData, parseImage, type StoredImage } from './stored-image.ts'

/**
 * Stores an image and its records, and takes it off what is pending: one exchange an image. Of one that has changed
 * meanwhile the newer job counts. Returns how many are pending.
 */
const STORE = `
local jobs, images, records, pending, failed, conflicts = unpack(KEYS)
local reference, job, image, outcome = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
if redis.call('HGET', jobs, reference) == job then
  local before = redis.call('HGET', images, reference)
  if before and before ~= image and outcome == 'read' and cjson.decode(before).job == job then
    redis.call('SADD', conflicts, reference)
  end
  for at = 5, #ARGV, 2 do redis.call('HSETNX', records, ARGV[at], ARGV[at + 1]) end
  redis.call('HSET', images, reference, image)
  redis.call(outcome == 'failed' and 'SADD' or 'SREM', failed, reference)
  redis.call('SREM', pending, reference)
end
return redis.call('SCARD', pending)`
const STORE_KEYS = ['jobs', 'images', 'records', 'pending', 'failed', 'conflicts'] as const

/**
 * Stores the records of an image, and takes it off what is pending. The same again changes nothing. Returns how many
 * images are pending then.
 */
export async function storeRecords(
  queue: ImageQueue,
  job: string,
  { reference, named }: JobData,
  { records }: ReadResult,
  failed: boolean,
): Promise<number> {
  const stored: StoredImage = { job, named, records: [] }
  const texts: string[] = []
  for (const { json, ...rest } of records) {
    const digest = sha256(json).slice(0, 40)
    stored.records.push({ ...rest, digest })
    texts.push(digest, json)
  }
  const keys = STORE_KEYS.map(name => queue.key(name))
  const words = [reference, job, JSON.stringify(stored), failed ? 'failed' : 'read', ...texts]
  return (await runScript(queue.redis, 'storeImage', STORE, keys, words)) as number
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
