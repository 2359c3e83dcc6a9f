/**
 * Documents that this tool has written: which kind of one a file is, by its first members.
 * @module
 */
import { JsonItemsError, jsonItems } from '../document/json-items.ts'
import { ReportError } from '../findings/earlier/read.ts'
import { documentChunks } from './read-report-file.ts'
import { UsageError } from './usage-error.ts'

/** `facts` are lines of `scan -o ndjson`, `scan` is the document of `scan -o json`. Nothing at all may be a scan without images. */
export type DocumentKind = 'report' | 'facts' | 'scan' | 'empty'

export interface OpenDocument {
  file: string
  kind: DocumentKind
  /** All of its bytes, to be read once: a pipe gives them once. */
  chunks: Iterable<Buffer>
}

/** Members that tell a kind. Others, such as the version, come first in several of them. */
const TELLING: Readonly<Record<string, DocumentKind>> = {
  image: 'facts',
  facts: 'facts',
  images: 'scan',
  kind: 'report',
  created: 'report',
  counts: 'report',
  kernels: 'report',
  cells: 'report',
}
const LISTS = new Set(['builds', 'images'])

/** So many bytes are read for it; what is not told by them is read as a report, which says what is wrong. */
const MOST = 2 ** 20

/** Throws a UsageError where the system cannot read the file, or it is UTF-16. */
export function openDocument(file: string): OpenDocument {
  const rest = documentChunks(file)
  const seen: Buffer[] = []
  try {
    const kind = kindOf(recorded(rest, seen))
    return { file, kind: kind ?? (isBlank(seen) ? 'empty' : 'report'), chunks: joined(seen, rest) }
  } catch (error) {
    if (!(error instanceof ReportError)) throw error
    throw new UsageError(`Cannot read the report ${file}: ${error.message}`)
  }
}

function kindOf(chunks: Iterable<Buffer>): DocumentKind | undefined {
  try {
    for (const { member } of jsonItems(chunks, LISTS)) {
      const kind = TELLING[member]
      if (kind !== undefined) return kind
    }
  } catch (error) {
    if (!(error instanceof JsonItemsError)) throw error
  }
  return undefined
}

/** The first chunks, which are kept: the next one lies where they did. */
function* recorded(chunks: Generator<Buffer>, seen: Buffer[]): Generator<Buffer> {
  for (let size = 0; size < MOST; ) {
    const { done, value } = chunks.next()
    if (done === true) return
    const chunk = Buffer.from(value)
    seen.push(chunk)
    size += chunk.length
    yield chunk
  }
}

const isBlank = (chunks: readonly Buffer[]) => chunks.every(chunk => chunk.toString('latin1').trim() === '')

function* joined(seen: readonly Buffer[], rest: Iterable<Buffer>): Generator<Buffer> {
  yield* seen
  yield* rest
}
