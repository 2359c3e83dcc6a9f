/**
 * `xen-preflight scan`: images in, facts and verdicts out.
 * @module
 */
import { Command, InvalidArgumentError, Option } from 'commander'
import { FACTS_VERSION } from '../../facts/facts.ts'
import { type FailOn, NEVER } from '../../findings/fail-on.ts'
import { livingRules } from '../../findings/ignore.ts'
import { ScanPolicy } from '../../findings/scan-policy.ts'
import { Journal } from '../../fleet/journal.ts'
import { type ScanOptions, scanFiles } from '../../fleet/scan-files.ts'
import { forgetPart, partPlace, writePart } from '../../fleet/part.ts'
import type { PartFilter } from '../../fleet/part-filter.ts'
import type { Shard } from '../../fleet/shard.ts'
import type { Config } from '../../policy/config.ts'
import type { ScanContext } from '../../report/scan/report.ts'
import { isReference } from '../../source/remote/reference.ts'
import { DEFAULT_LIMITS } from '../../unwrap/limits.ts'
import type { BootPath } from '../../xen/boot-path/boot-path.ts'
import { pathsAnd } from '../catalogue.ts'
import { timeOfReport } from '../clock.ts'
import { onInterrupt } from '../ending.ts'
import { EXIT_DONE, EXIT_FINDINGS } from '../exit-codes.ts'
import { filesBelow, imagesAt } from '../files-below.ts'
import { limitHeapGrowth } from '../heap-growth.ts'
import { helpText } from '../help-text.ts'
import { assertNoInput, inputFiles } from '../inputs.ts'
import { addLateOption } from '../late-option.ts'
import { type ConfigFlag, loadConfig } from '../load-config.ts'
import { parseOutputs } from '../outputs.ts'
import { startProgress } from '../progress.ts'
import type { Asked } from '../question.ts'
import { addReadOptions, type ReadFlags, remoteOptions, scanOptions } from '../read-options.ts'
import { type AskLoaders, FORMATS, type Format, OF_AUDITS, ScanRun, Writer } from '../scan-run.ts'
import {
  addTargetOptions,
  collect,
  type Selection,
  selectOption,
  type TargetFlags,
} from '../target-options.ts'
import { UsageError } from '../usage-error.ts'
import { toolVersion } from '../version.ts'

const EXAMPLES = `
Examples:
  What is in /boot?
    $ xen-preflight scan /boot
  Which of these kernels start on which Xen releases?
    $ xen-preflight scan /srv/kernels --xen all
  Which start where a guest's own GRUB loads them?
    $ xen-preflight scan /srv/kernels --boot pvgrub2@all
  Which start on the hypervisors that we run, as guest and as dom0?
    $ xen-preflight scan /srv/kernels --inventory fleet.yaml --mode pv-domU,pv-dom0
  A record a line for other programs, the table for us; fail when one kernel is refused
    $ xen-preflight scan /srv/kernels --xen 4.17.4 -o ndjson=facts.ndjson -o table --fail-on refuses
  A page to look at and a file for code scanning, on releases
    $ xen-preflight scan /srv/kernels --xen 4.13,4.17.4 -o html=kernels.html -o sarif=kernels.sarif
  A night's work that may be interrupted, on the second of four machines
    $ xen-preflight scan /srv/kernels --journal scan.journal --shard 2/4 -o ndjson=2.ndjson

Exit codes: 0 done; 2 findings at or above --fail-on, or (unless it is never) an inventory with faults;
1 the command failed; 130 ended by Ctrl-C, with what was done until then.`

function shard(text: string): Shard {
  const [, index, count] = (/^(\d{1,4})\/(\d{1,4})$/.exec(text) ?? []).map(Number)
  if (index === undefined || count === undefined || index < 1 || index > count) {
    throw new InvalidArgumentError('expected a part and their number, such as 1/4.')
  }
  return { index, count }
}

