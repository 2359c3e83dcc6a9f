/** Attempts that failed are repeated, after a time that grows and is not the same for all who wait. */
import { setTimeout as sleep } from 'node:timers/promises'
import { remoteError, RetryableError } from './remote-error.ts'

/** Milliseconds before the second attempt, doubled before each further one. */
const FIRST_DELAY = 200
const MAX_DELAY = 10_000
/** A server may ask for more patience (Retry-After), up to this. */
const MAX_AFTER = 60_000

/** Milliseconds to wait after the attempt of that number, from 0 on. */
export function delayAfter(attempt: number, after: number | undefined, random = Math.random): number {
  const limit = Math.min(MAX_DELAY, FIRST_DELAY * 2 ** attempt)
  const own = limit * (0.5 + random() / 2)
  return after === undefined ? own : Math.min(MAX_AFTER, Math.max(own, after * 1000))
}

/** Does something up to `retries` times more while it throws a RetryableError. Throws a SourceError after the last time. */
export async function withRetries<T>(what: string, retries: number, action: () => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await action()
    } catch (error) {
      if (!(error instanceof RetryableError)) throw error
      if (attempt >= retries) {
        const times = attempt === 0 ? '' : `, ${attempt + 1} times`
        throw remoteError(error.code, `Cannot ${what}: ${error.message}${times}`)
      }
      await sleep(delayAfter(attempt, error.after))
    }
  }
}
