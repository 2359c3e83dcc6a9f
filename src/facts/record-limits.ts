/**
 * What the facts of one ELF hold at most. Of an image with more headers or notes they say what a loader can learn from
 * the rest, or where they end.
 * @module
 */
import { hex } from '../problem.ts'
import type { ElfFacts, MoreSegments, NoteWalk, Segment } from './facts.ts'

export const MAX_SEGMENTS = 1024
export const MAX_SECTIONS = 4096
/** So many walks are kept whatever they met, and so many in all. */
const PLAIN_WALKS = 1024
const MAX_WALKS = 4096

const PT_LOAD = 1
/** PF_R, PF_W, PF_X, and the two that keep a segment from being read-only. */
const ANY_ACCESS = 7
const WRITE_OR_EXECUTE = 3

/** Adds a segment, or what a loader learns from it where there are many. */
export function addSegment(facts: ElfFacts, segment: Segment): void {
  if (facts.segments.length < MAX_SEGMENTS) {
    facts.segments.push(segment)
    return
  }
  facts.moreSegments ??= { count: 0 }
  facts.moreSegments.count++
  if (segment.type === PT_LOAD && (segment.flags & ANY_ACCESS) !== 0) {
    addLoad(facts.moreSegments, segment, BigInt(facts.size))
  }
}

function addLoad(more: MoreSegments, segment: Segment, size: bigint): void {
  const { flags, offset, filesz, memsz, paddr } = segment
  const start = BigInt(paddr)
  const end = BigInt.asUintN(64, start + BigInt(memsz))
  const range = (flags & WRITE_OR_EXECUTE) === 0 ? 'readOnly' : 'writable'
  const known = more[range]
  more[range] = {
    start: known !== undefined && BigInt(known.start) < start ? known.start : paddr,
    end: known !== undefined && BigInt(known.end) > end ? known.end : hex(end),
  }
  const isOutside = BigInt(filesz) > 0n && BigInt(offset) + BigInt(filesz) > size
  if (isOutside || BigInt(filesz) > BigInt(memsz)) more.odd = true
}

/** Says of every walk how many of the notes that it met are not kept. */
export function noteUnkept(facts: ElfFacts, met: readonly { notes: number; xen: number }[]): void {
  const left = met.map(counts => ({ ...counts }))
  for (const { walk, owner, nameStop } of facts.notes) {
    left[walk]!.notes--
    if (owner === 'Xen' && nameStop === undefined) left[walk]!.xen--
  }
  for (const [index, unkept] of left.entries()) {
    if (unkept.notes > 0) facts.walks[index]!.unkept = unkept
  }
}

/**
 * Drops the walks of which nothing is kept, where there are many: one that says nothing new of where Xen's notes are
 * found. Where still too many are left, the facts end.
 */
export function pruneWalks(facts: ElfFacts): void {
  if (facts.walks.length <= PLAIN_WALKS) return
  const holding = new Set(facts.notes.map(({ walk }) => walk))
  const found = { PT_NOTE: false, SHT_NOTE: false }
  const places = new Map<number, number>()
  const kept: NoteWalk[] = []
  for (const [index, walk] of facts.walks.entries()) {
    const xen = walk.unkept?.xen ?? 0
    const isPlain = walk.stop === 'end' && !holding.has(index) && (xen === 0 || found[walk.from])
    if (isPlain && kept.length >= PLAIN_WALKS) continue
    if (kept.length === MAX_WALKS) {
      facts.truncated = 'notes'
      break
    }
    // Section 0 does not count for every release.
    if (xen > 0 && (walk.from === 'PT_NOTE' || walk.index > 0)) found[walk.from] = true
    places.set(index, kept.length)
    kept.push(walk)
  }
  if (kept.length === facts.walks.length) return
  facts.moreWalks = {
    count: facts.walks.length - kept.length,
    notes: facts.walks.reduce(
      (sum, { unkept }, index) => sum + (places.has(index) ? 0 : (unkept?.notes ?? 0)),
      0,
    ),
  }
  facts.walks = kept
  facts.notes = facts.notes
    .filter(({ walk }) => places.has(walk))
    .map(note => ({ ...note, walk: places.get(note.walk)! }))
}
