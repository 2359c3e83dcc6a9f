/** Remedies as lines of a report, and as members of its JSON. */
import type { CommonRemedy } from '../findings/model.ts'
import type { Remedy } from '../xen/remedies/remedy.ts'
import { remedyText } from '../xen/remedies/remedy-text.ts'
import { countOf } from './audit/counts.ts'

/** A remedy with where it holds, and for how many refusals of the fleet it is where that tells it from others. */
export function commonRemedyText(remedy: CommonRemedy): string {
  const { reach, cures } = remedy
  const remarks = [
    ...(reach === undefined ? [] : [reach]),
    ...(cures === undefined ? [] : [`can cure ${countOf(cures, 'refusal')} of the fleet`]),
  ]
  return remarks.length === 0 ? remedyText(remedy) : `${remedyText(remedy)} (${remarks.join('; ')})`
}

/** The members that JSON has for the remedies of a verdict. */
export const remedyMembers = (remedies: readonly Remedy[]) => ({
  remedies: remedies.map(remedyText),
  ...(remedies.length > 0 && { remedyKinds: remedies.map(({ kind }) => kind) }),
})
