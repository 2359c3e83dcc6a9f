/**
 * `xen-preflight audit`: the catalogue on the fleet as it is.
 * @module
 */
import { Command, InvalidArgumentError, Option } from 'commander'
import { versionInventory } from '../../findings/asked-versions.ts'
import { type AuditInput, prepareAudit } from '../../findings/audit.ts'
import type { FailOn } from '../../findings/fail-on.ts'
import { type HistoryQuestion, withHistory } from '../../findings/history.ts'
import type { CatalogueImage } from '../../findings/kernels.ts'
import type { Audit } from '../../findings/model.ts'
import { plural } from '../../findings/plural.ts'
import { declaredModes } from '../../findings/question.ts'
import { TargetComparison } from '../../findings/targets.ts'
import { isComparison, type Upgrade, upgradeRemarks, upgradesOf } from '../../findings/upgrades.ts'
import { xenVerdicts } from '../../findings/xen-verdicts.ts'
import type { ColumnMap } from '../../inventory/columns.ts'
import type { Inventory } from '../../inventory/inventory.ts'
import { auditFormats } from '../../report/audit/formats.ts'
import type { AuditFormat } from '../../report/audit/report.ts'
import { htmlReport } from '../../report/html/html.ts'
import { targetsFormats } from '../../report/targets/formats.ts'
import type { BootModeName } from '../../xen/boot-mode.ts'
import type { BuildFacts } from '../../xen/build-option.ts'
import { isUnread } from '../../xen/unread.ts'
import { parseXenVersion, versionLabel } from '../../xen/version-string.ts'
import { parseBuildFacts } from '../build-facts.ts'
import { Catalogue, readFacts, scanCatalogue } from '../catalogue.ts'
import { timeOfReport } from '../clock.ts'
import { EXIT_DONE, EXIT_FINDINGS } from '../exit-codes.ts'
import { failOnOption } from '../fail-on-option.ts'
import { readGuestDisks } from '../guest-disks.ts'
import { limitOldGrowth } from '../heap-growth.ts'
import { helpText } from '../help-text.ts'
import { inputFiles } from '../inputs.ts'
import { inventoryFiles } from '../inventory-files.ts'
import { CONFIG_NAME, type ConfigFlag, loadConfig } from '../load-config.ts'
import { inventoryAge, inventoryFails, loadInventory, tellProblems } from '../load-inventory.ts'
import { parseOutputs, TEMPLATE } from '../outputs.ts'
import { applyPolicy, policyOf } from '../policy.ts'
import { toldVersions } from '../question.ts'
import { historyFiles, readHistory } from '../read-history.ts'
import { addReadOptions, type ReadFlags } from '../read-options.ts'
import { Reports } from '../reports.ts'
import { tell } from '../screen.ts'
import {
  buildOption,
  collect,
  mapOption,
  modeOption,
  type Selection,
  selectOption,
  xenOption,
} from '../target-options.ts'
import { UsageError } from '../usage-error.ts'
import { toolVersion } from '../version.ts'

const EXAMPLES = `
Examples:
  Which of our kernels fail today, where, and why?
    $ xen-preflight audit /srv/kernels --inventory fleet.yaml
  On which releases does each start, without an inventory?
    $ xen-preflight audit /srv/kernels --xen 4.13,4.17.4,"XCP-ng 8.2" -o html=releases.html
  From facts that were read elsewhere; a report to look at and one for the pipeline
    $ xen-preflight audit --facts facts.ndjson --inventory fleet.yaml -o html=audit.html -o junit=audit.xml
  As a gate: only what is new since the last report fails, and what policy does not ignore
    $ xen-preflight audit /srv/kernels --inventory fleet.yaml --fail-on refuses --baseline last.json -o json=now.json
  Every night, with the trend of the nights before
    $ xen-preflight audit /srv/kernels --inventory fleet.yaml --history reports -o html=audit.html -o json=reports/today.json
  An inventory of our own columns
    $ xen-preflight audit /srv/kernels --inventory hosts.csv --map host=Name,xen='Xen version'

Exit codes: 0 done; 2 findings that --fail-on names, or (unless it is never) images that could not be read
or an inventory with faults; 1 the command failed.`

/** What `-o` takes. */
const FORMATS = { ...auditFormats, html: htmlReport } satisfies Record<string, AuditFormat>
type Format = keyof typeof FORMATS | typeof TEMPLATE
const FORMAT_NAMES = [...Object.keys(FORMATS), TEMPLATE] as Format[]
type Answered = ReturnType<typeof applyPolicy>

/** The flags of `audit` and `upgrade`. */
export interface AuditFlags extends ReadFlags {
  inventory?: string[]
  facts?: string[]
  filesFrom?: string
  map?: ColumnMap
  mode?: BootModeName[]
  select?: Selection
  build?: BuildFacts
  output?: string[]
  config?: ConfigFlag
  failOn?: FailOn
  baseline?: string
  title?: string
  all: boolean
  progress: boolean
  history?: string
  /** Only of `audit`. */
  xen?: string
  /** These are only of `upgrade`. */
  to?: string[]
  hosts?: string
  allowDowngrade?: boolean
  add?: string[]
}

