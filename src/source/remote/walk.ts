/**
 * References to what can be read at them: an object each, or all that a bucket or a store holds.
 * @module
 */
import type { Problem } from '../../problem.ts'
import { type Found, type OpenSource, SourceError } from '../source.ts'
import { hideSecrets, locatorOf, shortDigest } from './locators.ts'
import type { RemoteOptions } from './options.ts'
import { listReference, openReference } from './protocols.ts'
import type { Listed } from './remote-object.ts'
import { openRemote, remoteIdentity } from './remote-source.ts'

export interface ReferenceOptions extends RemoteOptions {
  /** Ask for the version of each object: who goes on with a journal has to know it beforehand. */
  identify: boolean
}

/** Objects whose versions are asked for at once. */
const IDENTIFIED = 32

/** Yields what a reference, as it is shown, stands for. What cannot be listed is yielded with a problem. */
export async function* walkReference(address: string, options: ReferenceOptions): AsyncGenerator<Found> {
  const found: Promise<Found>[] = []
  const { identify: _, ...remote } = options
  try {
    for await (const listed of listReference(locatorOf(address), remote)) {
      found.push(foundAt(listed, options))
      if (found.length >= (options.identify ? IDENTIFIED : 1)) yield await found.shift()!
    }
  } catch (error) {
    if (!(error instanceof SourceError)) throw error
    yield* drained(found)
    yield broken(address, error.problem, remote)
    return
  }
  yield* drained(found)
}

/** Yields what many references stand for, in their order. */
export async function* walkReferences(
  addresses: Iterable<string>,
  options: ReferenceOptions,
): AsyncGenerator<Found> {
  const waiting: AsyncGenerator<Found>[] = []
  const begun: Promise<IteratorResult<Found>>[] = []
  const next = async function* () {
    const walked = waiting.shift()!
    for (let result = await begun.shift()!; result.done !== true; result = await walked.next())
      yield result.value
  }
  for (const address of addresses) {
    const walked = walkReference(address, options)
    waiting.push(walked)
    const first = walked.next()
    first.catch(() => {})
    begun.push(first)
    if (waiting.length >= (options.identify ? IDENTIFIED : 1)) yield* next()
  }
  while (waiting.length > 0) yield* next()
}

async function* drained(found: Promise<Found>[]): AsyncGenerator<Found> {
  for (const one of found) yield await one
}

async function foundAt(listed: Listed, { identify, ...remote }: ReferenceOptions): Promise<Found> {
  const { locator } = listed
  const address = hideSecrets(locator)
  const known = listed.version !== undefined && listed.size !== undefined
  const identity = known
    ? remoteIdentity(address, listed.version!, listed.size!)
    : identify
      ? await identityOf(address, locator, remote)
      : `remote:${shortDigest(address)}:`
  return {
    address,
    locator,
    named: listed.isListed !== true,
    size: 0,
    identity,
    linked: false,
    open: () => openRemote(address, locator, remote),
  }
}

/** What cannot be opened now has no identity that an earlier result could have; who reads it will say why. */
async function identityOf(address: string, locator: string, options: RemoteOptions): Promise<string> {
  try {
    const object = await openReference(locator, { ...options, head: 1 })
    object.close()
    const { version, size } = object
    return version === '' ? `remote:${shortDigest(address)}:` : remoteIdentity(address, version, size)
  } catch (error) {
    if (error instanceof SourceError) return `remote:${shortDigest(address)}:`
    throw error
  }
}

const broken = (address: string, problem: Problem, options: RemoteOptions): Found => ({
  address,
  locator: locatorOf(address),
  named: true,
  size: 0,
  identity: '',
  linked: false,
  problem,
  open: (): OpenSource => openRemote(address, locatorOf(address), options),
})
