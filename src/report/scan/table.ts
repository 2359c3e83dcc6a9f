/**
 * The table for people: as wide as their terminal, sorted by name, with the causes and what to do about them at the end.
 * @module
 */

import { printable } from '../../document/printable.ts'
import { describeGuest, describeLayers } from '../../facts/describe.ts'
import type { Column, Judgement } from '../../findings/judgement.ts'
import { plural } from '../../findings/plural.ts'
import { ScanAssumptions } from '../../findings/scan-assumptions.ts'
import { ScanCauses } from '../../findings/scan-causes.ts'
import { type Release, releaseIndex } from '../../xen/releases.ts'
import type { VerdictWord } from '../../xen/verdict.ts'
import { columnsOf, cutMiddle, fold, padEnd } from '../fit.ts'
import { type Paint, painter, VERDICT_CELL, VERDICT_STYLE } from '../style.ts'
import { LEAST_WIDTH, WIDTH } from '../text.ts'
import { assumptionLines, causeLines } from './causes.ts'
import type { ImageEntry } from './entry.ts'
import type { ScanContext, ScanReport, ScanSummary } from './report.ts'

const MODE_WIDTH = 9
/** The least that a name gets. */
const NAME_WIDTH = 22
/** What a name gets on 80 columns where the image's layers and guest are on the same line. */
const PATH_WIDTH = 42
const LAYERS_WIDTH = 12
/** So many rows are held back to be sorted; a longer table is sorted piece by piece. */
const MAX_SORTED_ROWS = 5000

/** An image in a table. */
interface Row {
  name: string
  layers: string
  guest: string
  /** The verdicts of the columns, a line a boot mode. */
  cells: { mode: string; verdicts: VerdictWord[] }[]
  /** Lines below it. */
  lines: string[]
}

interface Table {
  /** Lines above everything. */
  head: string[]
  row(entry: ImageEntry): Row
  /** True where rows are drawn more than once, for some of the columns each time. */
  isSplit: boolean
  /** Draws rows; the first time, or where it is split, with what is over them. */
  draw(rows: readonly Row[]): string[]
}

const longest = (rows: readonly Row[]) => Math.max(0, ...rows.map(({ name }) => columnsOf(name)))

/** As wide as the longest name, within bounds. */
const nameWidth = (rows: readonly Row[], least: number, most: number) =>
  Math.max(least, Math.min(longest(rows), most))

const pathWidth = (rows: readonly Row[], width: number) =>
  nameWidth(rows, Math.min(PATH_WIDTH, width), width - (WIDTH - PATH_WIDTH))

/** One line an image: what it is and what runs in it. */
const factsLine = ({ name, layers, guest }: Row, width: number) =>
  `${padEnd(cutMiddle(name, width), width)}  ${layers.padEnd(LAYERS_WIDTH)}  ${guest}`.trimEnd()

function problemLines({ record: { problem } }: ImageEntry, { paint, width }: Style): string[] {
  if (problem === undefined) return []
  return fold(printable(`${problem.code}: ${problem.message}`), width - 4).map(
    line => `    ${paint('yellow', line)}`,
  )
}

interface Style {
  paint: Paint
  width: number
  shorten: (image: string) => string
}

const plainRow = (entry: ImageEntry, { shorten }: Style): Row => ({
  name: printable(shorten(entry.image)),
  layers: describeLayers(entry.record.facts),
  guest: printable(describeGuest(entry.record.facts)),
  cells: [],
  lines: [],
})

/** The images alone. */
function factsTable(style: Style): Table {
  let width: number | undefined
  return {
    head: [],
    isSplit: false,
    row: entry => ({
      ...plainRow(entry, style),
      lines: [...problemLines(entry, style), ...loaderLines(entry, style.paint)],
    }),
    draw(rows) {
      const lines: string[] = []
      if (width === undefined) {
        width = pathWidth(rows, style.width)
        lines.push(`${'image'.padEnd(width)}  ${'layers'.padEnd(LAYERS_WIDTH)}  guest`)
      }
      for (const row of rows) lines.push(factsLine(row, width), ...row.lines)
      return lines
    },
  }
}

