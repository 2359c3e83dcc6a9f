/**
 * What a repair does to a kernel, for people at a terminal.
 * @module
 */
import type { Facts } from '../facts/facts.ts'
import type { RepairChoice } from '../repair/plan.ts'
import { planParts, type RepairProof } from './repair-parts.ts'
import type { TextSetter } from './text-setter.ts'

const LABEL = 10
/** So much further in are the lines of a text after its first. */
const HANG = 2

/** A part of the table: what it is on the left, wrapped text on the right. */
function rows(label: string, texts: readonly string[], setter: TextSetter): string[] {
  return texts.flatMap((text, index) =>
    setter.labelled(`  ${(index === 0 ? label : '').padEnd(LABEL)}`, text, HANG),
  )
}

/** What is to be done for which targets, and what cannot be. */
export function planTable(image: string, facts: Facts, choice: RepairChoice, setter: TextSetter): string {
  const lines = planParts(facts, choice).flatMap(({ label, texts, isRefusal = false }) =>
    rows(label, texts, setter).map(line => (isRefusal ? setter.paint('red', line) : line)),
  )
  return `${[...setter.heading(image), ...lines].join('\n')}\n`
}

/** What was proved of the file `output`, and how it booted where that was asked for. */
export function proofTable(
  output: string,
  { differences, proofs, purpose }: RepairProof,
  booted: readonly string[],
  setter: TextSetter,
): string {
  const width = Math.max(...differences.map(({ what }) => what.length))
  const side = (sign: string, what: string, value: string) =>
    setter.labelled(`    ${sign} ${what.padEnd(width)} `, value)
  const diff = differences.flatMap(({ what, before, after }) => [
    ...side('-', what, before),
    ...side('+', '', after),
  ])
  const lines = [
    ...rows('written', [output], setter),
    ...rows('differs', ['in this, and in nothing else:'], setter),
    ...diff,
    ...rows('proved', proofs, setter),
    ...rows('booted', booted, setter),
    ...rows('use', purpose, setter),
  ]
  return `${lines.join('\n')}\n`
}