function titleText(text: string): string {
  if (text.trim() === '') throw new InvalidArgumentError('A title has at least one letter.')
  return text.trim()
}

/** Adds the options that `audit` and `upgrade` share to `command`. */
export const addAuditOptions = (command: Command): Command =>
  addReadOptions(
    command
      .argument('[path...]', 'kernels: files, directories, references')
      .option(
        '--files-from <file>',
        'a list of further paths and references, one a line; - for standard input',
      )
      .option('--facts <file>', 'facts from `scan -o ndjson`, in place of images; may be repeated', collect)
      .option('--inventory <file>', 'hosts: a file or a directory of dumps; may be repeated', collect)
      .addOption(mapOption())
      .addOption(buildOption().argParser(parseBuildFacts))
      .addOption(modeOption('boot modes (default: those of the hosts in the inventory, else pv-domU)'))
      .addOption(selectOption()),
  )
    .addOption(
      new Option(
        '-o, --output <format[=file]>',
        'format of the report, and its file; may be repeated (default: table)',
      )
        .choices(FORMAT_NAMES)
        .argParser(collect),
    )
    .option('--digest', 'read every file whole for its SHA-256, by which placements can name images', false)
    .option(
      '--config <file>',
      'settings and ignore rules (default: xen-preflight.yaml in this directory or a parent)',
    )
    .option('--no-config', 'read no configuration')
    .addOption(failOnOption())
    .option('--baseline <file>', 'an earlier JSON report: only new findings count for the exit code')
    .option('--history <path>', 'a directory of earlier JSON reports, for the trend')
    .option('--title <text>', 'title of the report', titleText)
    .option('--all', 'print the lists of the table whole', false)
    .option('--no-progress', 'draw no progress bar')

export const auditCommand = (finish: (code: number) => void): Command =>
  addAuditOptions(new Command('audit'))
    .addOption(xenOption())
    .addHelpText('after', helpText(EXAMPLES))
    .action(async (paths: string[], flags: AuditFlags) => {
      finish(await auditAction(paths, flags))
    })

/** Everything that may be wrong with what was asked is found before the first image is read, and before a file is written. */
export async function auditAction(paths: string[], flags: AuditFlags): Promise<number> {
  const { to = [], hosts, allowDowngrade } = flags
  limitOldGrowth()
  for (const remark of upgradeRemarks(to)) tell(remark)
  const outputs = parseOutputs(flags.output ?? ['table'], FORMAT_NAMES)
  const created = timeOfReport()
  const config = await loadConfig(flags.config)
  const policy = policyOf(flags, config)
  const { inventory, files } = fleetOf(flags, config.inventory)
  const written = inventoryAge(inventoryFiles(files), created)
  const none =
    paths.length === 0 && [flags.facts, flags.add, flags.filesFrom].every(flag => flag === undefined)
  if (none && inventory.guests.length === 0) {
    throw new UsageError('Cannot audit anything: give kernels, or --facts')
  }
  const wish = { to, ...(hosts !== undefined && { hosts }), ...(allowDowngrade && { allowDowngrade }) }
  const upgrades = upgradesOf(wish, inventory)
  const history =
    flags.history === undefined ? undefined : readHistory(flags.history, historyQuestion(flags, upgrades))
  const inputs = inputFiles([...paths, ...(flags.add ?? [])], {
    config: config.file,
    inventory: files,
    facts: flags.facts,
    filesFrom: flags.filesFrom,
  })
  const earlier = [
    ...(policy.baseline === undefined ? [] : [policy.baseline.file]),
    ...(flags.history === undefined ? [] : historyFiles(flags.history)),
  ]
  // An earlier report may be written anew, as what it is: a JSON report.
  const reports = await Reports.open(outputs, ({ format }) =>
    format === 'json' ? inputs : [...inputs, ...earlier],
  )
  try {
    const scanned = new Set<string>()
    const catalogue = await readImages(paths, flags, inventory, scanned)
    const disks = readGuestDisks(inventory.guests, scanned, catalogue, flags, {
      hosts: inventory.hosts,
      to: upgrades.map(upgrade => upgrade.to),
    })
    const input: AuditInput = {
      images: [...catalogue, ...disks.images],
      disk: disks.disk,
      inventory,
      files,
      ...(written !== undefined && { written }),
      ...(flags.title !== undefined && { title: flags.title }),
      modes: flags.mode ?? config.modes ?? declaredModes(inventory.hosts),
      judge: xenVerdicts(flags.build),
      ...(flags.build !== undefined && { build: flags.build }),
      tool: `xen-preflight ${toolVersion()}`,
      created,
    }
    const prepared = await judged(flags, () => prepareAudit(input))
    const answer = async (upgrade?: AuditInput['upgrade']) => {
      const found = await judged(flags, () => prepared(upgrade))
      checkFound(found)
      return applyPolicy(found, policy)
    }
    const { audit: result, failing } = isComparison(to)
      ? await writeComparison(upgrades, answer, reports, flags)
      : await answer(upgrades[0])
    warnOfPlacements(result, inventory)
    warnOfUnread(result)
    if (!isComparison(to))
      await reports.write(
        history === undefined ? result : withHistory(result, history),
        format => FORMATS[format],
        flags.all,
      )
    if (failing > 0) {
      tell(`${plural(failing, 'finding fails', 'findings fail')} the run`)
    }
    const faulty = policy.inventory && inventoryFails(result.inventory.problems)
    return failing > 0 || faulty ? EXIT_FINDINGS : EXIT_DONE
  } catch (error) {
    reports.discard()
    throw error
  }
}