/** What loaders of guests say, a line a span. */
function loaderLines({ loaders = [] }: ImageEntry, paint: Paint): string[] {
  return loaders.map(({ boot, arch, since, until, verdict, code }, index) => {
    const before = loaders[index - 1]
    const named =
      before?.boot === boot && before.arch === arch ? '' : `${boot}${arch === undefined ? '' : ` ${arch}`}`
    const span = since === undefined ? '' : since === until ? since : `${since} - ${until}`
    const style = verdict === 'not-asked' ? 'dim' : VERDICT_STYLE[verdict]
    const reason = verdict === 'accepts' ? '' : (code ?? '')
    return `  ${named.padEnd(LOADER_WIDTH)} ${span.padEnd(SPAN_WIDTH)} ${paint(style, verdict.padEnd(11))}${reason}`.trimEnd()
  })
}

const LOADER_WIDTH = 18
const SPAN_WIDTH = 19

const spanText = ({ since, until, xen }: Judgement) =>
  xen ?? (since === until ? `${since}` : `${since} - ${until}`)

const indexOf = (release: Release | undefined) =>
  release === undefined ? Number.NaN : releaseIndex(release)!

/** One row for what differs only in the words of the log, which the causes below tell. */
function mergeRows(judgements: readonly Judgement[]): Judgement[] {
  const rows: Judgement[] = []
  for (const judgement of judgements) {
    const open = rows.at(-1)
    const { mode, verdict, code, since, until } = judgement
    const same =
      judgement.xen === undefined && open?.mode === mode && open.verdict === verdict && open.code === code
    // What lies between two spans that do not touch was not asked, and may differ.
    const touches = indexOf(open?.until) + 1 === indexOf(since)
    if (same && touches && until !== undefined) open.until = until
    else rows.push({ ...judgement })
  }
  return rows
}

/** Every image with the spans of releases with the same verdict. */
function spansTable(style: Style): Table {
  const { paint } = style
  let width: number | undefined
  const line = (judgement: Judgement, first: boolean) => {
    const mode = (first ? judgement.mode : '').padEnd(MODE_WIDTH)
    const word = judgement.verdict.padEnd(11)
    const indent = `  ${mode} ${spanText(judgement).padEnd(SPAN_WIDTH)} `
    const reason = judgement.verdict === 'accepts' ? '' : (judgement.code ?? '')
    return (indent + paint(VERDICT_STYLE[judgement.verdict], word) + reason).trimEnd()
  }
  return {
    head: [],
    isSplit: false,
    row(entry) {
      const all = entry.judgements ?? []
      const there = new Set(all.filter(({ verdict }) => verdict !== 'unavailable').map(({ mode }) => mode))
      // Releases without a boot mode are told where there is nothing else to tell of it.
      const spans = mergeRows(
        all.filter(({ mode, verdict }) => verdict !== 'unavailable' || !there.has(mode)),
      )
      const lines = spans.map((span, index) => line(span, spans[index - 1]?.mode !== span.mode))
      return {
        ...plainRow(entry, style),
        lines: [...problemLines(entry, style), ...lines, ...loaderLines(entry, paint)],
      }
    },
    draw(rows) {
      width ??= pathWidth(rows, style.width)
      const lines: string[] = []
      for (const row of rows) lines.push(paint('bold', factsLine(row, width)), ...row.lines, '')
      return lines
    },
  }
}

/** Names for columns that are too many to be headed by their version: a to z, then A to Z, then a' … */
const letter = (index: number) => {
  const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'
  return letters[index % letters.length]! + "'".repeat(Math.floor(index / letters.length))
}

/** A version over two lines, so that a column is narrow: `4.1` over `.6.1`. */
function splitLabel(label: string): readonly [string, string] {
  const [series] = label.match(/^\d+\.\d+/) ?? ['']
  return [series, label.slice(series.length)]
}

const LETTERED = 3
/** Wider columns get letters, and a legend for these. */
const MAX_COLUMN = 9

/** What is over the columns of a matrix: their versions on two lines, or letters where a version is long. */
interface ColumnHeads {
  /** Of a column, with the space before it. */
  width: number
  legend: string[]
  /** Lines of one cell a column; each with what is over the names. */
  lines: { name: string; cells: string[] }[]
}

