/**
 * Verdicts that a scan has written beside its facts, read back and compared: for each boot mode on each release, and on
 * each version or host that was asked by itself.
 * @module
 */
import { isRecord } from '../../document/tree.ts'
import { shown } from '../../document/validate.ts'
import { releaseIndex, releases } from '../../xen/releases.ts'
import { differenceOf } from '../diff/diff.ts'
import { VERDICT_WORDS } from '../earlier/type.ts'
import type { AnswerChange, ScannedVerdict } from './model.ts'

/** A verdict and where it holds. */
export interface ScannedAnswer extends ScannedVerdict {
  mode: string
  /** A version or hosts; absent for releases. */
  xen?: string
  /** Of releases, or of versions of a loader; both ends inclusive. */
  since?: string
  until?: string
}

/** Raised for a verdict that no scan writes. The message names the member. */
export class ScannedVerdictError extends Error {
  override name = 'ScannedVerdictError'
}

/** Reads the member `verdicts` of a line. Throws a ScannedVerdictError. */
export function readVerdicts(list: readonly unknown[]): ScannedAnswer[] {
  return list.map((value, index) => {
    const at = `verdicts[${index}]`
    if (!isRecord(value)) throw new ScannedVerdictError(`${at}: expected an object, found ${shown(value)}`)
    const { mode, boot, arch, xen, hosts, since, until, verdict, code, reason, remedies } = value
    const word = VERDICT_WORDS.find(known => known === verdict)
    if (word === undefined) {
      throw new ScannedVerdictError(
        `${at}.verdict: expected one of ${VERDICT_WORDS.join(', ')}, found ${shown(verdict)}`,
      )
    }
    const text = (name: string, member: unknown): string => {
      if (typeof member === 'string') return member
      throw new ScannedVerdictError(`${at}.${name}: expected a text, found ${shown(member)}`)
    }
    const optional = (name: string, member: unknown) =>
      member === undefined ? {} : { [name]: text(name, member) }
    const loader = arch === undefined ? boot : `${text('boot', boot)} ${text('arch', arch)}`
    return {
      mode: mode === undefined ? text('boot', loader) : text('mode', mode),
      ...(xen !== undefined && { xen: nameOf(text('xen', xen), hosts) }),
      ...optional('since', since),
      ...optional('until', until),
      verdict: word,
      ...optional('code', code),
      reason: text('reason', reason),
      ...(Array.isArray(remedies) && { remedies: remedies.map(remedy => text('remedies', remedy)) }),
    }
  })
}

/** Hosts of one version that answer alike are told apart from others of that version by the first of them. */
const nameOf = (xen: string, hosts: unknown) =>
  Array.isArray(hosts) && hosts.length > 0
    ? `${xen} (${String(hosts[0])}${hosts.length > 1 ? ' …' : ''})`
    : xen

/** Answers to one question, from the oldest release on. */
interface Asked {
  mode: string
  xen: string | undefined
  answers: ScannedAnswer[]
}

const questionOf = ({ mode, xen, since }: ScannedAnswer) =>
  // Versions of a loader are no releases of Xen: each span is a question of its own.
  JSON.stringify([mode, xen ?? (since === undefined || releaseIndex(since) !== undefined ? '' : since)])

function byQuestion(answers: readonly ScannedAnswer[]): Map<string, Asked> {
  const questions = new Map<string, Asked>()
  for (const answer of answers) {
    const key = questionOf(answer)
    const known = questions.get(key)
    if (known === undefined) questions.set(key, { mode: answer.mode, xen: answer.xen, answers: [answer] })
    else known.answers.push(answer)
  }
  return questions
}

/** What both scans have asked, where the answers differ. */
export function answerChanges(
  before: readonly ScannedAnswer[],
  after: readonly ScannedAnswer[],
): AnswerChange[] {
  const old = byQuestion(before)
  return [...byQuestion(after)].flatMap(([key, now]) => {
    const was = old.get(key)
    if (was === undefined) return []
    const isSpans = now.xen === undefined && [...was.answers, ...now.answers].every(isOfReleases)
    return isSpans ? releaseChanges(was, now) : singleChange(was, now)
  })
}

const isOfReleases = ({ since, until }: ScannedAnswer) =>
  since !== undefined &&
  until !== undefined &&
  releaseIndex(since) !== undefined &&
  releaseIndex(until) !== undefined

function singleChange({ answers: [before] }: Asked, { answers: [after], mode, xen }: Asked): AnswerChange[] {
  const on = xen ?? ([after!.since, after!.until].filter(Boolean).join(' - ') || 'every version')
  return changeAt(mode, on, before!, after!)
}

/** Releases, by their indexes, on which two spans meet. */
interface Meeting {
  first: number
  last: number
  was: ScannedAnswer
  is: ScannedAnswer
}

function releaseChanges({ answers: before }: Asked, { answers: after, mode }: Asked): AnswerChange[] {
  const meetings = before.flatMap(was => after.flatMap(is => meeting(was, is)))
  const joined: Meeting[] = []
  for (const next of meetings.sort((a, b) => a.first - b.first)) {
    // Spans that differ only in what the logs show are one for us.
    const open = joined.at(-1)
    if (open !== undefined && open.last + 1 === next.first && isAlike(open, next)) open.last = next.last
    else joined.push(next)
  }
  return joined.flatMap(({ first, last, was, is }) => changeAt(mode, spanText(first, last), was, is))
}

function meeting(was: ScannedAnswer, is: ScannedAnswer): Meeting[] {
  const first = Math.max(indexOf(was.since), indexOf(is.since))
  const last = Math.min(indexOf(was.until), indexOf(is.until))
  return first > last ? [] : [{ first, last, was, is }]
}

const isAlike = (a: Meeting, b: Meeting) =>
  differenceOf(a.was, b.was) === undefined && differenceOf(a.is, b.is) === undefined

const indexOf = (release: string | undefined) => releaseIndex(release!)!

const spanText = (first: number, last: number) =>
  first === last ? releases[first]! : `${releases[first]} - ${releases[last]}`

function changeAt(mode: string, on: string, was: ScannedAnswer, is: ScannedAnswer): AnswerChange[] {
  const difference = differenceOf(was, is)
  if (difference === undefined || difference === 'new' || difference === 'gone') return []
  return [{ difference, mode, on, before: verdictOf(was), after: verdictOf(is) }]
}

/** An answer without where it holds. */
export const verdictOf = ({ verdict, code, reason, remedies }: ScannedAnswer): ScannedVerdict => ({
  verdict,
  ...(code !== undefined && { code }),
  reason,
  ...(remedies !== undefined && { remedies }),
})

/** What is asked, to tell whether two scans ask the same. */
export const questionsOf = (answers: readonly ScannedAnswer[]): string[] => [
  ...new Set(answers.map(({ mode, xen }) => (xen === undefined ? mode : `${mode} on ${xen}`))),
]
