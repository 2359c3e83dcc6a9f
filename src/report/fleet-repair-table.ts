/**
 * The repairs of a fleet, for people.
 * @module
 */
import type { FleetRepair } from '../repair/fleet-row.ts'
import { targetList } from '../repair/target-list.ts'
import { remedyText } from '../xen/remedies/remedy-text.ts'
import { actorText, changeTexts, openByReason } from './repair-parts.ts'
import type { TextSetter } from './text-setter.ts'

const LABEL = 10
/** So much further in are the lines of a text after its first. */
const HANG = 2

/** What the whole comes to. */
export interface FleetCounts {
  /** Kernels of the catalogue, and guests or pairs of a kernel and a host that are refused. */
  kernels: number
  refused: number
}

const times = (count: number, one: string, many = `${one}s`) => `${count} ${count === 1 ? one : many}`

/** One part for each kernel, those first that cure most, and a line that sums them up. */
export function fleetRepairTable(
  repairs: readonly FleetRepair[],
  { kernels, refused }: FleetCounts,
  setter: TextSetter,
): string {
  const row = (label: string, text: string) => setter.labelled(`  ${label.padEnd(LABEL)}`, text, HANG)
  const lines: string[] = []
  for (const { image, copies, choice, facts, cured, refused: own, output } of repairs) {
    const { plan } = choice
    lines.push(...setter.heading(image))
    if (copies.length > 0) lines.push(...row('copies', copies.join(', ')))
    lines.push(...row('runs on', targetList(choice.asked.map(({ target }) => target)).join('; ')))
    lines.push(...row('refused', `${times(own, 'guest')}, of which ${cured} would start then`))
    if (output !== undefined) {
      for (const text of changeTexts(facts, plan.form, plan.edit.changes)) lines.push(...row('changes', text))
      lines.push(...row('becomes', output))
    }
    for (const { text, answer, items } of openByReason(plan.open)) {
      lines.push(...row('stays', `${targetList(items.map(({ target }) => target)).join('; ')}: ${text}`))
      const [first] = answer.remedies
      if (first !== undefined) lines.push(...row('', `${actorText(first)}: ${remedyText(first)}`))
    }
    lines.push('')
  }
  const cured = repairs.reduce((sum, repair) => sum + repair.cured, 0)
  const files = repairs.filter(({ output }) => output !== undefined).length
  const summary =
    refused === 0
      ? `Nothing to repair: none of ${times(kernels, 'kernel')} is refused where it should run`
      : `${times(files, 'repair')} cure ${cured} of ${times(refused, 'guest')} that are refused now (${times(kernels, 'kernel')} in all)`
  return `${[...lines, ...setter.lines(summary)].join('\n')}\n`
}
