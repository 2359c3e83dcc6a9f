/**
 * Earlier reports: files that `-o json` of audit and upgrade wrote.
 * @module
 */
import { ReportError, readReport } from '../findings/earlier/read.ts'
import type { EarlierReport } from '../findings/earlier/type.ts'
import { fileChunks, utf16Reason } from '../source/node/file-chunks.ts'
import { systemReason } from '../source/node/system-problem.ts'
import { UsageError } from './usage-error.ts'

/**
 * Reads a report piece by piece; `chunks` are its bytes, where they were begun to be read. Throws a UsageError that says
 * what is wrong with it, and where.
 */
export function readReportFile(
  file: string,
  what = 'report',
  chunks: Iterable<Uint8Array> = documentChunks(file),
): EarlierReport {
  try {
    return readReport(chunks, file)
  } catch (error) {
    if (!(error instanceof ReportError)) throw error
    throw new UsageError(`Cannot read the ${what} ${file}: ${error.message}`)
  }
}

/** The bytes of a JSON document. Throws a ReportError with what the system says, and for UTF-16. */
export function* documentChunks(file: string): Generator<Buffer> {
  const chunks = fileChunks(file)
  try {
    for (let isStart = true; ; isStart = false) {
      const { done, value } = nextOf(chunks)
      if (done === true) return
      const reason = isStart ? utf16Reason(value) : undefined
      if (reason !== undefined) throw new ReportError(reason)
      yield value
    }
  } finally {
    chunks.return(undefined)
  }
}

function nextOf(chunks: Generator<Buffer>): IteratorResult<Buffer> {
  try {
    return chunks.next()
  } catch (error) {
    throw new ReportError(`the system says ${systemReason(error)}`)
  }
}
