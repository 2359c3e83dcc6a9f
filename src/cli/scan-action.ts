/**
 * What `scan` does.
 * @module
 */
import { type ScannedFile, scanFiles } from '../fleet/scan-files.ts'
import { ImageEntry } from '../report/scan/entry.ts'
import { jsonReport } from '../report/scan/json.ts'
import { ndjsonReport } from '../report/scan/ndjson.ts'
import type { Question } from '../report/scan/question.ts'
import type { ScanContext, ScanReport, ScanSummary } from '../report/scan/report.ts'
import { tableReport } from '../report/scan/table.ts'
import { type Found, walk } from '../source/walk.ts'
import { wantsColour } from './colour.ts'
import { EXIT_DONE, EXIT_FINDINGS, EXIT_INTERRUPTED } from './exit-codes.ts'
import { type Output, openOutput, parseOutputs } from './outputs.ts'
import { type Progress, startProgress } from './progress.ts'
import { targetQuestion } from './question.ts'
import { type ReadFlags, scanOptions } from './read-options.ts'
import type { Sink } from './sink.ts'
import type { TargetFlags } from './target-options.ts'
import { toolVersion } from './version.ts'

type Threshold = 'problem' | 'refuses' | 'uncertain' | 'never'

export interface ScanFlags extends ReadFlags, TargetFlags {
  output?: string[]
  failOn: Threshold
  everyFile: boolean
  progress: boolean
}

const FORMATS = { table: tableReport, json: jsonReport, ndjson: ndjsonReport } satisfies Record<
  string,
  (context: ScanContext) => ScanReport
>
type Format = keyof typeof FORMATS

/** Above this many files nobody waits for them to be counted. */
const COUNTED = 100_000

export async function scanAction(paths: string[], flags: ScanFlags): Promise<number> {
  const outputs = parseOutputs(flags.output ?? ['table'], Object.keys(FORMATS) as Format[])
  const question = targetQuestion(flags)
  const context: Omit<ScanContext, 'colour'> = { version: toolVersion(), roots: paths, ...question?.context }
  const writers = outputs.map(output => new Writer(output, context))
  const run = new Run(writers, question, flags.everyFile)
  const interrupt = () => run.interrupt()
  process.once('SIGINT', interrupt)
  const progress = await startProgress(countFiles(paths), flags.progress)
  try {
    await run.begin()
    for await (const file of scanFiles(walk(paths), scanOptions(flags))) {
      await run.take(file, progress)
      if (run.interrupted) break
    }
    progress.stop()
    await run.end()
  } finally {
    progress.stop()
    process.off('SIGINT', interrupt)
    for (const writer of writers) writer.sink.close()
  }
  if (run.interrupted) return EXIT_INTERRUPTED
  return run.reaches(flags.failOn) ? EXIT_FINDINGS : EXIT_DONE
}

/** How many files there are; undefined where counting would take long, and where nobody would see it. */
function countFiles(paths: string[]): number | undefined {
  if (!process.stderr.isTTY) return undefined
  let count = 0
  for (const _ of walk(paths)) {
    count++
    if (count > COUNTED) return undefined
  }
  return count
}

/** A report and where it goes. */
class Writer {
  readonly sink: Sink
  readonly report: ScanReport

  constructor(output: Output<Format>, context: Omit<ScanContext, 'colour'>) {
    this.sink = openOutput(output)
    const colour = output.file === undefined && wantsColour()
    this.report = FORMATS[output.format]({ ...context, colour })
  }
}

/** A run from its first image to its last. */
class Run {
  readonly #writers: readonly Writer[]
  readonly #question: Question | undefined
  readonly #everyFile: boolean
  readonly #summary: ScanSummary = { images: 0, problems: 0, notKernels: 0 }
  #refused = false
  #uncertain = false
  interrupted = false

  constructor(writers: readonly Writer[], question: Question | undefined, everyFile: boolean) {
    this.#writers = writers
    this.#question = question
    this.#everyFile = everyFile
  }

  interrupt(): void {
    this.interrupted = true
  }

  async begin(): Promise<void> {
    for (const { sink, report } of this.#writers) await sink.write(report.begin())
  }

  async take({ found, result }: ScannedFile, progress: Progress): Promise<void> {
    progress.advance(found.size)
    if (result.problem === 'not-a-kernel' && !this.#wants(found)) {
      this.#summary.notKernels++
      return
    }
    const entry = new ImageEntry(found.path, result.json)
    this.#summary.images++
    if (result.problem !== undefined) this.#summary.problems++
    if (this.#question !== undefined) {
      entry.judgements = this.#question.ask(entry.record.facts)
      this.#refused ||= entry.judgements.some(({ verdict }) => verdict === 'refuses')
      this.#uncertain ||= entry.judgements.some(({ verdict }) => verdict === 'uncertain')
    }
    progress.hide()
    for (const { sink, report } of this.#writers) await sink.write(report.image(entry))
  }

  async end(): Promise<void> {
    for (const { sink, report } of this.#writers) await sink.write(report.end(this.#summary))
  }

  /** A file that was named gets its record whatever it is; one that was met in a directory need not be a kernel. */
  #wants(found: Found): boolean {
    return found.named || this.#everyFile
  }

  reaches(threshold: Threshold): boolean {
    if (threshold === 'never') return false
    if (this.#summary.problems > 0) return true
    if (threshold === 'problem') return false
    return this.#refused || (threshold === 'uncertain' && this.#uncertain)
  }
}
