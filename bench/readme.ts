/** Writes the tables of README.md from bench/results.json: `npm run bench:readme`. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Results } from './results.ts'
import { checkTargets } from './targets.ts'

const START = '<!-- bench:start, written by npm run bench:readme -->'
const END = '<!-- bench:end -->'
const COLUMNS = ['wasm', 'typescript', 'library to the notes', 'tool + readnotes']

const root = fileURLToPath(new URL('../..', import.meta.url))
const results: Results = JSON.parse(readFileSync(join(root, 'bench/results.json'), 'utf8'))
const readme = join(root, 'README.md')
const text = readFileSync(readme, 'utf8')
const [before, rest] = text.split(START)
const after = rest?.split(END)[1]
if (before === undefined || after === undefined) {
  process.stderr.write(`Cannot find the place for the tables in README.md: expected ${START} and ${END}\n`)
  process.exit(1)
}
writeFileSync(readme, `${before}${START}\n${tables(results)}\n${END}${after}`)

function tables({ machine, versions, input, sections, date }: Results): string {
  const rows = sections.find(({ id }) => id === 'codecs')?.rows ?? []
  const groups = [...new Set(rows.map(({ group }) => group))]
  const time = (group: string, subject: string) => {
    const row = rows.find(found => found.group === group && found.subject === subject)
    return row === undefined ? '' : `${Number(row.cpu.median.toPrecision(3))}`
  }
  const size = Math.round(Number(input.unpacked) / 1e6)
  const memory = Math.round(machine.memory / 2 ** 30)
  const tools = Object.entries(versions).map(([name, version]) => `${name} ${version}`)
  return `
One kernel (${input.kernel}, ${size} MB unpacked) packed by every codec, from opening the image to its facts;
CPU milliseconds, medians of one run:

| codec | WebAssembly engine | TypeScript engine | the codec's C library, up to the notes | the codec's tool, then readnotes |
|---|--:|--:|--:|--:|
${groups.map(group => `| ${[group, ...COLUMNS.map(subject => time(group, subject))].join(' | ')} |`).join('\n')}

![CPU time by codec](bench/results.svg)

| what | measured | aim | |
|---|--:|--:|---|
${checkTargets(results)
  .map(({ what, measured, target, met }) => `| ${what} | ${measured} | ${target} | ${met ? '' : 'missed'} |`)
  .join('\n')}

Measured on ${date} on ${machine.cpus} CPUs (${machine.cpu}), ${memory} GiB, ${machine.system}; ${tools.join(', ')}.
`
}