function columnHeads(columns: readonly Column[]): ColumnHeads {
  const labels = columns.map(({ label }) => printable(label))
  const parts = labels.map(splitLabel)
  const width = Math.max(2, ...parts.flat().map(part => part.length)) + 1
  if (width <= MAX_COLUMN) {
    const hosts = columns.map(column => String(column.hosts.length))
    return {
      width,
      legend: [],
      lines: [
        { name: '', cells: parts.map(([series]) => series) },
        { name: 'image', cells: parts.map(([, rest]) => rest) },
        { name: 'hosts', cells: hosts },
      ],
    }
  }
  const legend = columns.map(
    ({ hosts }, index) => `  ${letter(index)}  ${labels[index]} (${plural(hosts.length, 'host')})`,
  )
  return {
    width: LETTERED,
    legend: [...legend, ''],
    lines: [{ name: 'image', cells: columns.map((_, index) => letter(index)) }],
  }
}

/** Images by builds: one word a cell. Where the columns do not fit, one matrix after another has some of them. */
function matrixTable(columns: readonly Column[], style: Style): Table {
  const { paint, width } = style
  const heads = columnHeads(columns)
  const cell = (verdict: VerdictWord) =>
    ' '.repeat(Math.max(0, heads.width - VERDICT_CELL[verdict].length)) +
    paint(VERDICT_STYLE[verdict], VERDICT_CELL[verdict])
  const fitting = (names: number) => Math.max(1, Math.floor((width - names - MODE_WIDTH - 2) / heads.width))
  const isSplit = fitting(NAME_WIDTH) < columns.length
  let names: number | undefined
  const headLines = (names: number, from: number, to: number) =>
    heads.lines.map(
      ({ name, cells }) =>
        name.padEnd(names + MODE_WIDTH + 2) +
        cells
          .slice(from, to)
          .map(text => text.padStart(heads.width))
          .join(''),
    )
  const part = (rows: readonly Row[], names: number, from: number, to: number) =>
    rows.flatMap(({ name, cells, lines }) => {
      const cut = padEnd(cutMiddle(name, names), names)
      const drawn = cells.map(
        ({ mode, verdicts }, index) =>
          `${index === 0 ? cut : ' '.repeat(names)} ${mode.padEnd(MODE_WIDTH)} ${verdicts.slice(from, to).map(cell).join('')}`,
      )
      // What is wrong with an image is said once.
      return [...(drawn.length > 0 ? drawn : [cut.trimEnd()]), ...(from === 0 ? lines : [])]
    })
  return {
    head: heads.legend,
    isSplit,
    row(entry) {
      const cells = new Map<string, VerdictWord[]>()
      for (const { mode, verdict } of entry.judgements ?? []) {
        cells.set(mode, [...(cells.get(mode) ?? []), verdict])
      }
      return {
        ...plainRow(entry, style),
        cells: [...cells].map(([mode, verdicts]) => ({ mode, verdicts })),
        lines: [...problemLines(entry, style), ...loaderLines(entry, paint)],
      }
    },
    draw(rows) {
      const isFirst = names === undefined
      const room = width - MODE_WIDTH - 2 - heads.width * columns.length
      names ??= nameWidth(rows, NAME_WIDTH, Math.max(room, NAME_WIDTH))
      const lines: string[] = []
      const step = fitting(names)
      for (let from = 0; from < columns.length; from += step) {
        if (lines.length > 0 || (isSplit && !isFirst)) lines.push('')
        if (isFirst || isSplit) lines.push(...headLines(names, from, from + step))
        lines.push(...part(rows, names, from, from + step))
      }
      return lines
    },
  }
}

function summaryLine({ images, problems, notKernels, notSelected = 0, stopped }: ScanSummary): string {
  const parts = [plural(images, 'image')]
  if (problems > 0) parts.push(`${problems} with a problem`)
  if (notKernels > 0)
    parts.push(`${plural(notKernels, 'file')} that ${notKernels === 1 ? 'is no kernel' : 'are no kernels'}`)
  if (notSelected > 0) parts.push(`${notSelected} not selected`)
  if (stopped) parts.push('stopped before the end')
  return parts.join(', ')
}

