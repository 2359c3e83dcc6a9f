/**
 * `xen-preflight why`: from a line of a log to its causes.
 * @module
 */
import { existsSync } from 'node:fs'
import { Command, Option } from 'commander'
import { jsonText } from '../../document/printable.ts'
import { whyData, whyTable } from '../../report/why-table.ts'
import { type Release, releases } from '../../xen/releases.ts'
import { parseXenVersion } from '../../xen/version-string.ts'
import { findLoaderLines } from '../../xen/why.ts'
import { EXIT_DONE } from '../exit-codes.ts'
import { helpText } from '../help-text.ts'
import { readTextFile } from '../read-text-file.ts'
import { print } from '../sink.ts'
import { stdoutSetter } from '../stdout-setter.ts'
import { UsageError } from '../usage-error.ts'

const EXAMPLES = `
Examples:
  $ xen-preflight why 'xc: error: panic: xg_dom_core.c:689: xc_dom_find_loader: no loader found: Invalid kernel'
  A whole log
    $ xen-preflight why /var/log/xen/xl-guest.log
    $ xl dmesg | xen-preflight why
  Of this release only
    $ xen-preflight why --xen 4.17 -o json < xl.log`

interface WhyFlags {
  xen?: string
  output: 'table' | 'json'
}

export const whyCommand = (finish: (code: number) => void): Command =>
  new Command('why')
    .argument('[line...]', 'lines, or files of lines; standard input where there is none, and for -')
    .option('--xen <versions>', 'only messages of these releases')
    .addOption(
      new Option('-o, --output <format>', 'output format').choices(['table', 'json']).default('table'),
    )
    .addHelpText('after', helpText(EXAMPLES))
    .action((lines: string[], { xen, output }: WhyFlags) => {
      const asked = xen === undefined ? undefined : releasesOf(xen)
      const found = logsOf(lines).flatMap(({ file, text }) =>
        findLoaderLines(text, asked).map(line => (file === undefined ? line : { file, ...line })),
      )
      print(
        output === 'json'
          ? `${jsonText(whyData(found, asked), 2)}\n`
          : whyTable(found, stdoutSetter(), asked),
      )
      finish(EXIT_DONE)
    })

interface Log {
  file?: string
  text: string
}

const standardInput = (): Log => ({ text: readLog('/dev/stdin', 'standard input') })

/** Each file is a log, and so are all lines that are given. No line of a loader is one word: what is one and not there was meant for a file. */
function logsOf(given: readonly string[]): Log[] {
  if (given.length === 0) return [standardInput()]
  const missing = given.find(line => line !== '-' && !/\s/.test(line.trim()) && !existsSync(line))
  if (missing !== undefined) throw new UsageError(`Cannot read the log ${missing}: it is not there`)
  const isLine = (line: string) => line !== '-' && !existsSync(line)
  const lines = given.filter(isLine)
  const logs = given
    .filter(line => !isLine(line))
    .map(file => (file === '-' ? standardInput() : { file, text: readLog(file, file) }))
  return lines.length === 0 ? logs : [{ text: lines.join('\n') }, ...logs]
}

function readLog(path: string, name: string): string {
  try {
    return readTextFile(path)
  } catch (error) {
    throw new UsageError(`Cannot read the log ${name}: ${(error as Error).message}`)
  }
}

function releasesOf(versions: string): readonly Release[] {
  if (versions === 'all') return releases
  return versions.split(',').flatMap(version => {
    const { ask, remarks } = parseXenVersion(version.trim())
    if (ask.length === 0) throw new UsageError(remarks.join('; '))
    return ask
  })
}
