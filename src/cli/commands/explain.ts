/**
 * `xen-preflight explain`: the loader's walk over one image.
 * @module
 */
import { Command, InvalidArgumentError, Option } from 'commander'
import { isDisk } from '../../boot/guest-volumes.ts'
import { detectContainer } from '../../containers/detect.ts'
import { jsonText } from '../../document/printable.ts'
import { groupBuilds, type JudgedBuild } from '../../findings/builds.ts'
import { openImage } from '../../fleet/open-image.ts'
import type { ColumnMap } from '../../inventory/columns.ts'
import { pathTraceTable } from '../../report/path-trace-table.ts'
import { briefDifferenceTable, differenceTable, spansTable } from '../../report/trace-table.ts'
import { SourceError } from '../../source/source.ts'
import { type BootModeName, bootModes } from '../../xen/boot-mode.ts'
import { type BootPath, isVersioned, parseBootPath, VERSIONED } from '../../xen/boot-path/boot-path.ts'
import { tracePath } from '../../xen/boot-path/trace.ts'
import type { BuildFacts } from '../../xen/build-option.ts'
import { judgeSpans } from '../../xen/judge.ts'
import { firstDifference, traceLoader } from '../../xen/loader-trace.ts'
import { reasonText } from '../../xen/reason-text.ts'
import { resolveTarget } from '../../xen/target.ts'
import { parseBuildFacts } from '../build-facts.ts'
import { EXIT_DONE } from '../exit-codes.ts'
import {
  type BuildAnswer,
  buildDocument,
  buildsTable,
  explainBuilds,
  explainTarget,
  targetTable,
  traceDocument,
  wholeAnswer,
} from '../explain-builds.ts'
import { helpText } from '../help-text.ts'
import { parseAddress } from '../inside.ts'
import { knownRelease } from '../known-release.ts'
import { type ConfigFlag, loadConfig } from '../load-config.ts'
import { readOne } from '../read-one.ts'
import { addReadOptions, type ReadFlags, type RemoteFlags, remoteOptions } from '../read-options.ts'
import { print } from '../sink.ts'
import { stdoutSetter } from '../stdout-setter.ts'
import { buildOption, collect, mapOption } from '../target-options.ts'
import { UsageError } from '../usage-error.ts'

const EXAMPLES = `
Examples:
  Why does 4.1.6.1 refuse this kernel?
    $ xen-preflight explain vmlinuz-3.13-pvh --xen 4.1.6.1
  Where do two releases part?
    $ xen-preflight explain vmlinuz-3.13-pvh --xen 4.1.6.1,4.2.0
  What do all releases say, and what the hosts of a fleet?
    $ xen-preflight explain vmlinuz-6.12 --xen all
    $ xen-preflight explain vmlinuz-6.12 --inventory fleet.yaml --brief
  Why does GRUB 2.06 not start it?
    $ xen-preflight explain vmlinuz-6.12 --boot pvgrub2@2.06
  What does a guest boot from its disk?
    $ xen-preflight explain web01.img --xen 4.17.4
  As dom0, for other programs
    $ xen-preflight explain vmlinuz-6.12 --xen 4.22.0 --mode pvh-dom0 -o json`

export interface ExplainFlags extends ReadFlags {
  xen?: string
  boot?: BootPath
  inventory?: string[]
  map?: ColumnMap
  brief?: boolean
  build?: BuildFacts
  mode: BootModeName
  output: 'table' | 'json'
}

/** As the command line has them. */
interface GivenFlags extends Omit<ExplainFlags, 'mode'> {
  mode?: BootModeName
  config?: ConfigFlag
}

/** What the configuration says where the command line says nothing. */
async function configured(given: GivenFlags): Promise<ExplainFlags> {
  const { inventory, modes } = await loadConfig(given.config)
  const flags = { ...given, mode: given.mode ?? modes?.[0] ?? 'pv-domU' }
  const asks = given.xen !== undefined || given.inventory !== undefined || given.boot !== undefined
  return asks || inventory === undefined ? flags : { ...flags, inventory: [...inventory] }
}

function walkedLoader(text: string): BootPath {
  const path = parseBootPath(text)
  if (typeof path === 'string') throw new InvalidArgumentError(`${path}.`)
  if (isVersioned(path.path)) return path
  const loaders = Object.keys(VERSIONED).join(', ')
  throw new InvalidArgumentError(`expected one of ${loaders}, found ${text}; for the toolstack give --xen.`)
}

export const explainCommand = (finish: (code: number) => void): Command =>
  addReadOptions(
    new Command('explain').argument('<image>', 'a kernel, or a disk, which is read as by `boot`'),
  )
    .addOption(
      new Option(
        '--xen <version[,version]>',
        'the release; two for their first difference; or all',
      ).conflicts('inventory'),
    )
    .option('--inventory <file>', 'hosts, in place of releases; may be repeated', collect)
    .addOption(mapOption())
    .addOption(buildOption().argParser(parseBuildFacts))
    .addOption(
      new Option(
        '--boot <loader>',
        "a guest's boot loader, in place of releases: pvgrub2@2.06, pvhgrub, pv-grub@4.1.4",
      )
        .argParser(walkedLoader)
        .conflicts(['xen', 'inventory']),
    )
    .option('--brief', 'print only the verdict, without the trace')
    .addOption(
      new Option(
        '--mode <mode>',
        'the boot mode (default: the first of the configuration, else pv-domU)',
      ).choices(bootModes),
    )
    .option(
      '--config <file>',
      'file with default hosts and modes (default: xen-preflight.yaml in this directory or a parent)',
    )
    .option('--no-config', 'read no configuration')
    .addOption(
      new Option('-o, --output <format>', 'output format').choices(['table', 'json']).default('table'),
    )
    .addHelpText('after', helpText(EXAMPLES))
    .action(async (image: string, given: GivenFlags) => {
      if (given.boot === undefined && isDiskFile(image, given)) {
        const { bootAction } = await import('./boot.ts')
        const { xen = 'all', inventory, output, private: isPrivate, timeout, retries, requests } = given
        finish(
          await bootAction([image], {
            ...{ xen, output, restricted: false, private: isPrivate, timeout, retries, requests },
            ...(inventory !== undefined && { inventory }),
          }),
        )
        return
      }
      const flags = await configured(given)
      print(explainAction(image, flags, await buildsOf(flags)))
      finish(EXIT_DONE)
    })

