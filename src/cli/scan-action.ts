/**
 * What `scan` does.
 * @module
 */
import { FACTS_VERSION, type Facts } from '../facts/facts.ts'
import { type FailOn, NEVER } from '../findings/fail-on.ts'
import { livingRules } from '../findings/ignore.ts'
import type { Question } from '../findings/question.ts'
import { ScanPolicy } from '../findings/scan-policy.ts'
import { Journal } from '../fleet/journal.ts'
import { type ScannedFile, type ScanOptions, scanFiles } from '../fleet/scan-files.ts'
import { type Shard, shardFilter } from '../fleet/shard.ts'
import type { Config } from '../policy/config.ts'
import { imageAddress } from '../record/key.ts'
import type { RecordText } from '../record/write.ts'
import { ImageEntry } from '../report/scan/entry.ts'
import { jsonReport } from '../report/scan/json.ts'
import { ndjsonReport } from '../report/scan/ndjson.ts'
import type { ScanContext, ScanReport, ScanSummary } from '../report/scan/report.ts'
import { tableReport } from '../report/scan/table.ts'
import type { Found } from '../source/source.ts'
import { DEFAULT_LIMITS } from '../unwrap/limits.ts'
import type { LoaderSpan } from '../xen/boot-path/ask.ts'
import type { BootPath } from '../xen/boot-path/boot-path.ts'
import { timeOfReport } from './clock.ts'
import { wantsColour } from './colour.ts'
import { onStop } from './ending.ts'
import { EXIT_DONE, EXIT_FINDINGS } from './exit-codes.ts'
import { filesBelow, isNoKernel } from './files-below.ts'
import { keepHeapLean } from './lean-heap.ts'
import { type ConfigFlag, loadConfig } from './load-config.ts'
import { type Output, openOutput, parseOutputs, widthOf } from './outputs.ts'
import { type Progress, startProgress } from './progress.ts'
import type { Asked } from './question.ts'
import { type ReadFlags, scanOptions } from './read-options.ts'
import type { Sink } from './sink.ts'
import type { TargetFlags } from './target-options.ts'
import { UsageError } from './usage-error.ts'
import { toolVersion } from './version.ts'

type Threshold = 'problem' | 'refuses' | 'uncertain' | 'never'

/** The severity of each; what could not be read fails all but `never`. */
const FAIL_ON: Readonly<Record<Threshold, FailOn>> = {
  problem: { causes: [] },
  refuses: { severity: 'refuses', causes: [] },
  uncertain: { severity: 'uncertain', causes: [] },
  never: NEVER,
}

export interface ScanFlags extends ReadFlags, TargetFlags {
  boot?: BootPath[]
  output?: string[]
  failOn?: Threshold
  config?: ConfigFlag
  everyFile: boolean
  journal?: string
  shard?: Shard
  progress: boolean
}

const FORMATS = { table: tableReport, json: jsonReport, ndjson: ndjsonReport } satisfies Record<
  string,
  (context: ScanContext) => ScanReport
>
type Format = keyof typeof FORMATS

/** A report that nobody reads on, say, cannot be ended; nobody waits longer for it than this after Ctrl-C, in milliseconds. */
const MAX_END_MS = 900
/** Characters of a report that are written at once. */
const FULL = 256 * 1024
/** Above this many files nobody waits for them to be counted. */
const COUNTED = 100_000
/** So much of a time is its day. */
const DAY = 'YYYY-MM-DD'.length

export async function scanAction(paths: string[], flags: ScanFlags): Promise<number> {
  const outputs = parseOutputs(flags.output ?? ['table'], Object.keys(FORMATS) as Format[])
  const config = loadConfig(flags.config)
  checkQuestion(configured(flags, config))
  const failOn = flags.failOn === undefined ? (config.failOn ?? FAIL_ON.problem) : FAIL_ON[flags.failOn]
  const { question, problems } = await ask(configured(flags, config))
  const options = scanOptions(flags)
  const journal = flags.journal === undefined ? undefined : openJournal(flags.journal, options)
  const { modes, columns } = question ?? {}
  const context: Omit<ScanContext, 'colour' | 'width'> = {
    version: toolVersion(),
    roots: paths,
    ...(modes !== undefined && { modes }),
    ...(columns !== undefined && { columns }),
  }
  const inputs = [
    ...paths,
    ...(flags.inventory ?? []),
    ...(flags.journal === undefined ? [] : [flags.journal]),
  ]
  const writers = outputs.map(output => new Writer(output, context, inputs))
  const policy = new ScanPolicy(failOn, livingRules(config.ignore, timeOfReport().slice(0, DAY)))
  const run = new Run(writers, question, await loaders(flags), flags.everyFile, policy)
  const interruption = onInterrupt()
  const letHeapGrow = keepHeapLean()
  const progress = await startProgress(() => countFiles(paths), flags.progress)
  try {
    await run.begin()
    const files = scanFiles(filesBelow(paths), {
      ...options,
      signal: interruption.signal,
      ...(journal !== undefined && { journal }),
      ...(flags.shard !== undefined && { takes: shardFilter(flags.shard) }),
    })
    for await (const batch of files) await run.takeAll(batch, progress)
  } catch (error) {
    run.stop()
    throw error
  } finally {
    progress.stop()
    letHeapGrow()
    if (interruption.signal.aborted) run.stop()
    try {
      await run.end()
    } finally {
      interruption.forget()
      journal?.close()
    }
  }
  if (interruption.exitCode !== undefined) return interruption.exitCode
  if (failOn === NEVER) return EXIT_DONE
  return (await fails(problems)) || run.fails ? EXIT_FINDINGS : EXIT_DONE
}

