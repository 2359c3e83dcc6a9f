/** The parts of README.md and docs/performance.md that are made from bench/results.json. */
import { findRow, type Results, type Row, type SectionId } from './results.ts'
import { checkTargets } from './targets.ts'
import { digits, megabytes, oneOf } from './units.ts'

const START = /<!-- bench:start, written by npm run bench:\w+ -->/
const END = '<!-- bench:end -->'

const CODEC_COLUMNS = {
  wasm: 'WebAssembly',
  typescript: 'TypeScript',
  'library to the notes': "codec's C library, to the notes",
  'tool + readnotes': "codec's tool, then readnotes",
}

/** `page` with what is between the marks replaced by `text`, or nothing where it has no marks. */
export function fillPage(page: string, text: string): string | undefined {
  const start = START.exec(page)
  if (start === null) return undefined
  const before = page.slice(0, start.index + start[0].length)
  const after = page.slice(before.length).split(END)[1]
  return after === undefined ? undefined : `${before}\n\n${text}\n\n${END}${after}`
}

/** The chart and the two tables that say most. */
export function readmeText(results: Results): string {
  const { input, machine, date } = results
  return `![CPU time by codec](bench/results.svg)

From opening an image to its facts, CPU milliseconds: ${input.kernel} (${megabytes(Number(input.unpacked))} unpacked), packed
by every codec.

${codecTable(results)}

${input.images} real kernels, the whole command, wall-clock milliseconds an image:

${table(
  ['', 'ms an image'],
  rowsOf(results, 'catalogue').map(({ subject, wall }) => [subject, digits(wall.median)]),
)}

Medians of one run on ${machine.cpus} CPUs (${machine.cpu}), ${date}.`
}

/** Everything that was measured, and what it is held against. */
export function performanceText(results: Results): string {
  const { machine, versions, date } = results
  const found = Object.entries(versions).map(([name, version]) => `${name} ${version}`)
  const sections = results.sections.map(({ title, method, item, rows, missing }) => {
    const hasPeak = rows.some(({ peak }) => peak !== undefined)
    const head = ['', '', `CPU ms ${oneOf(item)}`, 'quartiles', `wall ms ${oneOf(item)}`]
    const body = rows.map(({ group, subject, cpu, wall, peak }) => [
      group,
      subject,
      digits(cpu.median),
      `${digits(cpu.low)}-${digits(cpu.high)}`,
      digits(wall.median),
      ...(hasPeak ? [peak === undefined ? '' : megabytes(peak)] : []),
    ])
    const leftOut = missing.map(text => `\n\nLeft out: ${text}.`).join('')
    return `### ${title}

${method[0]!.toUpperCase()}${method.slice(1)}.

${table(hasPeak ? [...head, 'peak memory'] : head, body, 2)}${leftOut}`
  })
  return `Medians of one run on ${machine.cpus} CPUs (${machine.cpu}), ${Math.round(machine.memory / 2 ** 30)} GiB,
${machine.system}, ${date}; ${found.join(', ')}.

${sections.join('\n\n')}

### Held against its aims

${table(
  ['', 'measured', 'aim', ''],
  checkTargets(results).map(({ what, measured, target, met }) => [
    what,
    measured,
    target,
    met ? '' : 'missed',
  ]),
)}`
}

const rowsOf = (results: Results, section: SectionId): readonly Row[] =>
  results.sections.find(({ id }) => id === section)?.rows ?? []

function codecTable(results: Results): string {
  const codecs = [...new Set(rowsOf(results, 'codecs').map(({ group }) => group))]
  return table(
    ['codec', ...Object.values(CODEC_COLUMNS)],
    codecs.map(codec => [
      codec,
      ...Object.keys(CODEC_COLUMNS).map(subject => {
        const row = findRow(results, 'codecs', codec, subject)
        return row === undefined ? '' : digits(row.cpu.median)
      }),
    ]),
  )
}

/** A table whose first `names` columns are words and whose others are figures. */
function table(head: readonly string[], rows: readonly (readonly string[])[], names = 1): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  const rule = `|${head.map((_, index) => (index < names ? '---' : '--:')).join('|')}|`
  return [line(head), rule, ...rows.map(line)].join('\n')
}
