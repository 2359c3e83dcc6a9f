/**
 * Text set for a terminal: folded to its columns, indented and painted.
 * @module
 */
import { printable } from '../document/printable.ts'
import { columnsOf, fold } from './fit.ts'
import { type Paint, painter } from './style.ts'
import { LEAST_WIDTH } from './text.ts'

/** What the text goes to. */
export interface TextStyle {
  colour: boolean
  /** In columns; Infinity where no line is to be folded. */
  width: number
}

export class TextSetter {
  readonly width: number
  readonly paint: Paint

  constructor({ colour, width }: TextStyle) {
    this.width = Math.max(LEAST_WIDTH, width)
    this.paint = painter(colour)
  }

  /** The lines of a text, all indented by so many columns. */
  lines(text: string, indent = 0): string[] {
    return this.labelled(' '.repeat(indent), text)
  }

  heading(text: string): string[] {
    return this.lines(text).map(line => this.paint('bold', line))
  }

  /** A label, and its text beside it; the lines after the first are `hang` columns further in. */
  labelled(label: string, text: string, hang = 0): string[] {
    const below = ' '.repeat(columnsOf(label) + hang)
    return fold(printable(text), this.width - below.length).map(
      (line, index) => (index === 0 ? label : below) + line,
    )
  }
}
