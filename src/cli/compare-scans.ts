/**
 * Two scans, read image by image and compared.
 * @module
 */
import { ReportError } from '../findings/earlier/read.ts'
import { ScanComparison, type Side } from '../findings/scan-diff/compare.ts'
import type { ScanDiff } from '../findings/scan-diff/model.ts'
import { ScannedVerdictError } from '../findings/scan-diff/verdicts.ts'
import { factsLines } from '../fleet/facts-file.ts'
import { FactsReader } from '../fleet/facts-reader.ts'
import { RecordError } from '../record/parse.ts'
import {
  type PlacedRecord,
  type ScanDocument,
  ScanDocumentError,
  scanDocument,
} from '../record/scan-document.ts'
import { recordCheck } from './facts-fault.ts'
import type { OpenDocument } from './open-document.ts'
import { UsageError } from './usage-error.ts'

export interface ComparedScans {
  diff: ScanDiff
  /** True where the new scan has verdicts. */
  hasVerdicts: boolean
}

/** Throws a UsageError that says what is wrong with a file, and where. */
export function compareScans(
  old: OpenDocument,
  now: OpenDocument,
  about: { tool: string; created: string },
): ComparedScans {
  const comparison = new ScanComparison()
  const before = addScan(comparison, 'old', old)
  const after = addScan(comparison, 'new', now)
  const diff = comparison.found({
    ...about,
    old: { file: old.file, ...before },
    new: { file: now.file, ...after },
  })
  return { diff, hasVerdicts: comparison.hasVerdicts('new') }
}

/** Facts that many images share are checked once. */
function addScan(comparison: ScanComparison, side: Side, { file, kind, chunks }: OpenDocument): ScanDocument {
  const images = kind === 'scan' ? scanDocument(chunks) : linesOf(file, chunks)
  const check = recordCheck()
  const checked = new WeakSet<object>()
  let line = 1
  try {
    for (;;) {
      const next = images.next()
      if (next.done) return next.value
      const { scanned } = next.value
      line = next.value.line
      const { image, record } = scanned
      if (!checked.has(record.facts)) {
        const fault = check({ image, ...record })
        if (fault !== undefined) throw new ScanDocumentError(`line ${line}: ${fault}`)
        checked.add(record.facts)
      }
      comparison.add(side, scanned)
    }
  } catch (error) {
    const isPlaced = error instanceof ScanDocumentError || error instanceof ReportError
    if (isPlaced) throw new UsageError(`Cannot read the scan ${file}: ${error.message}`)
    if (error instanceof ScannedVerdictError) {
      throw new UsageError(`Cannot read the scan ${file}: line ${line}: ${error.message}`)
    }
    throw error
  }
}

function* linesOf(file: string, chunks: Iterable<Buffer>): Generator<PlacedRecord, ScanDocument> {
  const reader = new FactsReader()
  for (const { bytes, line } of factsLines(file, chunks)) {
    try {
      yield { scanned: reader.parseScanned(bytes), line }
    } catch (error) {
      if (!(error instanceof RecordError)) throw error
      throw new ScanDocumentError(`line ${line}: ${error.message}`)
    }
  }
  return {}
}
