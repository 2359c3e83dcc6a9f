/**
 * A page of text for a terminal: headings, paragraphs with a label, lists that are cut.
 * @module
 */

import { printable } from '../../document/printable.ts'
import { cutMiddle, fold, padEnd } from '../fit.ts'
import { type Paint, painter } from '../style.ts'
import { LEAST_WIDTH } from '../text.ts'
import { few } from './names.ts'
import type { AuditReportOptions } from './report.ts'

type Style = Parameters<Paint>[0]

export class Page {
  readonly width: number
  readonly paint: Paint
  readonly #lines: string[] = []
  readonly #isWhole: boolean
  /** True once a list was cut. */
  #isCut = false

  constructor({ colour, width, all = false }: AuditReportOptions) {
    this.width = Math.max(LEAST_WIDTH, width)
    this.#isWhole = all || width === Number.POSITIVE_INFINITY
    this.paint = painter(colour)
  }

  /** A line that fits as it is. */
  line(text = ''): void {
    this.#lines.push(text.trimEnd())
  }

  heading(text: string): void {
    if (this.#lines.length > 0) this.line()
    for (const line of fold(printable(text), this.width)) this.line(this.paint('bold', line))
  }

  /** A paragraph; its first line starts with `lead`, the others are indented by as much. */
  paragraph(lead: string, text: string, style?: Style): void {
    const [first, ...rest] = fold(printable(text), this.width - lead.length)
    const draw = (line: string) => (style === undefined ? line : this.paint(style, line))
    this.line(draw(lead + first!))
    for (const line of rest) this.line(' '.repeat(lead.length) + draw(line))
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

  /** A count of something, and how much that is of all. */
  count(label: string, labelWidth: number, style: Style, count: string, share: number): void {
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

/** What is there is seen: no count but zero has an empty bar. */
const barLength = (share: number, width: number) =>
  share <= 0 ? 0 : Math.max(1, Math.round(share * Math.max(0, width)))