function checkFound({ cells, inventory }: Audit): void {
  if (cells.length > 0 || inventory.guests !== undefined) return
  throw new UsageError('Cannot audit anything: no image of the catalogue is placed on a host that is asked')
}

/** What earlier reports have to be of. Throws a UsageError where there is no one thing to count. */
function historyQuestion({ to = [], add }: AuditFlags, [upgrade]: readonly Upgrade[]): HistoryQuestion {
  if (isComparison(to)) {
    throw new UsageError('Cannot use --history with several releases: a trend is that of the upgrade to one')
  }
  if (add !== undefined) {
    throw new UsageError('Cannot use --history with --add: new kernels are others every time')
  }
  return upgrade === undefined
    ? { kind: 'audit' }
    : { kind: 'upgrade', to: versionLabel(parseXenVersion(upgrade.to)) }
}

/** Writes what each of the upgrades would do. Returns the answers of the one that breaks least, which count for the exit code. */
async function writeComparison(
  upgrades: readonly Upgrade[],
  answer: (upgrade: Upgrade) => Promise<Answered>,
  reports: Reports<Format>,
  { all }: AuditFlags,
): Promise<Answered> {
  const comparison = new TargetComparison(upgrades.length)
  let best: Answered | undefined
  for (const upgrade of upgrades) {
    const answered = await answer(upgrade)
    if (comparison.add(answered)) best = answered
  }
  const found = comparison.found()
  await reports.write(found, format => targetsFormats[format], all)
  return best!
}

/** The hosts that are asked, and the files that they are from. */
function fleetOf(
  flags: AuditFlags,
  configured: readonly string[] | undefined,
): { inventory: Inventory; files: readonly string[] } {
  if (flags.xen !== undefined) {
    if (flags.map !== undefined)
      throw new UsageError('Cannot use --map: it is about the columns of an --inventory')
    return { inventory: versionInventory(toldVersions(flags.xen, flags.build)), files: [] }
  }
  const files = flags.inventory ?? configured
  if (files === undefined) {
    throw new UsageError(
      `Cannot tell which hosts to ask: give --inventory, or inventory in ${CONFIG_NAME}; \`audit\` takes --xen as well`,
    )
  }
  return { inventory: loadInventory(files, flags.map), files }
}

/** Facts that no scan wrote may break the models in any way: what is wrong is said of the facts then. */
async function judged<T>({ facts }: AuditFlags, judge: () => T): Promise<T> {
  try {
    return judge()
  } catch (error) {
    const { factsFault } = await import('../facts-fault.ts')
    throw (facts && factsFault(facts)) ?? error
  }
}

async function readImages(
  paths: string[],
  flags: AuditFlags,
  { guests }: Inventory,
  scanned: Set<string>,
): Promise<CatalogueImage[]> {
  const catalogue = new Catalogue(flags.select?.chooses)
  const fromList = flags.filesFrom === undefined ? {} : { filesFrom: flags.filesFrom }
  for (const image of readFacts(flags.facts ?? [])) catalogue.take(image)
  for await (const image of scanCatalogue(paths, flags, { ...fromList, seen: scanned })) catalogue.take(image)
  const { images } = catalogue
  for await (const image of scanCatalogue([...new Set(flags.add)], flags, { added: true })) images.push(image)
  if (catalogue.notSelected > 0) {
    const texts = flags.select!.texts.join(' and ')
    tell(`${plural(catalogue.notSelected, 'image')} not selected by --select ${texts}`)
  }
  if (images.length === 0 && guests.length === 0) {
    const why = catalogue.notSelected > 0 ? 'no kernel is so' : 'there is no kernel, give paths or --facts'
    throw new UsageError(`Cannot audit anything: ${why}`)
  }
  return images
}

/** What was wrong with the inventory by itself has been said when it was read. */
function warnOfPlacements(found: Audit, { problems }: Inventory): void {
  const told = new Set(problems)
  tellProblems(found.inventory.problems.filter(problem => !told.has(problem)))
}

function warnOfUnread({ kernels }: Audit): void {
  const unread = kernels.filter(({ problem }) => problem !== undefined && isUnread(problem))
  const [first] = unread
  if (first === undefined) return
  const count = unread.reduce((sum, { images }) => sum + images.length, 0)
  const example = `${count === 1 ? '' : 'the first is '}${first.images[0]}: ${first.problem!.message}`
  tell(`${plural(count, 'image')} not read: ${example}`)
}
