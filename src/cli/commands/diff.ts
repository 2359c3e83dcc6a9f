/**
 * `xen-preflight diff`: what changed between two reports, or two scans.
 * @module
 */
import { Command, Option } from 'commander'
import { diffReports } from '../../findings/diff/diff.ts'
import { failingPairs } from '../../findings/diff/fail-on.ts'
import { type FailOn, NEVER } from '../../findings/fail-on.ts'
import { plural } from '../../findings/plural.ts'
import { failingImages } from '../../findings/scan-diff/fail-on.ts'
import { type DiffFormatName, diffFormats } from '../../report/diff/formats.ts'
import { scanDiffFormats } from '../../report/scan-diff/formats.ts'
import { timeOfReport } from '../clock.ts'
import { compareScans } from '../compare-scans.ts'
import { EXIT_DONE, EXIT_FINDINGS } from '../exit-codes.ts'
import { failOnOption } from '../fail-on-option.ts'
import { limitOldGrowth } from '../heap-growth.ts'
import { helpText } from '../help-text.ts'
import { type DocumentKind, type OpenDocument, openDocument } from '../open-document.ts'
import { parseOutputs, TEMPLATE } from '../outputs.ts'
import { readReportFile } from '../read-report-file.ts'
import { Reports } from '../reports.ts'
import { tell } from '../screen.ts'
import { collect } from '../target-options.ts'
import { UsageError } from '../usage-error.ts'
import { toolVersion } from '../version.ts'

const EXAMPLES = `
Examples:
  What changed since last month?
    $ xen-preflight diff 2026-10.json 2026-11.json
  As a gate: fail where something is refused that was not refused before
    $ xen-preflight diff last.json now.json --fail-on refuses -o junit=diff.xml -o table
  What an upgrade to another release would do differently
    $ xen-preflight diff to-4.17.json to-4.20.json -o html=diff.html
  Which kernels are new, gone or changed since the last scan?
    $ xen-preflight diff facts-2026-10.ndjson facts-2026-11.ndjson

Reports are what \`-o json\` of audit and upgrade writes; of an upgrade the answers after it are compared. Scans are what
\`scan -o ndjson\` or \`scan -o json\` writes: images are compared by what they say, and by their verdicts where both have some.
Exit codes: 0 done; 2 differences that --fail-on names; 1 the command failed.`

const NAMES = [...Object.keys(diffFormats), TEMPLATE] as (DiffFormatName | typeof TEMPLATE)[]

interface DiffFlags {
  output?: string[]
  failOn?: FailOn
  all: boolean
}

export const diffCommand = (finish: (code: number) => void): Command =>
  new Command('diff')
    .argument('<old-file>', 'the earlier report or scan')
    .argument('<new-file>', 'the later report or scan')
    .addOption(
      new Option(
        '-o, --output <format[=file]>',
        'format of the report, and its file; may be repeated (default: table)',
      )
        .choices(NAMES)
        .argParser(collect),
    )
    .addOption(failOnOption())
    .option('--all', 'print the lists of the table whole', false)
    .addHelpText('after', helpText(EXAMPLES))
    .action(async (old: string, now: string, flags: DiffFlags) => {
      finish(await diffAction(old, now, flags))
    })

export async function diffAction(old: string, now: string, flags: DiffFlags): Promise<number> {
  limitOldGrowth()
  const { output = ['table'] } = flags
  const outputs = parseOutputs(output, NAMES)
  const created = timeOfReport()
  const reports = await Reports.open(outputs, () => [old, now])
  try {
    const about = { tool: `xen-preflight ${toolVersion()}`, created }
    const [before, after] = [openDocument(old), openDocument(now)]
    const failing = areScans(before, after)
      ? await writeScans(before, after, about, reports, flags)
      : await writeReports(before, after, about, reports, flags)
    if (failing === undefined) return EXIT_DONE
    tell(`${failing} the run`)
    return EXIT_FINDINGS
  } catch (error) {
    reports.discard()
    throw error
  }
}

const IS: Record<DocumentKind, string> = {
  report: 'a report',
  facts: 'the facts of a scan',
  scan: 'a scan',
  empty: 'an empty file',
}

/** Throws a UsageError where one is a report and the other a scan. */
function areScans(old: OpenDocument, now: OpenDocument): boolean {
  const isScan = ({ kind }: OpenDocument) => kind === 'facts' || kind === 'scan'
  const is = (one: OpenDocument, other: OpenDocument) =>
    isScan(one) || (one.kind === 'empty' && isScan(other))
  const [before, after] = [is(old, now), is(now, old)]
  if (before !== after) {
    throw new UsageError(
      `Cannot compare ${old.file}, ${IS[old.kind]}, with ${now.file}, ${IS[now.kind]}: expected two reports or two scans`,
    )
  }
  return before
}

interface About {
  tool: string
  created: string
}

/** Returns what fails the run, in words; undefined where nothing does. */
async function writeReports(
  old: OpenDocument,
  now: OpenDocument,
  about: About,
  reports: Reports<(typeof NAMES)[number]>,
  { failOn = NEVER, all }: DiffFlags,
): Promise<string | undefined> {
  const [before, after] = [old, now].map(({ file, chunks }) => readReportFile(file, 'report', chunks))
  const diff = diffReports({ old: before!, new: after!, ...about })
  await reports.write(diff, format => diffFormats[format], all)
  const failing = failingPairs(diff, failOn)
  return failing === 0 ? undefined : plural(failing, 'pair fails', 'pairs fail')
}

async function writeScans(
  old: OpenDocument,
  now: OpenDocument,
  about: About,
  reports: Reports<(typeof NAMES)[number]>,
  { failOn = NEVER, all }: DiffFlags,
): Promise<string | undefined> {
  const { diff, hasVerdicts } = compareScans(old, now, about)
  if (failOn !== NEVER && !hasVerdicts) {
    throw new UsageError(
      `Cannot use --fail-on: ${now.file} has no verdicts; a scan with --xen or --inventory has`,
    )
  }
  await reports.write(diff, format => scanDiffFormats[format], all)
  const failing = failingImages(diff, failOn)
  return failing === 0 ? undefined : plural(failing, 'image fails', 'images fail')
}
