/**
 * What a scan does with each record on its way: it is judged, counted and written to every report.
 * @module
 */
import type { Facts } from '../facts/facts.ts'
import type { KernelFilter } from '../findings/kernel-filter.ts'
import type { Question } from '../findings/question.ts'
import type { ScanPolicy } from '../findings/scan-policy.ts'
import type { ScannedFile } from '../fleet/scan-files.ts'
import { imageAddress } from '../record/key.ts'
import { isNoKernel, type RecordText } from '../record/write.ts'
import type { AuditFormatName } from '../report/audit/formats.ts'
import { ImageEntry } from '../report/scan/entry.ts'
import { jsonReport } from '../report/scan/json.ts'
import { ndjsonReport } from '../report/scan/ndjson.ts'
import type { ScanContext, ScanReport, ScanSummary } from '../report/scan/report.ts'
import type { Found } from '../source/source.ts'
import type { LoaderSpan } from '../xen/boot-path/ask.ts'
import { type Output, openOutput, styleOf } from './outputs.ts'
import type { Progress } from './progress.ts'
import type { Sink } from './sink.ts'

/** A format of audits. */
async function audited(name: AuditFormatName): Promise<(context: ScanContext) => ScanReport> {
  const { auditFormats } = await import('../report/audit/formats.ts')
  return (await import('../report/scan/audited.ts')).auditedReport(auditFormats[name])
}

/** Formats of audits: they tell verdicts, and have nothing to tell where nobody is asked. */
export const OF_AUDITS: readonly Format[] = [
  'csv',
  'markdown',
  'sarif',
  'junit',
  'codequality',
  'prometheus',
  'html',
]

/** Loaded where they are asked for: tables know of releases and causes, which facts alone do not need. */
export const FORMATS = {
  table: async () => (await import('../report/scan/table.ts')).tableReport,
  json: async () => jsonReport,
  ndjson: async () => ndjsonReport,
  csv: () => audited('csv'),
  markdown: () => audited('markdown'),
  sarif: () => audited('sarif'),
  junit: () => audited('junit'),
  codequality: () => audited('codequality'),
  prometheus: () => audited('prometheus'),
  html: async () => {
    const { htmlReport } = await import('../report/html/html.ts')
    return (await import('../report/scan/audited.ts')).auditedReport(htmlReport)
  },
} satisfies Record<string, () => Promise<(context: ScanContext) => ScanReport>>
export type Format = keyof typeof FORMATS

/** Asks the loaders of `--boot`. */
export type AskLoaders = (facts: Facts) => LoaderSpan[]

/** Characters of a report that are written at once. */
const FULL = 256 * 1024

/** A report and where it goes. */
export class Writer {
  readonly #sink: Sink
  readonly report: ScanReport
  #text = ''
  /** Set where it could not be written: what others say is still brought to its end. */
  isBroken = false

  constructor(
    output: Output<Format>,
    format: (context: ScanContext) => ScanReport,
    context: Omit<ScanContext, 'colour' | 'width'>,
    inputs: readonly string[],
  ) {
    this.#sink = openOutput(output, inputs)
    this.report = format({ ...context, ...styleOf(output) })
  }

  add(text: string): void {
    this.#text += text
  }

  /** True when so much was added that it should be written before more is. */
  get isFull(): boolean {
    return this.#text.length >= FULL
  }

  async end(summary: ScanSummary): Promise<void> {
    try {
      if (!this.isBroken) {
        const end = this.report.end(summary)
        for (const piece of typeof end === 'string' ? [end] : end) {
          this.add(piece)
          if (this.isFull) await this.flush()
        }
        await this.flush()
      }
    } finally {
      this.#sink.end(this.isBroken ? 'failed' : summary.stopped ? 'stopped' : 'whole')
    }
  }

  /** Writes what was added. */
  async flush(): Promise<void> {
    const text = this.#text
    this.#text = ''
    try {
      await this.#sink.write(text)
    } catch (error) {
      this.isBroken = true
      throw error
    }
  }
}

/** A run from its first image to its last. */
export class ScanRun {
  readonly #writers: readonly Writer[]
  readonly #question: Question | undefined
  readonly #loaders: AskLoaders | undefined
  readonly #everyFile: boolean
  readonly #summary: ScanSummary = { images: 0, problems: 0, notKernels: 0 }
  readonly #policy: ScanPolicy
  readonly #chooses: KernelFilter | undefined
  /** True where an image makes the scan fail. */
  fails = false

  constructor(
    writers: readonly Writer[],
    question: Question | undefined,
    loaders: AskLoaders | undefined,
    everyFile: boolean,
    policy: ScanPolicy,
    chooses?: KernelFilter,
  ) {
    this.#policy = policy
    this.#chooses = chooses
    this.#writers = writers
    this.#question = question
    this.#loaders = loaders
    this.#everyFile = everyFile
  }

  /** The scan ended before its last image. */
  stop(): void {
    this.#summary.stopped = true
  }

  async begin(): Promise<void> {
    for (const writer of this.#writers) {
      writer.add(writer.report.begin())
      await writer.flush()
    }
  }

  /** What is passed on together is written together: a system call a record would be a tenth of the whole. */
  async takeAll(files: readonly ScannedFile[], progress: Progress): Promise<void> {
    for (const file of files) {
      this.#take(file, progress)
      if (this.#writers.some(writer => writer.isFull)) await this.#flush()
    }
    await this.#flush()
  }

  async #flush(): Promise<void> {
    for (const writer of this.#writers) await writer.flush()
  }

  #take({ found, result }: ScannedFile, progress: Progress): void {
    progress.advance(found.size)
    for (const record of result.records) this.#takeRecord(found, record)
  }

  #takeRecord(found: Found, text: RecordText): void {
    const { json, problem, inside } = text
    if (isNoKernel(text) && !this.#wants(found)) {
      this.#summary.notKernels++
      return
    }
    const entry = new ImageEntry(imageAddress(found.address, inside), json)
    if (this.#chooses !== undefined && !this.#chooses(entry.record.facts, entry.record.problem)) {
      this.#summary.notSelected = (this.#summary.notSelected ?? 0) + 1
      return
    }
    this.#summary.images++
    if (problem !== undefined) this.#summary.problems++
    if (this.#question !== undefined) {
      entry.judgements = this.#question.ask(entry.record.facts, entry.record.problem)
    }
    if (this.#loaders !== undefined) {
      entry.loaders = this.#loaders(entry.record.facts)
      this.fails ||= entry.loaders.some(
        ({ verdict }) => verdict !== 'not-asked' && this.#policy.reaches({ verdict }),
      )
    }
    this.fails ||= this.#policy.fails(entry.image, problem, entry.judgements)
    for (const writer of this.#writers) writer.add(writer.report.image(entry))
  }

  /** Brings every report to its end that can be; throws then what the first of the others has thrown. */
  async end(): Promise<void> {
    const errors: unknown[] = []
    for (const writer of this.#writers) {
      try {
        await writer.end(this.#summary)
      } catch (error) {
        errors.push(error)
      }
    }
    if (errors.length > 0) throw errors[0]
  }

  /** A file that was named gets its record whatever it is; one that was met in a directory need not be a kernel. */
  #wants(found: Found): boolean {
    return found.named || this.#everyFile
  }
}
