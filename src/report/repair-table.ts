/**
 * What a repair does to a kernel, for people.
 * @module
 */
import { printable } from '../document/printable.ts'
import { describeLayers } from '../facts/describe.ts'
import type { Facts } from '../facts/facts.ts'
import type { Difference } from '../repair/difference.ts'
import { bzImageOf, type Form } from '../repair/form.ts'
import type { NoteChange } from '../repair/note-edit.ts'
import type { Asked, RepairChoice } from '../repair/plan.ts'
import type { TargetAnswer } from '../repair/target.ts'
import { targetList } from '../repair/target-list.ts'
import type { Remedy } from '../xen/remedies/remedy.ts'
import { remedyText } from '../xen/remedies/remedy-text.ts'
import { fold } from './fit.ts'
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

/** The changes of a plan, one sentence each. */
export function changeTexts(facts: Facts, form: Form, changes: readonly NoteChange[]): string[] {
  return [...changes.map(changeText), ...formTexts(facts, form)]
}

function changeText(change: NoteChange): string {
  switch (change.kind) {
    case 'features':
      return `FEATURES: ${featuresText(change)}`
    case 'guest-string':
      return `FEATURES in __xen_guest: ${featuresText(change)}`
    case 'supported':
      return `SUPPORTED_FEATURES: ${change.from === undefined ? 'a new note' : `0x${change.from.toString(16)} becomes`} 0x${change.to.toString(16)}, which releases before 4.2.0 pass over`
    case 'moved':
      return `the notes are copied to the end of the file, where there is room for them, and the PT_NOTE header leads there`
    case 'segment':
      return `a PT_NOTE header leads to the notes in section ${change.section}`
    case 'section-names':
      return 'a section header table with names is added'
  }
}

function featuresText({
  from,
  to,
  dropped,
}: {
  from: string
  to: string
  dropped: readonly string[]
}): string {
  const names = dropped.map(name => name || '(an empty name)').join(', ')
  const left = dropped.length === 0 ? '' : `without ${names}, which old releases do not know`
  const optional = from.includes('!writable_page_tables') && !to.includes('!writable_page_tables')
  const made = optional ? 'writable_page_tables becomes optional: every release gives it to PV guests' : ''
  return [left, made].filter(text => text !== '').join('; ')
}

function formTexts(facts: Facts, form: Form): string[] {
  const before = describeLayers(facts)
  const payload =
    bzImageOf(facts) !== undefined && facts.layers[1]?.kind === 'stream' ? facts.layers[1].codec : 'ELF'
  switch (form.kind) {
    case 'same':
      return []
    case 'elf':
      return [`form: ${before} becomes a bare vmlinux`]
    case 'gzip':
      return [`form: ${before} becomes an ELF packed by gzip`]
    case 'bzimage':
      return [
        payload === form.payload
          ? 'payload: packed again by gzip'
          : `payload: ${payload} becomes ${form.payload === 'gzip' ? 'gzip' : 'an ELF that is not packed'}`,
      ]
    case 'bzimage-beside':
      return [
        `payload: ${form.payload === 'gzip' ? 'one packed by gzip' : 'an ELF that is not packed'} is added for Xen's loaders; the old one (${payload}) stays for its own start code`,
      ]
  }
}

const list = (asked: readonly Asked[]) => targetList(asked.map(({ target }) => target))

/** What is to be done for which targets, and what cannot be. */
export function planTable(image: string, facts: Facts, choice: RepairChoice, paint: Paint): string {
  const { asked, plan, unavailable } = choice
  const lines = [paint('bold', printable(image)), ...rows('targets', list(asked))]
  const isRefused = ({ before }: Asked) => before.verdict !== 'accepts' && before.verdict !== 'not-asked'
  const refusing = asked.filter(isRefused)
  for (const { text, items } of byReason(refusing.map(item => ({ item, answer: item.before })))) {
    lines.push(...rows('now', [`${list(items).join('; ')}: ${text}`]))
  }
  if (unavailable.length > 0) {
    lines.push(...rows('left out', [`${list(unavailable).join('; ')}: there is no such boot mode`]))
  }
  const texts = changeTexts(facts, plan.form, plan.edit.changes)
  if (refusing.length === 0) lines.push(...rows('changes', ['none: every target takes it as it is']))
  else if (texts.length > 0) lines.push(...rows('changes', texts))
  lines.push(...openRows(choice, paint))
  return `${lines.join('\n')}\n`
}

/** Targets that stay closed: why, and who can do something about it. */
function openRows({ plan, incurable }: RepairChoice, paint: Paint): string[] {
  const lines: string[] = []
  const names = new Set(incurable.map(({ target }) => target))
  for (const { text, answer, items } of openByReason(plan.open)) {
    lines.push(...rows('refused', [`${list(items).join('; ')}: ${text}`]).map(line => paint('red', line)))
    const curable = items.some(({ target }) => !names.has(target))
    if (curable) {
      lines.push(
        ...rows('', ['a change cures this one that other targets do not take: make a file for each of them']),
      )
    }
    for (const remedy of answer.remedies.slice(0, 3)) {
      lines.push(...rows('', [`${actorText(remedy)}: ${remedyText(remedy)}`]))
    }
  }
  return lines
}

/** Targets that stay closed, those with one reason together. */
export const openByReason = (open: RepairChoice['plan']['open']) =>
  byReason(open.map(item => ({ item, answer: item.after })))

/** Who can carry a remedy out. */
export const actorText = ({ by }: Remedy): string =>
  by === 'host' ? 'who runs the host' : "the guest's owner"

function byReason<T extends Asked>(answered: readonly { item: T; answer: TargetAnswer }[]) {
  const groups = new Map<string, { text: string; answer: TargetAnswer; items: T[] }>()
  for (const { item, answer } of answered) {
    const group = groups.get(answer.reason) ?? { text: answer.reason, answer, items: [] }
    groups.set(answer.reason, group)
    group.items.push(item)
  }
  return [...groups.values()]
}

/** What was proved of the written file, how it booted where that was asked for, and what it is good for. */
export function proofTable(
  output: string,
  differences: readonly Difference[],
  proofs: readonly string[],
  booted: readonly string[],
  purpose: readonly string[],
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
