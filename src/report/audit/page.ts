/**
 * A page of text for a terminal: headings, paragraphs with a label, lists that are cut.
 * @module
 */

import { printable } from '../../document/printable.ts'
import { columnsOf, cutMiddle, padEnd, padStart } from '../fit.ts'
import type { Paint } from '../style.ts'
import { TextSetter } from '../text-setter.ts'
import { few } from './names.ts'
import type { AuditReportOptions } from './report.ts'

type Style = Parameters<Paint>[0]

export class Page {
  readonly width: number
  readonly paint: Paint
  readonly #setter: TextSetter
  readonly #lines: string[] = []
  readonly #isWhole: boolean
  /** True once a list was cut. */
  #isCut = false

  constructor({ colour, width, all = false }: AuditReportOptions) {
    this.#setter = new TextSetter({ colour, width })
    this.width = this.#setter.width
    this.#isWhole = all || width === Number.POSITIVE_INFINITY
    this.paint = this.#setter.paint
  }

  /** A line that fits as it is. */
  line(text = ''): void {
    this.#lines.push(text.trimEnd())
  }

  heading(text: string): void {
    if (this.#lines.length > 0) this.line()
    for (const line of this.#setter.heading(text)) this.line(line)
  }

  /** A paragraph; its first line starts with `lead`, the others are indented by as much. */
  paragraph(lead: string, text: string, style?: Style): void {
    const [first, ...rest] = this.#setter.labelled(lead, text)
    const draw = (line: string) => (style === undefined ? line : this.paint(style, line))
    this.line(draw(first!))
    const indent = ' '.repeat(lead.length)
    for (const line of rest) this.line(indent + draw(line.slice(indent.length)))
  }

  /** Names after a label, `most` of them at most. */
  names(lead: string, names: readonly string[], most: number): void {
    if (names.length === 0) return
    const { shown, more } = few(names, this.#isWhole ? names.length : most)
    const room = this.width - lead.length
    // A comma belongs to the name in front of it.
    const text = shown.map(name => cutMiddle(printable(name), room - ','.length)).join(', ')
    this.paragraph(lead, more === 0 ? text : `${text} and ${more} more`)
    this.#isCut ||= more > 0
  }

  /** An item a line or more, `most` of them at most. */
  items<Item>(items: readonly Item[], most: number, draw: (item: Item) => void): void {
    const { shown, more } = few(items, this.#isWhole ? items.length : most)
    for (const item of shown) draw(item)
    if (more === 0) return
    this.line(`  … and ${more} more`)
    this.#isCut = true
  }

  /** Counts of one thing, a line each, and how much that is of all. */
  counts(
    rows: readonly { label: string; style: Style; count: number }[],
    { one, many }: { one: string; many: string },
  ): void {
    const sum = rows.reduce((total, { count }) => total + count, 0)
    const width = Math.max(...rows.map(row => row.label.length))
    const digits = String(sum).length
    this.line()
    for (const { label, style, count } of rows) {
      const text = `${padStart(String(count), digits)} ${padEnd(count === 1 ? one : many, many.length)}`
      this.#count(label, width, style, text, sum === 0 ? 0 : count / sum)
    }
  }

  /**
   * Columns with a head, the first one to the left, numbers to the right. A row may be marked. What is too wide for the
   * page loses the middle of its first column.
   */
  columns(
    head: readonly string[],
    rows: readonly (readonly (string | number)[])[],
    isMarked: (index: number) => boolean = () => false,
  ): void {
    const texts = [head, ...rows].map(cells => cells.map(cell => printable(String(cell))))
    const [first, ...others] = head.map((_, column) =>
      Math.max(...texts.map(cells => columnsOf(cells[column]!))),
    )
    const rest = others.reduce((sum, width) => sum + GAP + width, 0)
    const names = Math.max(LEAST_NAME, Math.min(first!, this.width - INDENT - rest))
    const draw = ([name, ...numbers]: readonly string[]) =>
      padEnd(cutMiddle(name!, names), names) +
      numbers.map((text, index) => padStart(text, GAP + others[index]!)).join('')
    for (const [index, cells] of texts.entries()) {
      const marked = index > 0 && isMarked(index - 1)
      const line = `${marked ? '*' : ' '} ${draw(cells)}`
      this.line(index === 0 ? this.paint('dim', line.trimEnd()) : marked ? this.paint('bold', line) : line)
    }
  }

  #count(label: string, labelWidth: number, style: Style, count: string, share: number): void {
    const lead = `  ${this.paint(style, padEnd(label, labelWidth))}  ${count}`
    const bar = '#'.repeat(barLength(share, Math.min(BAR_WIDTH, this.width - labelWidth - count.length - 6)))
    this.line(bar === '' ? lead : `${lead}  ${this.paint(style, bar)}`)
  }

  /** The text, at its end how to get all of the lists that were cut. */
  text(): string {
    if (this.#isCut) {
      this.line()
      this.paragraph('', 'Lists are cut here. --all cuts none; -o html, -o csv and -o json have all of it.')
      this.#isCut = false
    }
    return this.#lines.map(line => `${line}\n`).join('')
  }
}

const BAR_WIDTH = 32
/** Before a row, and between its columns. */
const INDENT = 2
const GAP = 2
/** What the first column keeps of a name. */
const LEAST_NAME = 10

/** What is there is seen: no count but zero has an empty bar. */
const barLength = (share: number, width: number) =>
  share <= 0 ? 0 : Math.max(1, Math.round(share * Math.max(0, width)))
