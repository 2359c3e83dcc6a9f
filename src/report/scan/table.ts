/**
 * The table for people: on 80 columns, as it grows, with the causes and what to do about them at the end.
 * @module
 */

import { printable } from '../../document/printable.ts'
import { describeGuest, describeLayers } from '../../facts/describe.ts'
import type { Column, Judgement } from '../../findings/judgement.ts'
import { plural } from '../../findings/plural.ts'
import { ScanCauses } from '../../findings/scan-causes.ts'
import type { BootModeName } from '../../xen/boot-mode.ts'
import { type Release, releaseIndex } from '../../xen/releases.ts'
import { type Paint, painter, VERDICT_CELL, VERDICT_STYLE } from '../style.ts'
import { shortenPath, WIDTH, wrap } from '../text.ts'
import { causeLines } from './causes.ts'
import type { ImageEntry } from './entry.ts'
import type { ScanContext, ScanReport, ScanSummary } from './report.ts'

const MODE_WIDTH = 9
const NAME_WIDTH = 22
const PATH_WIDTH = 42

/** One line an image: what it is and what runs in it. */
const factsLine = (entry: ImageEntry, shorten: (image: string) => string) => {
  const { facts } = entry.record
  const name = shortenPath(printable(shorten(entry.image)), PATH_WIDTH)
  return `${name.padEnd(PATH_WIDTH)}  ${describeLayers(facts).padEnd(12)}  ${printable(describeGuest(facts))}`.trimEnd()
}

const problemLines = (entry: ImageEntry, paint: Paint) => {
  const { problem } = entry.record
  if (problem === undefined) return []
  return wrap(printable(`${problem.code}: ${problem.message}`), WIDTH - 4).map(
    line => `    ${paint('yellow', line)}`,
  )
}

