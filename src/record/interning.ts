/**
 * Lines of records whose images are mostly copies of few kernels: equal facts are parsed once, and are one object.
 * @module
 */
import { FACTS_VERSION, type Facts } from '../facts/facts.ts'
import type { Problem } from '../problem.ts'
import { parseRecord, parseScanned } from './parse.ts'
import type { AddressedRecord, ImageRecord, ScannedRecord } from './type.ts'

/** How the part of a line starts that is the same for all copies of a kernel. No JSON string has it in it. */
const FACTS_START = ',"facts":{'
/** Characters of lines that are kept to be compared with. */
const MAX_KEPT = 64 * 2 ** 20

/** The end of a line with the least facts that there are. */
const NO_FACTS = `${FACTS_START}"version":${FACTS_VERSION},"size":0,"kind":"unknown","layers":[]}}`

interface Known {
  facts: Facts
  problem?: Problem
  verdicts?: readonly unknown[]
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
    const { image, record } = this.parseScanned(text)
    return { image, record }
  }

  /** Parses a line with its verdicts, which are one object where the facts are. Throws a RecordError. */
  parseScanned(text: string): ScannedRecord {
    const at = text.indexOf(FACTS_START)
    if (at === -1) return parseScanned(text)
    const tail = text.slice(at)
    const known = this.#known.get(tail)
    if (known === undefined) {
      const parsed = parseScanned(text)
      const { record, verdicts } = parsed
      const { facts, problem } = record
      this.#keep(tail, {
        facts,
        ...(problem !== undefined && { problem }),
        ...(verdicts !== undefined && { verdicts }),
      })
      return parsed
    }
    const head = parseHead(text.slice(0, at))
    if (head === undefined) return parseScanned(text)
    const { image, record } = head
    return {
      ...{ image, record: joined(record, known) },
      ...(known.verdicts !== undefined && { verdicts: known.verdicts }),
    }
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
