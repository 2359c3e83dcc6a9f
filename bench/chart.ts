/** Draws what the codecs take: a dot for each subject on a logarithmic axis, readable on light and on dark. */
import type { Results, Row } from './results.ts'

interface Series {
  subject: string
  label: string
  colour: string
}

/** What is drawn, in the order of the legend; colours are class names of the style below. */
const SERIES: readonly Series[] = [
  { subject: 'wasm', label: 'xen-preflight', colour: 'own' },
  { subject: 'typescript', label: 'its TypeScript engine', colour: 'twin' },
  { subject: 'library to the notes', label: 'C library, to the notes', colour: 'library' },
  { subject: 'tool + readnotes', label: 'command-line tool, then readnotes', colour: 'peer' },
]

const STYLE = `
text { font: 13px system-ui, sans-serif; fill: #1f2328; }
.faint { fill: #59636e; }
.title { font-weight: 600; font-size: 15px; }
.grid { stroke: #d1d9e0; }
.span { stroke: #818b98; stroke-width: 2; }
.own { fill: #0969da; } .twin { fill: #8250df; } .library { fill: #1a7f37; } .peer { fill: #bc4c00; }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3; }
  .faint { fill: #9198a1; }
  .grid { stroke: #3d444d; }
  .span { stroke: #656c76; }
  .own { fill: #4493f8; } .twin { fill: #ab7df8; } .library { fill: #3fb950; } .peer { fill: #db6d28; }
}`

const WIDTH = 840
const LEFT = 70
const RIGHT = 130
const TOP = 92
const ROW = 34
const BOTTOM = 44

const escapeXml = (text: string) => text.replace(/[&<>"]/g, character => `&#${character.charCodeAt(0)};`)
const text = (x: number, y: number, content: string, kind = '', anchor = 'start') =>
  `<text x="${x}" y="${y}" class="${kind}" text-anchor="${anchor}">${escapeXml(content)}</text>`
const milliseconds = (value: number) => `${Number(value.toPrecision(3))} ms`

/** A round mark that tells series apart where colours do not: own ones are larger. */
const dot = (x: number, y: number, { colour, label }: Series, value: number) =>
  `<circle cx="${x.toFixed(1)}" cy="${y}" r="${colour === 'own' ? 7 : 5}" class="${colour}"><title>${escapeXml(
    `${label}: ${milliseconds(value)}`,
  )}</title></circle>`

/** The chart of the codecs as an SVG document; without their figures an empty one. */
export function drawChart(results: Results): string {
  const rows = results.sections.find(({ id }) => id === 'codecs')?.rows ?? []
  const value = (group: string, subject: string) => find(rows, group, subject)?.cpu.median
  const groups = [...new Set(rows.map(({ group }) => group))].sort(
    (a, b) => (value(a, 'wasm') ?? 0) - (value(b, 'wasm') ?? 0),
  )
  const height = TOP + ROW * groups.length + BOTTOM
  const values = rows.filter(({ subject }) => SERIES.some(series => series.subject === subject))
  const highest = 10 ** Math.ceil(Math.log10(Math.max(1, ...values.map(({ cpu }) => cpu.median))))
  const lowest = 10 ** Math.floor(Math.log10(Math.min(highest / 10, ...values.map(({ cpu }) => cpu.median))))
  const x = (time: number) =>
    LEFT + ((WIDTH - LEFT - RIGHT) * Math.log10(time / lowest)) / Math.log10(highest / lowest)
  const parts: string[] = [text(LEFT, 24, 'One kernel image to its Xen notes, CPU time', 'title')]
  let legend = LEFT
  for (const series of SERIES) {
    parts.push(`<circle cx="${legend + 6}" cy="46" r="5" class="${series.colour}"/>`)
    parts.push(text(legend + 16, 50, series.label))
    legend += 34 + series.label.length * 6.6
  }
  parts.push(text(WIDTH - RIGHT + 14, TOP - 6, 'faster than tools', 'faint'))
  for (let tick = lowest; tick <= highest * 1.001; tick *= 10) {
    const at = x(tick).toFixed(1)
    parts.push(`<line x1="${at}" x2="${at}" y1="${TOP - 14}" y2="${height - BOTTOM}" class="grid"/>`)
    parts.push(text(Number(at), height - BOTTOM + 18, milliseconds(tick), 'faint', 'middle'))
  }
  for (const [index, group] of groups.entries()) {
    const y = TOP + ROW * index + ROW / 2
    const dots = SERIES.flatMap(series => {
      const time = value(group, series.subject)
      return time === undefined ? [] : [{ series, time }]
    })
    const times = dots.map(({ time }) => time)
    parts.push(text(LEFT - 10, y + 4, group, '', 'end'))
    const [from, to] = [Math.min(...times), Math.max(...times)].map(time => x(time).toFixed(1))
    parts.push(`<line x1="${from}" x2="${to}" y1="${y}" y2="${y}" class="span"/>`)
    for (const { series, time } of dots.reverse()) parts.push(dot(x(time), y, series, time))
    const own = value(group, 'wasm')
    const peer = value(group, 'tool + readnotes')
    if (own !== undefined && peer !== undefined) {
      parts.push(text(WIDTH - RIGHT + 14, y + 4, `${Number((peer / own).toPrecision(2))} times`, 'faint'))
    }
  }
  const size = `viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}"`
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size} role="img" aria-label="CPU time by codec"><style>${STYLE}
</style>
${parts.join('\n')}
</svg>
`
}

const find = (rows: readonly Row[], group: string, subject: string) =>
  rows.find(row => row.group === group && row.subject === subject)
