/**
 * Reports that are written when all is known: they are opened before any work is done, all or none.
 * @module
 */
import type { AuditReportOptions } from '../report/audit/report.ts'
import { type Output, openOutput, widthOf } from './outputs.ts'
import { wantsColour } from './screen.ts'
import type { Sink } from './sink.ts'

/** A format of a document: text, or text in pieces where it may be long. */
export type ReportFormat<Document> = (
  document: Document,
  options: AuditReportOptions,
) => string | Iterable<string>

interface OpenOutput<Format extends string> {
  output: Output<Format>
  sink: Sink
}

/** Where each format goes. */
export class Reports<Format extends string> {
  readonly #open: OpenOutput<Format>[] = []

  /** @param inputs The files that are read, which no report may take the place of. Throws a UsageError. */
  constructor(outputs: readonly Output<Format>[], inputs: (output: Output<Format>) => readonly string[]) {
    try {
      for (const output of outputs) this.#open.push({ output, sink: openOutput(output, inputs(output)) })
    } catch (error) {
      this.discard()
      throw error
    }
  }

  /** Leaves the files as they were. */
  discard(): void {
    for (const { sink } of this.#open) sink.end('failed')
  }

  /** @param all True where no list is to be cut. */
  async write<Document>(
    document: Document,
    formatOf: (format: Format) => ReportFormat<Document>,
    all: boolean,
  ): Promise<void> {
    for (const { output, sink } of this.#open) {
      const colour = output.file === undefined && wantsColour()
      const text = formatOf(output.format)(document, { colour, width: widthOf(output), all })
      for (const piece of typeof text === 'string' ? [text] : text) await sink.write(piece)
    }
    for (const { sink } of this.#open) sink.end('whole')
  }
}
