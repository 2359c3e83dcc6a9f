/**
 * `xen-preflight diff`: what changed between two reports.
 * @module
 */
import { Command, Option } from 'commander'
import { diffReports } from '../../findings/diff/diff.ts'
import { failingPairs } from '../../findings/diff/fail-on.ts'
import { type FailOn, NEVER } from '../../findings/fail-on.ts'
import { plural } from '../../findings/plural.ts'
import { type DiffFormatName, diffFormats } from '../../report/diff/formats.ts'
import { timeOfReport } from '../clock.ts'
import { EXIT_DONE, EXIT_FINDINGS } from '../exit-codes.ts'
import { failOnOption } from '../fail-on-option.ts'
import { parseOutputs, TEMPLATE } from '../outputs.ts'
import { readReportFile } from '../read-report-file.ts'
import { Reports } from '../reports.ts'
import { tell } from '../screen.ts'
import { collect } from '../target-options.ts'
import { toolVersion } from '../version.ts'

const EXAMPLES = `
Examples:
  What changed since last month?
    $ xen-preflight diff 2026-10.json 2026-11.json
  As a gate: fail where something is refused that was not refused before
    $ xen-preflight diff last.json now.json --fail-on refuses -o junit=diff.xml -o table
  What an upgrade to another release would do differently
    $ xen-preflight diff to-4.17.json to-4.20.json -o html=diff.html

Reports are what \`-o json\` of audit and upgrade writes. Of an upgrade the answers after it are compared.
Exit codes: 0 done; 2 differences that --fail-on names; 1 the tool could not do its work.`

const NAMES = [...Object.keys(diffFormats), TEMPLATE] as (DiffFormatName | typeof TEMPLATE)[]

interface DiffFlags {
  output?: string[]
  failOn?: FailOn
  all: boolean
}

export const diffCommand = (finish: (code: number) => void): Command =>
  new Command('diff')
    .argument('<old-file>', 'the report of before')
    .argument('<new-file>', 'the report of now')
    .addOption(
      new Option('-o, --output <format[=file]>', 'what to write, and where; may be repeated (default: table)')
        .choices(NAMES)
        .argParser(collect),
    )
    .addOption(failOnOption())
    .option('--all', 'cut no list in the table', false)
    .addHelpText('after', EXAMPLES)
    .action(async (old: string, now: string, flags: DiffFlags) => {
      finish(await diffAction(old, now, flags))
    })

export async function diffAction(old: string, now: string, flags: DiffFlags): Promise<number> {
  const { output = ['table'], failOn = NEVER, all } = flags
  const outputs = parseOutputs(output, NAMES)
  const created = timeOfReport()
  const reports = await Reports.open(outputs, () => [old, now])
  try {
    const tool = `xen-preflight ${toolVersion()}`
    const diff = diffReports({ old: readReportFile(old), new: readReportFile(now), tool, created })
    await reports.write(diff, format => diffFormats[format], all)
    const failing = failingPairs(diff, failOn)
    if (failing === 0) return EXIT_DONE
    tell(`${plural(failing, 'pair fails', 'pairs fail')} the run`)
    return EXIT_FINDINGS
  } catch (error) {
    reports.discard()
    throw error
  }
}
