/**
 * What a repair does to a kernel, for people at a terminal.
 * @module
 */
import { printable } from '../document/printable.ts'
import type { Facts } from '../facts/facts.ts'
import type { RepairChoice } from '../repair/plan.ts'
import { fold } from './fit.ts'
import { planParts, type RepairProof } from './repair-parts.ts'
import type { Paint } from './style.ts'
import { WIDTH } from './text.ts'

const LABEL = 10
/** So much further in are the lines of a text after its first. */
const HANG = 2

/** A part of the table: what it is on the left, wrapped text on the right. */
function rows(label: string, texts: readonly string[], width = WIDTH): string[] {
  return texts.flatMap((text, index) =>
    fold(printable(text), width - 2 - LABEL - HANG).map((line, part) => {
      const left = index === 0 && part === 0 ? label : ''
      return `  ${left.padEnd(LABEL)}${part === 0 ? '' : ' '.repeat(HANG)}${line}`
    }),
  )
}

/** What is to be done for which targets, and what cannot be. */
export function planTable(image: string, facts: Facts, choice: RepairChoice, paint: Paint): string {
  const lines = planParts(facts, choice).flatMap(({ label, texts, isRefusal = false }) =>
    rows(label, texts).map(line => (isRefusal ? paint('red', line) : line)),
  )
  return `${[paint('bold', printable(image)), ...lines].join('\n')}\n`
}

/** What was proved of the file `output`, and how it booted where that was asked for. */
export function proofTable(
  output: string,
  { differences, proofs, purpose }: RepairProof,
  booted: readonly string[],
): string {
  const width = Math.max(...differences.map(({ what }) => what.length))
  const side = (sign: string, what: string, value: string) => {
    const label = `    ${sign} ${what.padEnd(width)} `
    return fold(printable(value), WIDTH - label.length).map(
      (line, index) => `${index === 0 ? label : ' '.repeat(label.length)}${line}`,
    )
  }
  const diff = differences.flatMap(({ what, before, after }) => [
    ...side('-', what, before),
    ...side('+', '', after),
  ])
  const lines = [
    ...rows('written', [output]),
    ...rows('differs', ['in this, and in nothing else:']),
    ...diff,
    ...rows('proved', proofs),
    ...rows('booted', booted),
    ...rows('use', purpose),
  ]
  return `${lines.join('\n')}\n`
}
