/**
 * Lines of records whose images are mostly copies of few kernels: equal facts are parsed once, and are one object.
 * @module
 */
import { FACTS_VERSION, type Facts } from '../facts/facts.ts'
import type { Problem } from '../problem.ts'
import { parseRecord } from './parse.ts'
import type { AddressedRecord, ImageRecord } from './type.ts'

/** How the part of a line starts that is the same for all copies of a kernel. No JSON string has it in it. */
const FACTS_START = ',"facts":{'
/** Characters of lines that are kept to be compared with. */
const MAX_KEPT = 64 * 2 ** 20

/** The end of a line with the least facts that there are. */
const NO_FACTS = `${FACTS_START}"version":${FACTS_VERSION},"size":0,"kind":"unknown","layers":[]}}`

interface Known {
  facts: Facts
  problem?: Problem
}

const encoder = new TextEncoder()
const decoder = new TextDecoder()
/** The text by itself: a slice keeps all of what it was cut from in memory. */
const copied = (text: string) => decoder.decode(encoder.encode(text))

/** Parses lines as parseRecord does, many times as fast where they repeat. */
export class RecordReader {
  readonly #known = new Map<string, Known>()
  #kept = 0

  /** Parses a line. Equal facts of lines are one object, as long as not too many differ. Throws a RecordError. */
  parse(text: string): AddressedRecord {
    const at = text.indexOf(FACTS_START)
    if (at === -1) return parseRecord(text)
    const tail = text.slice(at)
    const known = this.#known.get(tail)
    if (known === undefined) {
      const parsed = parseRecord(text)
      const { facts, problem } = parsed.record
      this.#keep(tail, problem === undefined ? { facts } : { facts, problem })
      return parsed
    }
    const head = parseHead(text.slice(0, at))
    return head === undefined ? parseRecord(text) : { image: head.image, record: joined(head.record, known) }
  }

  #keep(tail: string, known: Known): void {
    if (this.#kept > MAX_KEPT) {
      this.#known.clear()
      this.#kept = 0
    }
    this.#known.set(copied(tail), known)
    this.#kept += tail.length
  }
}

const joined = (
  { kind, container, remarks, digest }: ImageRecord,
  { facts, problem }: Known,
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
