/**
 * `xen-preflight why`: from a line of a log to its causes.
 * @module
 */
import { existsSync } from 'node:fs'
import { Command, Option } from 'commander'
import { EXIT_DONE } from './exit-codes.ts'
import { UsageError } from './usage-error.ts'

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
    .description('Explain lines of a log: which loader prints them, for what causes, and what to do next.')
    .argument('[line...]', 'lines, or files of lines; standard input where there is none')
    .option('--xen <versions>', 'only what these releases print')
    .addOption(
      new Option('-o, --output <format>', 'how to print').choices(['table', 'json']).default('table'),
    )
    .addHelpText('after', EXAMPLES)
    .action(async (lines: string[], { xen, output }: WhyFlags) => {
      const { findLoaderLines } = await import('../xen/why.ts')
      const { whyData, whyTable } = await import('../report/why-table.ts')
      const { jsonText } = await import('../document/printable.ts')
      const { WIDTH } = await import('../report/text.ts')
      const { print } = await import('./sink.ts')
      const log = lines.length === 0 ? await readLog('/dev/stdin', 'standard input') : await textOf(lines)
      const found = findLoaderLines(log, xen === undefined ? undefined : await releasesOf(xen))
      print(output === 'json' ? `${jsonText(whyData(found), 2)}\n` : whyTable(found, WIDTH))
      finish(EXIT_DONE)
    })

async function textOf(lines: readonly string[]): Promise<string> {
  const texts: string[] = []
  for (const line of lines) texts.push(existsSync(line) ? await readLog(line, line) : line)
  return texts.join('\n')
}

async function readLog(path: string, name: string): Promise<string> {
  const { readTextFile } = await import('./read-text-file.ts')
  try {
    return readTextFile(path)
  } catch (error) {
    throw new UsageError(`Cannot read the log ${name}: ${(error as Error).message}`)
  }
}

async function releasesOf(versions: string) {
  const { releases } = await import('../xen/releases.ts')
  const { parseXenVersion } = await import('../xen/version-string.ts')
  if (versions === 'all') return releases
  return versions.split(',').flatMap(version => {
    const { ask, remarks } = parseXenVersion(version.trim())
    if (ask.length === 0) throw new UsageError(remarks.join('; '))
    return ask
  })
}
