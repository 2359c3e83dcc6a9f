/**
 * Lines of records, as `scan -o ndjson` writes them, back to records.
 * @module
 */
import { isRecord } from '../document/tree.ts'
import { type ElfFacts, FACTS_VERSION } from '../facts/facts.ts'
import type { AddressedRecord, ImageRecord, ScannedRecord } from './type.ts'

const READ_VERSIONS: readonly number[] = [1, FACTS_VERSION]

/** Raised where a line is no record, or one of another version. `message` says what was found or expected. */
export class RecordError extends Error {
  override name = 'RecordError'
}

/** Parses a line. Throws a RecordError. */
export function parseRecord(text: string): AddressedRecord {
  const { image, record } = parseScanned(text)
  return { image, record }
}

/** Parses a line with its verdicts. Throws a RecordError. */
export function parseScanned(text: string): ScannedRecord {
  const data = parseJson(text)
  if (data === undefined) throw new RecordError('the line is no JSON')
  if (!isRecord(data) || typeof data.image !== 'string' || !isImageRecord(data)) {
    throw new RecordError('expected a line of `scan -o ndjson`')
  }
  const { image, kind, facts, problem, digest, container, remarks, verdicts } = data
  if (!READ_VERSIONS.includes(facts.version)) {
    throw new RecordError(
      `their version is ${facts.version}, expected ${READ_VERSIONS.join(' or ')}; scan again`,
    )
  }
  const record: ImageRecord = { kind, facts }
  if (problem !== undefined) record.problem = problem
  if (digest !== undefined) record.digest = digest
  if (container !== undefined) record.container = container
  if (remarks !== undefined) record.remarks = remarks
  return { image, record, ...(Array.isArray(verdicts) && { verdicts }) }
}

/** The address of the image that a line is about; undefined where the line is no record. */
export function addressOf(text: string): string | undefined {
  const data = parseJson(text)
  return isRecord(data) && typeof data.image === 'string' ? data.image : undefined
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Whether a line has the parts that every record has; what is in them was written by a scan, or by nobody we know. */
function isImageRecord(data: Record<string, unknown>): data is Record<string, unknown> & ImageRecord {
  const { kind, facts, problem, digest, container, remarks } = data
  const elf = isRecord(facts) ? facts.elf : undefined
  return (
    typeof kind === 'string' &&
    isRecord(facts) &&
    Array.isArray(facts.layers) &&
    facts.layers.every(isRecord) &&
    (elf === undefined || (isRecord(elf) && ELF_LISTS.every(name => isListOfRecords(elf[name])))) &&
    (problem === undefined || (isRecord(problem) && typeof problem.message === 'string')) &&
    (digest === undefined || typeof digest === 'string') &&
    (container === undefined || isListOfRecords(container)) &&
    (remarks === undefined || (Array.isArray(remarks) && remarks.every(remark => typeof remark === 'string')))
  )
}

const ELF_LISTS = ['segments', 'walks', 'notes'] satisfies (keyof ElfFacts)[]

const isListOfRecords = (value: unknown) => Array.isArray(value) && value.every(isRecord)
