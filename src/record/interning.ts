/**
 * Lines of records whose images are mostly copies of few kernels: equal facts are parsed once, and are one object.
 * @module
 */
import { FACTS_VERSION, type Facts } from '../facts/facts.ts'
import type { Problem } from '../problem.ts'
import { parseRecord, parseScanned } from './parse.ts'
import type { AddressedRecord, ImageRecord, ScannedRecord } from './type.ts'

/** How the part of a line starts that is the same for all copies of a kernel. No JSON string has it in it. */
export const FACTS_START = ',"facts":{'
/** Characters of lines that are kept to be compared with. */
const MAX_KEPT = 64 * 2 ** 20

/** The end of a line with the least facts that there are. */
const NO_FACTS = `${FACTS_START}"version":${FACTS_VERSION},"size":0,"kind":"unknown","layers":[]}}`

/** What a line says of a kernel, wherever its image is. */
export interface KnownFacts {
  facts: Facts
  problem?: Problem
  verdicts?: readonly unknown[]
}

export function knownFacts({ record: { facts, problem }, verdicts }: ScannedRecord): KnownFacts {
  const known: KnownFacts = { facts }
  if (problem !== undefined) known.problem = problem
  if (verdicts !== undefined) known.verdicts = verdicts
  return known
}

/** The record of a line that starts with `head`, before known facts; undefined where that is not all right. */
export function withHead(head: string, known: KnownFacts): ScannedRecord | undefined {
  const parsed = parseHead(head)
  if (parsed === undefined) return undefined
  const { image, record } = parsed
  const joined: ScannedRecord = { image, record: withFacts(record, known) }
  if (known.verdicts !== undefined) joined.verdicts = known.verdicts
  return joined
}

const encoder = new TextEncoder()
const decoder = new TextDecoder()
/** The text by itself: a slice keeps all of what it was cut from in memory. */
const copied = (text: string) => decoder.decode(encoder.encode(text))

/** Parses lines as parseRecord does, many times as fast where they repeat. */
export class RecordReader {
  readonly #known = new Map<string, KnownFacts>()
  #kept = 0

  /** Parses a line. Equal facts of lines are one object, as long as not too many differ. Throws a RecordError. */
  parse(text: string): AddressedRecord {
    const { image, record } = this.parseScanned(text)
    return { image, record }
  }

  /** Parses a line with its verdicts, which are one object where the facts are. Throws a RecordError. */
  parseScanned(text: string): ScannedRecord {
    const at = text.indexOf(FACTS_START)
    if (at === -1) return parseScanned(text)
    const tail = text.slice(at)
    const known = this.#known.get(tail)
    if (known !== undefined) return withHead(text.slice(0, at), known) ?? parseScanned(text)
    const parsed = parseScanned(text)
    this.#keep(tail, knownFacts(parsed))
    return parsed
  }

  #keep(tail: string, known: KnownFacts): void {
    if (this.#kept > MAX_KEPT) {
      this.#known.clear()
      this.#kept = 0
    }
    this.#known.set(copied(tail), known)
    this.#kept += tail.length
  }
}

const withFacts = (
  { kind, container, remarks, digest }: ImageRecord,
  { facts, problem }: KnownFacts,
): ImageRecord => {
  const record: ImageRecord = { kind, facts }
  if (problem !== undefined) record.problem = problem
  if (digest !== undefined) record.digest = digest
  if (container !== undefined) record.container = container
  if (remarks !== undefined) record.remarks = remarks
  return record
}

/** What a line says of its image alone; undefined where that is not all right, which parseRecord tells in words. */
function parseHead(text: string): AddressedRecord | undefined {
  try {
    return parseRecord(`${text}${NO_FACTS}`)
  } catch {
    return undefined
  }
}
