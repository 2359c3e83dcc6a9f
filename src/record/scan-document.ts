/**
 * The document that `scan -o json` writes, image by image.
 * @module
 */
import { JsonItemsError, jsonItems } from '../document/json-items.ts'
import { isRecord } from '../document/tree.ts'
import { shown } from '../document/validate.ts'
import { RecordReader } from './interning.ts'
import { RecordError } from './parse.ts'
import type { ScannedRecord } from './type.ts'

/** The version of the document, raised by every incompatible change. */
export const SCAN_VERSION = 1

/** Raised for what no scan has written. The message completes `Cannot read the scan scan.json: `. */
export class ScanDocumentError extends Error {
  override name = 'ScanDocumentError'
}

export interface ScanDocument {
  /** The program and its version. */
  tool?: string
}

/** An image and the line of the document where it starts. */
export interface PlacedRecord {
  scanned: ScannedRecord
  line: number
}

const LISTS = new Set(['images', 'builds'])

/**
 * Yields the images of the document that `chunks` are the text of, one at a time in memory, and returns what it says of
 * itself. Throws a ScanDocumentError with line and member, also where its counts are not those of its images.
 */
export function* scanDocument(chunks: Iterable<Uint8Array>): Generator<PlacedRecord, ScanDocument> {
  const found: ScanDocument = {}
  const reader = new RecordReader()
  let images = 0
  let counted: { images: unknown; line: number } | undefined
  try {
    for (const { member, index, value, line } of jsonItems(chunks, LISTS)) {
      if (member === 'version' && value !== SCAN_VERSION) {
        throw wrong(line, 'version', `version ${SCAN_VERSION} of the document`, value)
      }
      if (member === 'tool' && typeof value === 'string') found.tool = value
      if (member === 'images' && index !== undefined) {
        yield { scanned: imageOf(reader, value, index, line), line }
        images++
      }
      if (member === 'summary') counted = { images: isRecord(value) ? value.images : undefined, line }
    }
  } catch (error) {
    if (error instanceof JsonItemsError) throw new ScanDocumentError(error.message)
    throw error
  }
  if (counted === undefined)
    throw new ScanDocumentError('expected what `scan -o json` writes, found no summary')
  if (counted.images !== images) {
    const { line } = counted
    throw new ScanDocumentError(
      `line ${line}: summary.images: expected ${images}, the number of its images, found ${shown(counted.images)}; the file was changed after it was written`,
    )
  }
  return found
}

const wrong = (line: number, field: string, expected: string, value: unknown) =>
  new ScanDocumentError(`line ${line}: ${field}: expected ${expected}, found ${shown(value)}`)

/** As text once more, images share their facts as lines do. */
function imageOf(reader: RecordReader, value: unknown, index: number, line: number): ScannedRecord {
  try {
    return reader.parseScanned(JSON.stringify(value))
  } catch (error) {
    if (!(error instanceof RecordError)) throw error
    throw new ScanDocumentError(`line ${line}: images[${index}]: ${error.message}`)
  }
}
