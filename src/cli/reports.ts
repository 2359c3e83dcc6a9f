/**
 * Reports that are written when all is known: they are opened before any work is done, all or none.
 * @module
 */
import type { AuditReportOptions } from '../report/audit/report.ts'
import { type Output, openOutput, styleOf, type TEMPLATE } from './outputs.ts'
import { readTextFile } from './read-text-file.ts'
import type { Sink } from './sink.ts'
import { UsageError } from './usage-error.ts'

/** A format of a document: text, or text in pieces where it may be long. */
export type ReportFormat<Document> = (
  document: Document,
  options: AuditReportOptions,
) => string | Iterable<string>

interface OpenOutput<Format extends string> {
  output: Output<Format>
  sink: Sink
  /** Of a template. */
  report: ((document: object) => string) | undefined
}

/** The library of templates is loaded where there is one. */
async function loadTemplate(file: string): Promise<(document: object) => string> {
  const { TemplateError, templateReport } = await import('../report/template.ts')
  const checked = <T>(action: () => T): T => {
    try {
      return action()
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error
      throw new UsageError(`Cannot use the template ${file}: ${error.message}`)
    }
  }
  let text: string
  try {
    text = readTextFile(file)
  } catch (error) {
    throw new UsageError(`Cannot read the template ${file}: ${(error as Error).message}`)
  }
  const report = checked(() => templateReport(text, file))
  return document => checked(() => report(document))
}

/** Where each format goes. */
export class Reports<Format extends string> {
  readonly #open: OpenOutput<Format>[] = []

  /**
   * @param inputs The files that are read, which no report may take the place of. Throws a UsageError, for a template with
   * a fault too.
   */
  static async open<Format extends string>(
    outputs: readonly Output<Format>[],
    inputs: (output: Output<Format>) => readonly string[],
  ): Promise<Reports<Format>> {
    const reports = new Reports<Format>()
    try {
      for (const output of outputs) {
        const { template } = output
        const files = template === undefined ? inputs(output) : [...inputs(output), template]
        const report = template === undefined ? undefined : await loadTemplate(template)
        reports.#open.push({ output, sink: openOutput(output, files), report })
      }
      return reports
    } catch (error) {
      reports.discard()
      throw error
    }
  }

  /** Leaves the files as they were. */
  discard(): void {
    for (const { sink } of this.#open) sink.end('failed')
  }

  /** @param all True where no list is to be cut. */
  async write<Document extends object>(
    document: Document,
    formatOf: (format: Exclude<Format, typeof TEMPLATE>) => ReportFormat<Document>,
    all: boolean,
  ): Promise<void> {
    for (const { output, sink, report } of this.#open) {
      if (report !== undefined) {
        await sink.write(report(document))
        continue
      }
      const text = formatOf(output.format as Exclude<Format, typeof TEMPLATE>)(document, {
        ...styleOf(output),
        all,
      })
      for (const piece of typeof text === 'string' ? [text] : text) await sink.write(piece)
    }
    for (const { sink } of this.#open) sink.end('whole')
  }
}