/** True for a disk, or a file system: it is walked as the boot loaders of guests do. */
function isDiskFile(path: string, flags: RemoteFlags): boolean {
  if (parseAddress(path).inside !== undefined) return false
  try {
    const file = openImage(path, remoteOptions(flags))
    try {
      const detected = detectContainer(file)
      return detected !== undefined && isDisk(detected)
    } finally {
      file.close()
    }
  } catch (error) {
    // Whoever reads the file says why it cannot be read.
    if (error instanceof SourceError) return false
    throw error
  }
}

async function buildsOf({
  inventory,
  map,
  build,
}: ExplainFlags): Promise<readonly JudgedBuild[] | undefined> {
  if (inventory === undefined) return undefined
  // The formats of inventories are more code than all the rest.
  const { loadInventory } = await import('../load-inventory.ts')
  return groupBuilds(loadInventory(inventory, map).hosts, build)
}

/**
 * The text to print. Throws a UsageError for versions that are not known, and for more than two.
 *
 * @param builds The builds of an inventory, which are asked in place of `--xen`.
 */
export function explainAction(image: string, flags: ExplainFlags, builds?: readonly JudgedBuild[]): string {
  if (flags.boot !== undefined) {
    const trace = tracePath(readOne(image, flags).facts, flags.boot)
    return flags.output === 'json'
      ? json({ image, ...trace, ...(flags.brief === true && { steps: undefined }) })
      : pathTraceTable(image, trace, stdoutSetter(), flags.brief)
  }
  if (builds !== undefined) {
    const answers = explainBuilds(readOne(image, flags).facts, builds, flags.mode)
    return flags.output === 'json'
      ? json({ image, builds: answers.map(answer => buildDocument(image, answer, flags.brief)) })
      : buildsTable(image, answers, stdoutSetter(), flags.brief)
  }
  if (flags.xen === undefined)
    throw new UsageError(
      'Cannot explain: name releases by --xen or hosts by --inventory, or a loader by --boot',
    )
  if (flags.xen === 'all') return explainAll(image, flags)
  const versions = flags.xen.split(',')
  const build = flags.build === undefined ? {} : { build: flags.build }
  const target = versions.length > 1 ? undefined : resolveTarget(versions[0]!.trim(), build)
  if (target !== undefined && target.releases.length > 1 && target.version.kind !== 'after') {
    return explainVersion(image, flags, explainTarget(readOne(image, flags).facts, target, flags.mode))
  }
  const releases = versions.map(version => knownRelease(version, flags.build))
  if (releases.length > 2) throw new UsageError(`Cannot compare ${releases.length} releases: give one or two`)
  const { facts } = readOne(image, flags)
  const [a, b] = releases.map(({ release, options, assumptions }) => {
    const trace = traceLoader(facts, release, flags.mode, options)
    return { ...trace, assumptions: [...trace.assumptions, ...assumptions] }
  })
  if (b === undefined) {
    const whole = wholeAnswer(facts, target!, flags.mode, [a!])
    return explainVersion(image, flags, { walks: [a!], ...(whole && { whole }) })
  }
  const difference = firstDifference(a!, b)
  if (flags.output === 'json')
    return json({
      image,
      traces: [a!, b].map(trace => traceDocument(image, trace, flags.brief)),
      firstDifference: difference,
    })
  if (flags.brief) return briefDifferenceTable(image, [a!, b], difference, stdoutSetter())
  return differenceTable(a!, b, difference, stdoutSetter())
}

/** The walks of the releases that one version, or product, may be. */
function explainVersion(
  image: string,
  { output, brief }: ExplainFlags,
  answer: Pick<BuildAnswer, 'walks' | 'whole'>,
): string {
  if (output === 'table') return targetTable(image, answer, stdoutSetter(), brief)
  const { whole, walks } = answer
  const traces = walks.map(walk => traceDocument(image, walk, brief))
  return json({ image, ...(traces.length === 1 ? traces[0] : { traces }), ...(whole && { whole }) })
}

/** What all releases say. */
function explainAll(image: string, flags: ExplainFlags): string {
  const spans = judgeSpans(
    readOne(image, flags).facts,
    flags.mode,
    flags.build === undefined ? {} : { build: flags.build },
  )
  if (flags.output === 'table') return spansTable(image, flags.mode, spans, stdoutSetter())
  return json({
    image,
    mode: flags.mode,
    spans: spans.map(span => ({ ...span, reason: reasonText(span.reason) })),
  })
}

const json = (data: unknown) => `${jsonText(data, 2)}\n`
