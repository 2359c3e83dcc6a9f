/**
 * The repairs of a fleet, for machines: `repair --plan -o json`, as schema/repair-plan.schema.json has it.
 * @module
 */
import { type FleetOptions, type FleetRepair, repairWords } from '../repair/fleet-row.ts'
import type { Form } from '../repair/form.ts'
import type { NoteChange } from '../repair/note-edit.ts'
import { targetName } from '../repair/target.ts'
import { type RemedyDocument, remedyDocument } from '../xen/remedies/remedy-text.ts'
import type { CauseCode } from '../xen/verdict.ts'
import type { FleetCounts } from './fleet-repair-table.ts'
import { changeTexts, openByReason } from './repair-parts.ts'

/** Raised by every incompatible change. */
const PLAN_VERSION = 1

/** Targets that refuse the kernel after the repair, too. */
export interface OpenDocument {
  targets: string[]
  code?: CauseCode
  reason: string
  remedies: RemedyDocument[]
}

export interface RepairDocument {
  image: string
  /** Other addresses of the same bytes. */
  copies: readonly string[]
  /** Where it runs: `4.1.6.1 as pv-domU`. */
  targets: string[]
  /** Guests that are refused now, and those of them that start then. */
  refused: number
  cured: number
  /** What is done to it; null where no change helps. */
  repair: {
    form: Form
    changes: readonly NoteChange[]
    /** The same in sentences. */
    sentences: string[]
    output: string
    /** The words of the command that does it. */
    command: string[]
  } | null
  open: OpenDocument[]
}

export interface PlanDocument {
  kind: 'repair-plan'
  version: typeof PLAN_VERSION
  kernels: number
  refused: number
  cured: number
  /** Those first that cure most guests. */
  repairs: RepairDocument[]
}

export const planDocument = (
  repairs: readonly FleetRepair[],
  { kernels, refused }: FleetCounts,
  options: FleetOptions,
): PlanDocument => ({
  kind: 'repair-plan',
  version: PLAN_VERSION,
  kernels,
  refused,
  cured: repairs.reduce((sum, { cured }) => sum + cured, 0),
  repairs: repairs.map(repair => repairDocument(repair, options)),
})

function repairDocument(repair: FleetRepair, options: FleetOptions): RepairDocument {
  const { image, copies, choice, facts, refused, cured, output } = repair
  const { edit, form, open } = choice.plan
  return {
    image,
    copies,
    targets: choice.asked.map(({ target }) => targetName(target)),
    refused,
    cured,
    repair:
      output === undefined
        ? null
        : {
            form,
            changes: edit.changes,
            sentences: changeTexts(facts, form, edit.changes),
            output,
            command: repairWords(repair, options),
          },
    open: openByReason(open).map(({ text, answer, items }) => ({
      targets: items.map(({ target }) => targetName(target)),
      ...(answer.code !== undefined && { code: answer.code }),
      reason: text,
      remedies: answer.remedies.map(remedyDocument),
    })),
  }
}