/** What the configuration says where the command line says nothing. */
function configured(flags: ScanFlags, { inventory, modes }: Config): ScanFlags {
  const files = flags.xen === undefined ? (flags.inventory ?? inventory) : undefined
  const isAsked = flags.xen !== undefined || files !== undefined
  const mode = flags.mode ?? (isAsked ? modes : undefined)
  return {
    ...flags,
    ...(files !== undefined && { inventory: files }),
    ...(mode !== undefined && { mode }),
  }
}

/** What knows of releases and inventories is loaded where it is asked: it takes as long as a small scan. */
async function ask(flags: TargetFlags): Promise<Asked> {
  if (flags.xen === undefined && flags.inventory === undefined) return { problems: [] }
  const { targetQuestion } = await import('./question.ts')
  return targetQuestion(flags)
}

/** What asks the loaders of --boot. */
async function loaders({ boot }: ScanFlags): Promise<AskLoaders | undefined> {
  if (boot === undefined) return undefined
  const { askBootPath } = await import('../xen/boot-path/ask.ts')
  return facts => boot.flatMap(path => askBootPath(facts, path))
}

type AskLoaders = (facts: Facts) => LoaderSpan[]

async function fails(problems: Asked['problems']): Promise<boolean> {
  if (problems.length === 0) return false
  const { inventoryFails } = await import('./load-inventory.ts')
  return inventoryFails(problems)
}

/** A threshold that nothing can reach would let everything pass, and nobody misses verdicts that were asked for in vain. */
function checkQuestion({ boot, failOn, xen, inventory, mode, map }: ScanFlags): void {
  if (map !== undefined && inventory === undefined) {
    throw new UsageError('Cannot use --map: it is about the columns of an --inventory')
  }
  if (xen !== undefined || inventory !== undefined) return
  if (boot !== undefined && mode === undefined) return
  const nobody = 'no hypervisor is asked, give --xen or --inventory'
  if (mode !== undefined) throw new UsageError(`Cannot use --mode: ${nobody}`)
  if (failOn === 'refuses' || failOn === 'uncertain')
    throw new UsageError(`Cannot fail on ${failOn}: ${nobody}`)
}

/** What a record depends on, beside the image: engines and workers are all the same to it. */
function openJournal(path: string, { read }: ScanOptions): Journal {
  const { window, output } = { ...DEFAULT_LIMITS, ...read.limits }
  return new Journal(path, {
    tool: toolVersion(),
    facts: FACTS_VERSION,
    verify: read.verify ?? false,
    digest: read.digest ?? false,
    window,
    output,
    containers: JSON.stringify(read.containers),
  })
}

/** Ends with what is done on the first Ctrl-C or SIGTERM, and in any case within a second; the second one ends at once. */
function onInterrupt() {
  const controller = new AbortController()
  let exitCode: number | undefined
  const forget = onStop(due => {
    if (exitCode !== undefined) process.exit(exitCode)
    exitCode = due
    controller.abort()
    setTimeout(() => process.exit(due), MAX_END_MS).unref()
  })
  return {
    signal: controller.signal,
    forget,
    get exitCode() {
      return exitCode
    },
  }
}

/** How many files there are; undefined where counting would take long. */
function countFiles(paths: string[]): number | undefined {
  let count = 0
  for (const _ of filesBelow(paths)) {
    count++
    if (count > COUNTED) return undefined
  }
  return count
}

/** A report and where it goes. */
class Writer {
  readonly #sink: Sink
  readonly report: ScanReport
  #text = ''
  /** Set where it could not be written: what others say is still brought to its end. */
  isBroken = false

  constructor(
    output: Output<Format>,
    context: Omit<ScanContext, 'colour' | 'width'>,
    inputs: readonly string[],
  ) {
    this.#sink = openOutput(output, inputs)
    const colour = output.file === undefined && wantsColour()
    this.report = FORMATS[output.format]({ ...context, colour, width: widthOf(output) })
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
        this.add(this.report.end(summary))
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
class Run {
  readonly #writers: readonly Writer[]
  readonly #question: Question | undefined
  readonly #loaders: AskLoaders | undefined
  readonly #everyFile: boolean
  readonly #summary: ScanSummary = { images: 0, problems: 0, notKernels: 0 }
  readonly #policy: ScanPolicy
  /** True where an image makes the scan fail. */
  fails = false

  constructor(
    writers: readonly Writer[],
    question: Question | undefined,
    loaders: AskLoaders | undefined,
    everyFile: boolean,
    policy: ScanPolicy,
  ) {
    this.#policy = policy
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
