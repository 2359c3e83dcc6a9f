/** The rows of a table of images, and what all kinds of tables draw of an image. */
import { printable } from '../../document/printable.ts'
import { describeGuest, describeLayers } from '../../facts/describe.ts'
import type { VerdictWord } from '../../xen/verdict.ts'
import { columnsOf, cutMiddle, fold, padEnd } from '../fit.ts'
import { type Paint, VERDICT_STYLE } from '../style.ts'
import { WIDTH } from '../text.ts'
import type { ImageEntry } from './entry.ts'

export const MODE_WIDTH = 9
export const SPAN_WIDTH = 19
export const LAYERS_WIDTH = 12
/** The width of a name on 80 columns with the image's layers and guest on the same line. */
const PATH_WIDTH = 42
const LOADER_WIDTH = 18
/** The least width of a name. */
export const NAME_WIDTH = 22
/** The spaces between name, layers and guest. */
const GAPS = 4

/** An image in a table. */
export interface Row {
  name: string
  layers: string
  guest: string
  /** The verdicts of the columns, a line a boot mode. */
  cells: { mode: string; verdicts: VerdictWord[] }[]
  /** Lines below it. */
  lines: string[]
}

export interface Table {
  /** Lines above everything. */
  head: string[]
  row(entry: ImageEntry): Row
  /** True where rows are drawn more than once, for some of the columns each time. */
  isSplit: boolean
  /** Draws rows; the first time, or where it is split, with what is over them. */
  draw(rows: readonly Row[]): string[]
}

const longest = (texts: readonly string[]) => Math.max(0, ...texts.map(columnsOf))

/** As wide as the longest name, within bounds. */
export const nameWidth = (rows: readonly Row[], least: number, most: number) =>
  Math.max(least, Math.min(longest(rows.map(({ name }) => name)), most))

/** The width of names on `columns` that leaves the layers and the longest guest room on the same line. */
export function pathWidth(rows: readonly Row[], columns: number): number {
  const room = columns - GAPS - LAYERS_WIDTH - longest(rows.map(({ guest }) => guest))
  const most = Math.max(NAME_WIDTH, Math.min(room, columns - (WIDTH - PATH_WIDTH)))
  return nameWidth(rows, Math.min(PATH_WIDTH, most), most)
}

/** One line an image: what it is and what runs in it; two where it has no room on `columns`. */
export function factsLines({ name, layers, guest }: Row, width: number, columns: number): string[] {
  const what = `  ${layers.padEnd(LAYERS_WIDTH)}  ${guest}`.trimEnd()
  const line = `${padEnd(cutMiddle(name, width), width)}${what}`.trimEnd()
  return columnsOf(line) <= columns ? [line] : [cutMiddle(name, columns), ...(what === '' ? [] : [what])]
}

export function problemLines({ record: { problem } }: ImageEntry, { paint, width }: Style): string[] {
  if (problem === undefined) return []
  return fold(printable(`${problem.code}: ${problem.message}`), width - 4).map(
    line => `    ${paint('yellow', line)}`,
  )
}

export interface Style {
  paint: Paint
  width: number
  shorten: (image: string) => string
}

export const plainRow = (entry: ImageEntry, { shorten }: Style): Row => ({
  name: printable(shorten(entry.image)),
  layers: describeLayers(entry.record.facts),
  guest: printable(describeGuest(entry.record.facts)),
  cells: [],
  lines: [],
})

/** What loaders of guests say, a line a span. */
export function loaderLines({ loaders = [] }: ImageEntry, paint: Paint): string[] {
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
