/**
 * What a repair does to a kernel, in sentences.
 * @module
 */
import { describeLayers } from '../facts/describe.ts'
import type { Facts } from '../facts/facts.ts'
import { type Difference, differencesOf } from '../repair/difference.ts'
import { bzImageOf, type Form } from '../repair/form.ts'
import type { Made } from '../repair/make.ts'
import type { NoteChange } from '../repair/note-edit.ts'
import type { Asked, RepairChoice } from '../repair/plan.ts'
import { purposeOf } from '../repair/purpose.ts'
import type { TargetAnswer } from '../repair/target.ts'
import { targetList } from '../repair/target-list.ts'
import type { Remedy } from '../xen/remedies/remedy.ts'
import { remedyText } from '../xen/remedies/remedy-text.ts'

/** Sentences on one thing. */
export interface RepairPart {
  /** What they are about: `targets`, `now`, `changes`. Empty where they go on with the part before. */
  label: string
  texts: readonly string[]
  /** They name targets that refuse the repaired kernel, too. */
  isRefusal?: boolean
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
export function planParts(facts: Facts, choice: RepairChoice): RepairPart[] {
  const { asked, plan, unavailable } = choice
  const parts: RepairPart[] = [{ label: 'targets', texts: list(asked) }]
  const isRefused = ({ before }: Asked) => before.verdict !== 'accepts' && before.verdict !== 'not-asked'
  const refusing = asked.filter(isRefused)
  for (const { text, items } of byReason(refusing.map(item => ({ item, answer: item.before })))) {
    parts.push({ label: 'now', texts: [`${list(items).join('; ')}: ${text}`] })
  }
  if (unavailable.length > 0) {
    parts.push({
      label: 'left out',
      texts: [`${list(unavailable).join('; ')}: there is no such boot mode`],
    })
  }
  const texts = changeTexts(facts, plan.form, plan.edit.changes)
  if (refusing.length === 0) parts.push({ label: 'changes', texts: ['none: every target takes it as it is'] })
  else if (texts.length > 0) parts.push({ label: 'changes', texts })
  return [...parts, ...openParts(choice)]
}

/** Targets that stay closed: why, and who can do something about it. */
function openParts({ plan, incurable }: RepairChoice): RepairPart[] {
  const names = new Set(incurable.map(({ target }) => target))
  return openByReason(plan.open).flatMap(({ text, answer, items }) => {
    const isCurable = items.some(({ target }) => !names.has(target))
    const advice = [
      ...(isCurable
        ? ['a change cures this one that other targets do not take: make a file for each of them']
        : []),
      ...answer.remedies
        // That this command cannot do it is what is said here.
        .filter(({ action }) => action?.does !== 'repair')
        .slice(0, 3)
        .map(remedy => `${actorText(remedy)}: ${remedyText(remedy)}`),
    ]
    return [
      { label: 'refused', texts: [`${list(items).join('; ')}: ${text}`], isRefusal: true },
      ...(advice.length > 0 ? [{ label: '', texts: advice }] : []),
    ]
  })
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

/** What is known of a kernel that was made and proved. */
export interface RepairProof {
  /** All that differs between the facts of the old kernel and of the new one. */
  differences: readonly Difference[]
  proofs: readonly string[]
  /** What the new file is good for, and what it is not. */
  purpose: readonly string[]
}

/** @param place Where the new kernel was read from: `the disk`. */
export function proofOf(
  { before, after, repacked }: Made,
  { plan }: RepairChoice,
  place: string,
): RepairProof {
  const { edit, form, accepted } = plan
  const sameSize = after.elf?.size === before.elf?.size
  return {
    differences: differencesOf(before, after, edit.changes),
    proofs: [
      `it was unpacked from ${place}, and both engines read the same`,
      edit.changes.length === 0
        ? 'its ELF is the same to the byte'
        : 'every byte of its ELF is the same but those of the changes above',
      ...(repacked.hasChecksum ? ["the boot protocol's checksum is right again"] : []),
      `taken by ${list(accepted).join('; ')}`,
    ],
    purpose: purposeOf(form, before, { ...repacked, sameSize }),
  }
}