/** The images alone. */
function factsTable(paint: Paint, shorten: (image: string) => string) {
  return {
    head: () => [`${'image'.padEnd(PATH_WIDTH)}  ${'layers'.padEnd(12)}  guest`],
    rows: (entry: ImageEntry) => [
      factsLine(entry, shorten),
      ...problemLines(entry, paint),
      ...loaderLines(entry, paint),
    ],
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

const spanText = ({ since, until }: Judgement) => (since === until ? `${since}` : `${since} - ${until}`)

const indexOf = (release: Release | undefined) =>
  release === undefined ? Number.NaN : releaseIndex(release)!

/** One row for what differs only in the words of the log, which the causes below tell. */
function mergeRows(judgements: readonly Judgement[]): Judgement[] {
  const rows: Judgement[] = []
  for (const judgement of judgements) {
    const open = rows.at(-1)
    const { mode, verdict, code, since, until } = judgement
    const same = open?.mode === mode && open.verdict === verdict && open.code === code
    // What lies between two spans that do not touch was not asked, and may differ.
    const touches = indexOf(open?.until) + 1 === indexOf(since)
    if (same && touches && until !== undefined) open.until = until
    else rows.push({ ...judgement })
  }
  return rows
}

/** Every image with the spans of releases that answer alike. */
function spansTable(paint: Paint, shorten: (image: string) => string) {
  const row = (judgement: Judgement, first: boolean) => {
    const mode = (first ? judgement.mode : '').padEnd(MODE_WIDTH)
    const word = judgement.verdict.padEnd(11)
    const indent = `  ${mode} ${spanText(judgement).padEnd(SPAN_WIDTH)} `
    const reason = judgement.verdict === 'accepts' ? '' : (judgement.code ?? '')
    return (indent + paint(VERDICT_STYLE[judgement.verdict], word) + reason).trimEnd()
  }
  return {
    head: () => [],
    rows(entry: ImageEntry) {
      const all = entry.judgements ?? []
      const there = new Set(all.filter(({ verdict }) => verdict !== 'unavailable').map(({ mode }) => mode))
      // Releases without a boot mode are told where there is nothing else to tell of it.
      const spans = mergeRows(
        all.filter(({ mode, verdict }) => verdict !== 'unavailable' || !there.has(mode)),
      )
      const lines = spans.map((judgement, index) => row(judgement, spans[index - 1]?.mode !== judgement.mode))
      return [
        paint('bold', factsLine(entry, shorten)),
        ...problemLines(entry, paint),
        ...lines,
        ...loaderLines(entry, paint),
        '',
      ]
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

/** The lines over a matrix, and how wide its columns are: versions where they fit, else letters with a legend. */
function matrixHead(columns: readonly Column[]) {
  const line = (name: string, cells: readonly string[], width: number) =>
    name.padEnd(NAME_WIDTH + MODE_WIDTH + 2) + cells.map(cell => cell.padStart(width)).join('')
  const counts = columns.map(column => String(column.hosts.length))
  const labels = columns.map(column => splitLabel(column.label))
  const width = Math.max(2, ...labels.flat().map(part => part.length)) + 1
  if (width * columns.length <= WIDTH - NAME_WIDTH - MODE_WIDTH - 2) {
    const heads = [0, 1].map(part =>
      line(
        part === 0 ? '' : 'image',
        labels.map(label => label[part]!),
        width,
      ),
    )
    return { width, lines: [...heads, line('hosts', counts, width)] }
  }
  const legend = columns.map(
    ({ label, hosts }, index) => `  ${letter(index)}  ${label} (${plural(hosts.length, 'host')})`,
  )
  const heads = line(
    'image',
    columns.map((_, index) => letter(index)),
    LETTERED,
  )
  return { width: LETTERED, lines: [...legend, '', heads] }
}

const LETTERED = 3

/** Images by builds: one word a cell. */
function matrixTable(columns: readonly Column[], paint: Paint, shorten: (image: string) => string) {
  const { width, lines } = matrixHead(columns)
  const cell = (judgement: Judgement) =>
    ' '.repeat(Math.max(0, width - VERDICT_CELL[judgement.verdict].length)) +
    paint(VERDICT_STYLE[judgement.verdict], VERDICT_CELL[judgement.verdict])
  return {
    head: () => lines,
    rows(entry: ImageEntry) {
      const byMode = new Map<BootModeName, Judgement[]>()
      for (const judgement of entry.judgements ?? []) {
        const row = byMode.get(judgement.mode)
        if (row === undefined) byMode.set(judgement.mode, [judgement])
        else row.push(judgement)
      }
      const name = shortenPath(printable(shorten(entry.image)), NAME_WIDTH).padEnd(NAME_WIDTH)
      const rows = [...byMode].map(
        ([mode, judgements], index) =>
          `${index === 0 ? name : ' '.repeat(NAME_WIDTH)} ${mode.padEnd(MODE_WIDTH)} ${judgements.map(cell).join('')}`,
      )
      return [
        ...(rows.length > 0 ? rows : [name]),
        ...problemLines(entry, paint),
        ...loaderLines(entry, paint),
      ]
    },
  }
}

function summaryLine({ images, problems, notKernels, stopped }: ScanSummary): string {
  const parts = [plural(images, 'image')]
  if (problems > 0) parts.push(`${problems} with a problem`)
  if (notKernels > 0)
    parts.push(`${plural(notKernels, 'file')} that ${notKernels === 1 ? 'is no kernel' : 'are no kernels'}`)
  if (stopped) parts.push('stopped before the end')
  return parts.join(', ')
}

const LEGEND = 'ok starts   NO is refused   ? is uncertain   - has no such boot mode'

/** What a person has named need not be repeated in every row. */
function relativeTo(roots: readonly string[]): (image: string) => string {
  const prefixes = roots.map(root => (root.endsWith('/') ? root : `${root}/`))
  return image => {
    const prefix = prefixes.find(candidate => image.startsWith(candidate))
    return prefix === undefined ? image : image.slice(prefix.length)
  }
}

export function tableReport({ columns, modes, colour, roots }: ScanContext): ScanReport {
  const paint = painter(colour)
  const shorten = relativeTo(roots)
  const table =
    modes === undefined
      ? factsTable(paint, shorten)
      : columns === undefined
        ? spansTable(paint, shorten)
        : matrixTable(columns, paint, shorten)
  const causes = new ScanCauses()
  const text = (lines: readonly string[]) => lines.map(line => `${line}\n`).join('')
  return {
    begin: () => text(table.head()),
    image(entry) {
      const facts = () => entry.record.facts
      for (const judgement of entry.judgements ?? []) causes.add(shorten(entry.image), judgement, facts)
      return text(table.rows(entry))
    },
    end(summary) {
      const legend = columns === undefined ? [] : ['', LEGEND]
      const why = causeLines(causes.list(), WIDTH)
      return text([...legend, '', ...why, summaryLine(summary)])
    },
  }
}
