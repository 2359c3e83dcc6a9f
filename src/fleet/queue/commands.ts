/** How a queue speaks to its server: in exchanges that are not too long, and transactions that fail as a whole. */
import { createHash } from 'node:crypto'
import type { Redis } from 'ioredis'
import { isRecord } from '../../document/tree.ts'

/** References of one exchange with the server. */
export const CHUNK = 500

export function* chunks<T>(items: readonly T[]): Generator<T[]> {
  for (let at = 0; at < items.length; at += CHUNK) yield items.slice(at, at + CHUNK)
}

/** Runs a transaction. Throws the first error of its commands. */
export async function execute(transaction: ReturnType<Redis['multi']>): Promise<void> {
  const results = await transaction.exec()
  const failed = results?.find(([error]) => error !== null)
  if (failed?.[0]) throw failed[0]
}

/** Runs a script of the server. The client sends it whole once, and again where the server has lost it. */
export function runScript(
  redis: Redis,
  name: string,
  lua: string,
  keys: readonly string[],
  words: readonly string[],
): Promise<unknown> {
  if (!(name in redis)) redis.defineCommand(name, { lua })
  const commands = redis as unknown as Record<string, (...words: (string | number)[]) => Promise<unknown>>
  return commands[name]!(keys.length, ...keys, ...words)
}

/** An object that the server holds as JSON; undefined where it is none. */
export function parseStored(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isRecord(value) ? value : undefined
  } catch {
    return undefined
  }
}

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
