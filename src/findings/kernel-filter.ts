/**
 * Kernels chosen by what they say of themselves: their system, version, flavour and build id.
 * @module
 */
import type { Facts } from '../facts/facts.ts'
import { identify, type KernelIdentity } from '../facts/identity.ts'
import { matchesName } from '../inventory/name-glob.ts'
import type { Problem } from '../problem.ts'
import { isUnread } from '../xen/unread.ts'

/** Whether a kernel is chosen. One that could not be read always is: nobody knows what it is. */
export type KernelFilter = (facts: Facts, problem?: Problem) => boolean

const VALUES = {
  system: ({ system }: KernelIdentity) => system,
  version: ({ version }: KernelIdentity) => version,
  flavour: ({ flavour }: KernelIdentity) => flavour,
  'build-id': ({ buildId }: KernelIdentity) => buildId,
} as const
type Key = keyof typeof VALUES

export const FILTER_KEYS = Object.keys(VALUES) as readonly Key[]

interface Condition {
  key: Key
  glob: string
}

/**
 * Reads `system=linux,version=6.1.*`, several if need be: a kernel is chosen where all conditions of one of them hold. In a
 * value `*` stands for any characters and `?` for one; case does not matter. Throws a RangeError that says what was expected.
 */
export function parseKernelFilter(texts: readonly string[]): KernelFilter {
  const choices = texts.map(text => text.split(',').map(parseCondition))
  return (facts, problem) => {
    if (problem !== undefined && isUnread(problem)) return true
    const identity = identify(facts)
    return choices.some(conditions =>
      conditions.every(({ key, glob }) => matchesName(glob, (VALUES[key](identity) ?? '').toLowerCase())),
    )
  }
}

function parseCondition(text: string): Condition {
  const [name = '', ...rest] = text.split('=')
  const key = FILTER_KEYS.find(known => known === name.trim().toLowerCase())
  if (key === undefined || rest.length === 0) {
    throw new RangeError(
      `expected KEY=GLOB with one of ${FILTER_KEYS.join(', ')}, found ${JSON.stringify(text)}`,
    )
  }
  return { key, glob: rest.join('=').trim().toLowerCase() }
}