export const scanCommand = (finish: (code: number) => void): Command =>
  addLateOption(
    addTargetOptions(
      addReadOptions(
        new Command('scan').argument(
          '[path...]',
          'files, directories, and references such as https://host/web01.qcow2',
        ),
      ),
    ),
    new Option(
      '--boot <loaders>',
      'boot loaders of guests: pvgrub2@2.06, pv-grub@4.1.6.1, pvhgrub, a list of them; @all for all versions',
    ),
    async () => (await import('../loaders.ts')).parseLoaders,
  )
    .addOption(
      new Option(
        '-o, --output <format[=file]>',
        'format of the report, and its file; may be repeated (default: table)',
      )
        .choices(Object.keys(FORMATS))
        .argParser(collect),
    )
    .addOption(
      new Option(
        '--fail-on <finding>',
        'least severe finding that gives exit code 2 (default: problem, an image that could not be read)',
      ).choices(['problem', 'refuses', 'uncertain', 'never']),
    )
    .option('--every-file', 'write a record also for files in directories that are not kernels', false)
    .addOption(selectOption())
    .option('--digest', 'read every file whole, and add its SHA-256 to the record', false)
    .option(
      '--journal <file>',
      'record every finished image in this file; a restarted scan continues from it',
    )
    .option('--files-from <file>', 'a list of further paths and references, one a line; - for standard input')
    .option('--shard <i/n>', 'read only the i-th of n parts; `merge` joins the parts', shard)
    .addOption(
      new Option('--shard-by <what>', 'property that decides the part of a file')
        .choices(['content', 'reference'])
        .default('content', 'content; for files on servers reference'),
    )
    .option(
      '--config <file>',
      'settings and ignore rules (default: xen-preflight.yaml in this directory or a parent)',
    )
    .option('--no-config', 'read no configuration')
    .option('--no-progress', 'draw no progress bar')
    .addHelpText('after', helpText(EXAMPLES))
    .action(async (paths: string[], flags: ScanFlags) => {
      finish(await scanAction(paths, flags))
    })

type Threshold = 'problem' | 'refuses' | 'uncertain' | 'never'

/** The severity of each; what could not be read fails all but `never`. */
const FAIL_ON: Readonly<Record<Threshold, FailOn>> = {
  problem: { causes: [] },
  refuses: { severity: 'refuses', causes: [] },
  uncertain: { severity: 'uncertain', causes: [] },
  never: NEVER,
}

export interface ScanFlags extends ReadFlags, TargetFlags {
  select?: Selection
  boot?: BootPath[]
  output?: string[]
  failOn?: Threshold
  config?: ConfigFlag
  everyFile: boolean
  journal?: string
  filesFrom?: string
  shard?: Shard
  shardBy: 'content' | 'reference'
  progress: boolean
}

/** A report that nobody reads on, say, cannot be ended; nobody waits longer for it than this after Ctrl-C, in milliseconds. */
const MAX_END_MS = 900
/** Above this many files nobody waits for them to be counted. */
const COUNTED = 100_000
/** So much of a time is its day. */
const DAY = 'YYYY-MM-DD'.length

