/** From a subject to answers: one release, or all of them. */
import { Asking, type Step } from './asking.ts'
import type { GateId } from './gates/gates.ts'
import { buildDom0 } from './hypervisor/dom0.ts'
import type { Parameters } from './libelf/parameters.ts'
import { releases } from './releases.ts'
import { Course, type Subject } from './subject.ts'
import { buildDomU } from './toolstack/domu.ts'
import type { Answer, AnswerSpan, AssumptionCode, BootMode } from './verdict.ts'

/** One release's answer, and up to which release it holds. */
export interface Held {
  answer: Answer
  /** Index of the last release for which no gate that was asked changes. */
  last: number
  parameters?: Parameters
}

/** Asks the release at `index` of `releases`. */
export function answerOf(
  subject: Subject,
  index: number,
  mode: BootMode,
  trace?: (step: Step) => void,
): Held {
  const ask = new Asking(index, subject.overrides, trace)
  const course = new Course(ask, subject)
  const { parameters, ...result } = run(course, mode)
  if (result.verdict === 'accepts') result.gates = ask.gates
  const answer: Answer = { ...result, assumptions: course.assumptions as readonly AssumptionCode[] }
  return { answer, last: ask.last, ...(parameters !== undefined && { parameters }) }
}

function run(course: Course, mode: BootMode): Omit<Answer, 'assumptions'> & { parameters?: Parameters } {
  const { ask } = course
  switch (mode) {
    case 'pv-domU':
      return buildDomU(course, 'pv')
    case 'pv-dom0':
      return buildDom0(course, 'pv')
    case 'pvh-domU': {
      const pvh = ask.gate('pvh-domU')
      if (pvh === 'none') return unavailable('This release has no PVH for domU', 'pvh-domU')
      if (pvh === 'v2') {
        course.assume('pvh-v2')
        return buildDomU(course, 'pvh')
      }
      course.assume('pvh-v1')
      return buildDomU(course, 'pvh-v1')
    }
    case 'pvh-dom0': {
      const pvh = ask.gate('pvh-dom0')
      if (pvh === 'none') return unavailable('This release has no PVH for dom0', 'pvh-dom0')
      course.assume(pvh === 'v1' ? 'pvh-v1' : 'pvh-v2')
      return buildDom0(course, pvh === 'v1' ? 'pvh-v1' : 'pvh')
    }
  }
}

function unavailable(reason: string, gate: GateId): Omit<Answer, 'assumptions'> {
  return { verdict: 'unavailable', reason, gates: [gate] }
}

/** All releases, neighbours with the same verdict joined. */
export function spansOf(subject: Subject, mode: BootMode): AnswerSpan[] {
  const spans: AnswerSpan[] = []
  for (let index = 0; index < releases.length; ) {
    const { answer, last } = answerOf(subject, index, mode)
    const open = spans.at(-1)
    if (open !== undefined && sameVerdict(open, answer)) open.until = releases[last]!
    else
      spans.push({
        since: releases[index]!,
        until: releases[last]!,
        ...answer,
        gates: [...new Set(answer.gates)],
      })
    index = last + 1
  }
  return spans
}

/** What is equal is joined: what the log says and where it stops, not on what it rests. */
export function sameVerdict(a: Answer, b: Answer): boolean {
  return (
    a.verdict === b.verdict &&
    a.stage === b.stage &&
    a.code === b.code &&
    a.message === b.message &&
    a.loader === b.loader &&
    a.guestType === b.guestType
  )
}
