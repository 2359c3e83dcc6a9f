/**
 * A verdict with everything that a reader needs to act on it.
 * @module
 */
import type { Problem } from '../problem.ts'
import { evidenceOf } from '../xen/gates/evidence.ts'
import { type GateId, gates } from '../xen/gates/gates.ts'
import { gateHistoryAt } from '../xen/gates/history.ts'
import type { Verdict } from '../xen/judge.ts'
import { reasonText } from '../xen/reason-text.ts'
import { reasonTitle } from '../xen/reason-title.ts'
import type { Release } from '../xen/releases.ts'
import { unreadAnswer } from '../xen/unread.ts'
import type { FullVerdict, GateEvidence } from './model.ts'
import { remember } from './remember.ts'

/** A verdict with its sources spelled out. */
export function fullVerdict(verdict: Verdict): FullVerdict {
  const { verdict: word, stage, code, message, log, reason, remedies, assumptions, gates: ids } = verdict
  const title = word === 'accepts' ? undefined : reasonTitle(reason)
  return {
    verdict: word,
    ...(stage !== undefined && { stage }),
    ...(code !== undefined && { code }),
    ...(message !== undefined && { message }),
    ...(log !== undefined && { log }),
    ...(title !== undefined && code !== undefined && { title }),
    reason: reasonText(reason),
    remedies,
    assumptions: assumptions.map(({ text }) => text),
    evidence: word === 'accepts' ? [] : ids.map(id => evidence(id, verdict.releases.at(-1))),
  }
}

/** Verdicts with the same key are the same. What a gate is and was is told by its name and the release. */
export function verdictKey({ evidence, ...said }: FullVerdict): string {
  let key = JSON.stringify(said)
  for (const { gate, history = '' } of evidence) key += `\n${gate} ${history}`
  return key
}

const known = new Map<GateId, Map<Release | undefined, GateEvidence>>()

/** The evidence of a gate, as the release has it; it is the same for all kernels. */
function evidence(id: GateId, release: Release | undefined): GateEvidence {
  const byRelease = remember(known, id, () => new Map<Release | undefined, GateEvidence>())
  return remember(byRelease, release, () => spellOut(id, release))
}

function spellOut(id: GateId, release: Release | undefined): GateEvidence {
  const { summary, advisory } = gates[id]
  const sources = evidenceOf(id).map(({ tag, file, functions, commit }) =>
    [tag, file, functions.join(', '), commit].filter(part => part !== undefined && part !== '').join(' '),
  )
  const history = release === undefined ? undefined : gateHistoryAt(id, release)
  return {
    gate: id,
    summary,
    ...(history !== undefined && { history }),
    sources,
    ...(advisory !== undefined && { advisory }),
  }
}

/** What remains of a verdict on an image that ran into `problem`: that it is uncertain, where nothing could be read. */
export function unlessUnread(verdict: FullVerdict, problem: Problem | undefined): FullVerdict {
  const unread = unreadAnswer(problem, verdict.verdict)
  return unread === undefined
    ? verdict
    : { ...unread, reason: reasonText(unread.reason), remedies: [], assumptions: [], evidence: [] }
}