const LEGEND = 'ok starts   NO is refused   ? is uncertain   - has no such boot mode'

/** What a person has named need not be repeated in every row: a directory, or the one that all named files are in. */
function relativeTo(roots: readonly string[]): (image: string) => string {
  const prefixes = roots.map(root => (root.endsWith('/') ? root : `${root}/`))
  const parents = new Set(roots.map(root => root.slice(0, root.lastIndexOf('/') + 1)))
  const parent = roots.length > 1 && parents.size === 1 ? [...parents][0]! : ''
  return image => {
    const prefix = prefixes.find(candidate => image.startsWith(candidate)) ?? parent
    // What was named itself, such as a folder of objects that cannot be listed, keeps its name.
    return (image.startsWith(prefix) ? image.slice(prefix.length) : image) || image
  }
}

/** Folder by folder, numbers by their value: vmlinuz-6.9 comes before vmlinuz-6.10. */
function byName(): (a: Row, b: Row) => number {
  const { compare } = new Intl.Collator('en', { numeric: true })
  return (a, b) => {
    const [left, right] = [a.name.split('/'), b.name.split('/')]
    for (const [index, name] of left.entries()) {
      const other = right[index]
      if (other === undefined) return 1
      const order = compare(name, other)
      if (order !== 0) return order
    }
    return left.length - right.length
  }
}

export function tableReport({ columns, modes, colour, width, roots }: ScanContext): ScanReport {
  const style = { paint: painter(colour), width: Math.max(LEAST_WIDTH, width), shorten: relativeTo(roots) }
  const table =
    modes === undefined
      ? factsTable(style)
      : columns === undefined
        ? spansTable(style)
        : matrixTable(columns, style)
  const causes = new ScanCauses()
  const assumptions = new ScanAssumptions()
  const rows = new HeldRows(table)
  const text = (lines: readonly string[]) => lines.map(line => `${line.trimEnd()}\n`).join('')
  return {
    begin: () => text(table.head),
    image(entry) {
      const facts = () => entry.record.facts
      for (const judgement of entry.judgements ?? []) {
        causes.add({ address: entry.image, name: style.shorten(entry.image) }, judgement, facts)
        assumptions.add(entry.image, judgement)
      }
      return text(rows.add(entry, roots))
    },
    end(summary) {
      const legend = columns === undefined ? [] : ['', LEGEND]
      const why = causeLines(causes.list(), style.width)
      const rest = assumptionLines(assumptions.list(), style.width)
      return text([...rows.rest(), ...legend, '', ...why, ...rest, summaryLine(summary)])
    },
  }
}

/** Rows that wait to be sorted: those of one path that was named together, in the order in which they were named. */
class HeldRows {
  readonly #table: Table
  readonly #byName = byName()
  #rows: Row[] = []
  /** Where the rows of the path begin that is read now. */
  #start = 0
  #root: string | undefined
  #isDrawn = false

  constructor(table: Table) {
    this.#table = table
  }

  /** Returns what is to be printed before there are too many. */
  add(entry: ImageEntry, roots: readonly string[]): string[] {
    const root = roots.find(path => entry.image === path || entry.image.startsWith(path))
    if (root !== this.#root) this.#sort()
    this.#root = root
    this.#rows.push(this.#table.row(entry))
    // A file that was named has its place: nothing comes before it any more.
    const hasPlace = entry.image === root && !this.#table.isSplit
    return hasPlace || this.#rows.length >= MAX_SORTED_ROWS ? this.rest() : []
  }

  rest(): string[] {
    // A table without images has its head all the same.
    if (this.#rows.length === 0 && this.#isDrawn) return []
    this.#sort()
    const lines = this.#table.draw(this.#rows)
    this.#rows = []
    this.#start = 0
    this.#isDrawn = true
    return lines
  }

  #sort(): void {
    const sorted = this.#rows.splice(this.#start).sort(this.#byName)
    this.#rows.push(...sorted)
    this.#start = this.#rows.length
  }
}
