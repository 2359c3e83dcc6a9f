/**
 * CSV as records with lines. An unclosed quote would swallow all that follows: so the lines are first put
 * together to records by their quotes, and of a lot of records that does not parse, each half is tried again.
 * @module
 */
import Papa from 'papaparse'

export interface CsvRecord {
  /** The line at which it starts, from 1. */
  line: number
  fields: string[]
}

export interface CsvHeader extends CsvRecord {
  delimiter: string
  /** The line after it. */
  next: number
}

/** So many lines may a quoted field have; a quote that is open for longer was never closed. */
const MAX_RECORD_LINES = 50
const DELIMITERS = [',', ';', '\t', '|']

/** Physical lines that make up one record. */
interface Piece {
  line: number
  text: string
}

/** The header: the first line that is not blank, with the delimiter that divides it into most fields. */
export function firstRecord(lines: readonly string[]): CsvHeader | undefined {
  const start = lines.findIndex(line => line.trim() !== '')
  if (start === -1) return undefined
  const { piece, next } = pieceAt(lines, start)
  let best: CsvHeader | undefined
  for (const delimiter of DELIMITERS) {
    const fields = parseAll([piece], delimiter).records[0]?.fields ?? []
    if (fields.length > (best?.fields.length ?? 1))
      best = { line: start + 1, fields, delimiter, next: next + 1 }
  }
  return best
}

/** All records after the header, and the lines that are not records. */
export function csvRecords(
  lines: readonly string[],
  header: CsvHeader,
): { records: CsvRecord[]; broken: { line: number; message: string }[] } {
  const pieces: Piece[] = []
  for (let at = header.next - 1; at < lines.length; ) {
    const { piece, next } = pieceAt(lines, at)
    if (piece.text.trim() !== '') pieces.push(piece)
    at = next
  }
  return parseAll(pieces, header.delimiter)
}

/** The lines from `start` up to where no quote is open any more; the one line alone where there is no such end. */
function pieceAt(lines: readonly string[], start: number): { piece: Piece; next: number } {
  let open = false
  for (let at = start; at < Math.min(lines.length, start + MAX_RECORD_LINES); at++) {
    if ((lines[at]!.match(/"/g)?.length ?? 0) % 2 === 1) open = !open
    if (!open)
      return { piece: { line: start + 1, text: lines.slice(start, at + 1).join('\n') }, next: at + 1 }
  }
  return { piece: { line: start + 1, text: lines[start]! }, next: start + 1 }
}

function parseAll(
  pieces: readonly Piece[],
  delimiter: string,
): { records: CsvRecord[]; broken: { line: number; message: string }[] } {
  const records: CsvRecord[] = []
  const broken: { line: number; message: string }[] = []
  const take = (from: number, to: number) => {
    const part = pieces.slice(from, to)
    const parsed = parseOnce(part, delimiter)
    if (Array.isArray(parsed)) {
      for (const record of parsed) records.push(record)
      return
    }
    const half = (from + to) >> 1
    // Several lines that only together are no record: the first one left its quote open.
    const single = part.length === 1 && part[0]!.text.includes('\n') ? alone(part[0]!) : undefined
    if (single) {
      const rest = parseAll(single, delimiter)
      for (const record of rest.records) records.push(record)
      for (const line of rest.broken) broken.push(line)
    } else if (part.length === 1) broken.push({ line: part[0]!.line, message: parsed })
    else {
      take(from, half)
      take(half, to)
    }
  }
  if (pieces.length > 0) take(0, pieces.length)
  return { records, broken }
}

/** The lines of a piece one by one. */
function alone({ line, text }: Piece): Piece[] {
  return text
    .split('\n')
    .map((one, index) => ({ line: line + index, text: one }))
    .filter(piece => piece.text.trim() !== '')
}

/** The records of the pieces, or what is wrong with them. */
function parseOnce(pieces: readonly Piece[], delimiter: string): CsvRecord[] | string {
  const text = pieces.map(piece => piece.text).join('\n')
  const { data, errors } = Papa.parse<string[]>(text, { delimiter, newline: '\n' })
  if (errors[0]?.code === 'InvalidQuotes') return 'text after a closing quote'
  if (errors.length > 0 || data.length !== pieces.length) return 'a quote that is never closed'
  return data.map((fields, index) => ({ line: pieces[index]!.line, fields }))
}
