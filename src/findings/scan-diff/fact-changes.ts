/**
 * What two images say, compared member by member, and in words where there are some.
 * @module
 */
import { isRecord } from '../../document/tree.ts'
import { describeGuest, describeLayers } from '../../facts/describe.ts'
import type { Facts } from '../../facts/facts.ts'
import { identify } from '../../facts/identity.ts'
import type { Problem } from '../../problem.ts'
import { decodeNote } from '../../xen/note-decoding.ts'
import { plural } from '../plural.ts'
import type { FactChange } from './model.ts'

/** What is said of an image. */
export interface Said {
  facts: Facts
  problem?: Problem
}

/** What differs, in the order in which people ask for it. */
export function factChanges(before: Said, after: Said): FactChange[] {
  const [was, is] = [wordsOf(before), wordsOf(after)]
  return [...new Set([...is.keys(), ...was.keys()])].flatMap(fact => {
    const [old, now] = [was.get(fact), is.get(fact)]
    if (old === now) return []
    return [{ fact, ...(old !== undefined && { before: old }), ...(now !== undefined && { after: now }) }]
  })
}

function wordsOf({ facts, problem }: Said): Map<string, string> {
  const { elf } = facts
  const words = new Map<string, string>()
  const add = (fact: string, text: string | undefined) => {
    if (text !== undefined && text !== '') words.set(fact, text)
  }
  add('guest', describeGuest(facts))
  add('build id', identify(facts).buildId)
  add('layers', describeLayers(facts))
  add('size', plural(facts.size, 'byte'))
  add('problem', problem && `${problem.code}: ${problem.message}`)
  if (elf === undefined) return words
  add('entry', elf.entry)
  const seen = new Map<string, number>()
  for (const note of elf.notes) {
    // What both walks of a range meet is one note.
    if (elf.walks[note.walk]?.signed) continue
    const { owner, type, name, value } = decodeNote(note, elf)
    const called = owner === 'Xen' && name !== undefined ? `note ${name}` : `note ${type} of ${owner}`
    const count = (seen.get(called) ?? 0) + 1
    seen.set(called, count)
    add(count === 1 ? called : `${called} (${count})`, value)
  }
  add('__xen_guest', elf.guest?.text)
  return words
}

/** The members that differ: `layers`, `elf.notes`. Members of `elf` are told one by one. */
export function changedMembers({ facts: before }: Said, { facts: after }: Said): string[] {
  const differing = (was: object, is: object, lead: string) =>
    [...new Set([...Object.keys(was), ...Object.keys(is)])].flatMap((name): string[] => {
      const [old, now] = [was, is].map(owner => (owner as Record<string, unknown>)[name])
      if (canonicalJson(old) === canonicalJson(now)) return []
      return name === 'elf' && isRecord(old) && isRecord(now)
        ? differing(old, now, 'elf.')
        : [`${lead}${name}`]
    })
  return differing({ ...before, version: undefined }, { ...after, version: undefined }, '')
}

/** JSON that is the same for what has the same members in any order. */
export const canonicalJson = (value: unknown): string => JSON.stringify(value, byName) ?? ''

const byName = (_: string, value: unknown) =>
  isRecord(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
    : value
