/** One kernel looked at closely: the walk of a loader, its notes, and its hosts. */

import { groupBuilds } from '../../findings/builds.ts'
import { causeTitle } from '../../findings/cause-codes.ts'
import { joinInventories } from '../../findings/inventory-faults.ts'
import { declaredModes, fleetQuestion } from '../../findings/question.ts'
import { parseInventory } from '../../inventory/inventory.ts'
import type { ImageRecord } from '../../record/type.ts'
import { notesData } from '../../report/notes-table.ts'
import { traceTable } from '../../report/trace-table.ts'
import { parseBootMode, sideOf } from '../../xen/boot-mode.ts'
import { nearestEvidence } from '../../xen/gates/evidence.ts'
import { type TracedGate, traceLoader } from '../../xen/loader-trace.ts'
import { reasonText } from '../../xen/reason-text.ts'
import { remedyText } from '../../xen/remedies/remedy-text.ts'
import type { AnswerTo, Ask, GivenText } from '../messages.ts'
import { plainSetter } from './plain-setter.ts'

/** What `explain` says of one release. */
export function walk({ image, json, release, mode }: Ask<'walk'>): AnswerTo<'walk'> {
  const { facts } = JSON.parse(json) as ImageRecord
  const trace = traceLoader(facts, release, mode)
  const side = sideOf(parseBootMode(mode))
  const gateText = ({ id, value, history, evidence }: TracedGate) => {
    const worth = typeof value === 'object' ? '' : ` = ${String(value)}`
    const [source] = nearestEvidence(evidence, release, side)
    const where = source === undefined ? '' : ` (${source.tag} ${source.file} ${source.functions.join(', ')})`
    return `${id}${worth}${where}. ${history}`
  }
  return {
    steps: trace.steps.map(({ stage, what, offset, value, does, gates }) => ({
      stage,
      what,
      does,
      ...(offset !== undefined && { offset }),
      ...(value !== undefined && { value }),
      gates: gates.map(gateText),
    })),
    text: traceTable(image, trace, plainSetter),
  }
}

/** What `notes` says. */
export function notes({ image, json }: Ask<'notes'>): AnswerTo<'notes'> {
  const data = notesData(image, JSON.parse(json) as ImageRecord)
  return {
    notes: data.notes.map(({ offset, owner, type, name, size, value, remark }) => ({
      offset,
      name: name ?? (owner === 'Xen' ? `type ${type}` : `${owner} type ${type}`),
      size,
      value,
      ...(remark !== undefined && { remark }),
    })),
    guest: (data.guest?.keys ?? []).map(({ name, value, known }) => ({ name, value, known })),
    ...(data.remark !== undefined && { remark: data.remark }),
  }
}

/** The hosts of several texts. */
export const joinTexts = (texts: readonly GivenText[]) =>
  joinInventories(
    texts.map(({ name, text }) => parseInventory(text, name)),
    texts.map(({ name }) => name),
  )

/** What the hosts of an inventory make of one kernel, by their builds. */
export function hosts({ json, inventories }: Ask<'hosts'>): AnswerTo<'hosts'> {
  const { facts, problem } = JSON.parse(json) as ImageRecord
  const inventory = joinTexts(inventories)
  const modes = declaredModes(inventory.hosts)
  const question = fleetQuestion(groupBuilds(inventory.hosts), modes)
  const judgements = question.ask(facts, problem)
  return {
    modes,
    builds: (question.columns ?? []).map(({ label, hosts: names }, index) => ({
      label,
      hosts: names,
      answers: modes.map((_, at) => {
        const { verdict, code, reason, remedies = [] } = judgements[at * question.columns!.length + index]!
        return {
          verdict,
          reason: reasonText(reason),
          remedies: remedies.map(remedyText),
          ...(code !== undefined && { title: causeTitle(code) }),
        }
      }),
    })),
  }
}