export async function scanAction(paths: string[], flags: ScanFlags): Promise<number> {
  if (paths.length === 0 && flags.filesFrom === undefined) {
    throw new UsageError('Cannot scan anything: give paths or references, or a list of them by --files-from')
  }
  const outputs = parseOutputs(flags.output ?? ['table'], Object.keys(FORMATS) as Format[])
  const config = await loadConfig(flags.config)
  checkQuestion(configured(flags, config))
  const failOn = flags.failOn === undefined ? (config.failOn ?? FAIL_ON.problem) : FAIL_ON[flags.failOn]
  const asking = configured(flags, config)
  const { question, inventory, problems } = await ask(asking)
  const judged = outputs.find(({ format }) => OF_AUDITS.includes(format))
  if (judged !== undefined && inventory === undefined) {
    throw new UsageError(
      `Cannot write ${judged.format}: it tells verdicts, and no hypervisor is asked, give --xen or --inventory`,
    )
  }
  const options = scanOptions(flags)
  const { modes, columns, remedies } = question ?? {}
  const context: Omit<ScanContext, 'colour' | 'width'> = {
    version: toolVersion(),
    roots: paths,
    ...(modes !== undefined && { modes }),
    ...(columns !== undefined && { columns }),
    ...(remedies !== undefined && { remedies }),
    ...(inventory !== undefined && {
      fleet: {
        ...{ inventory, files: asking.inventory ?? [], created: timeOfReport() },
        ...(flags.build !== undefined && { build: flags.build }),
      },
    }),
  }
  const filter = await partFilter(flags)
  const factsFiles = outputs.flatMap(({ format, file }) =>
    format === 'ndjson' && file !== undefined ? [file] : [],
  )
  const inputs = inputFiles(paths, {
    config: config.file,
    inventory: asking.inventory,
    filesFrom: flags.filesFrom,
  })
  if (flags.journal !== undefined) assertNoInput(flags.journal, inputs)
  const journal = flags.journal === undefined ? undefined : openJournal(flags.journal, options)
  if (flags.journal !== undefined) inputs.push(flags.journal)
  for (const file of factsFiles) assertNoInput(partPlace(file), inputs)
  const writers = []
  for (const output of outputs)
    writers.push(new Writer(output, await FORMATS[output.format](), context, inputs))
  // What an earlier scan has noted of these files is not true any more.
  for (const file of factsFiles) forgetPart(file)
  const policy = new ScanPolicy(failOn, livingRules(config.ignore, timeOfReport().slice(0, DAY)))
  const run = new ScanRun(
    writers,
    question,
    await loaders(flags),
    flags.everyFile,
    policy,
    flags.select?.chooses,
  )
  const interruption = onInterrupt(MAX_END_MS)
  const unlimitHeapGrowth = limitHeapGrowth()
  const progress = await startProgress(
    () => (flags.filesFrom === undefined && !paths.some(isReference) ? countFiles(paths) : undefined),
    flags.progress,
  )
  try {
    await run.begin()
    const listed = flags.filesFrom === undefined ? paths : pathsAnd(paths, flags.filesFrom)
    const images = imagesAt({
      paths: listed,
      remote: remoteOptions(flags),
      identify: journal !== undefined,
    })
    const files = scanFiles(images, {
      ...options,
      signal: interruption.signal,
      ...(journal !== undefined && { journal }),
      ...(filter !== undefined && { takes: found => filter.takes(found) }),
    })
    for await (const batch of files) await run.takeAll(batch, progress)
  } catch (error) {
    run.stop()
    throw error
  } finally {
    progress.stop()
    unlimitHeapGrowth()
    if (interruption.signal.aborted) run.stop()
    try {
      await run.end()
    } finally {
      interruption.forget()
      journal?.close()
    }
  }
  if (interruption.exitCode !== undefined) return interruption.exitCode
  if (filter !== undefined) {
    const part = filter.part()
    for (const file of factsFiles) writePart(file, part)
  }
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
  const { targetQuestion } = await import('../question.ts')
  return targetQuestion(flags)
}

/** What tells which part of a scan an image is in knows of containers. */
async function partFilter({ shard, shardBy }: ScanFlags): Promise<PartFilter | undefined> {
  if (shard === undefined) return undefined
  const { PartFilter } = await import('../../fleet/part-filter.ts')
  return new PartFilter({ ...shard, by: shardBy })
}

/** What asks the loaders of --boot. */
async function loaders({ boot }: ScanFlags): Promise<AskLoaders | undefined> {
  if (boot === undefined) return undefined
  const { askBootPath } = await import('../../xen/boot-path/ask.ts')
  return facts => boot.flatMap(path => askBootPath(facts, path))
}

async function fails(problems: Asked['problems']): Promise<boolean> {
  if (problems.length === 0) return false
  const { inventoryFails } = await import('../load-inventory.ts')
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

/** How many files there are; undefined where counting would take long. */
function countFiles(paths: string[]): number | undefined {
  let count = 0
  for (const _ of filesBelow(paths)) {
    count++
    if (count > COUNTED) return undefined
  }
  return count
}
