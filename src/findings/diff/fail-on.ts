/**
 * Which differences make a run fail: those to the worse, by the words of audits.
 * @module
 */
import type { EarlierVerdict } from '../earlier/type.ts'
import { type FailOn, SEVERITIES, type Severity } from '../fail-on.ts'
import { differenceOf } from './diff.ts'
import type { Diff } from './model.ts'

type Answer = Pick<EarlierVerdict, 'verdict' | 'code'> | undefined

/**
 * How grave a difference is: what started and does not any more breaks; else an answer counts that was another one before,
 * or that nobody asked for. Undefined for what is as it was, and for the better.
 */
export function severityOf(before: Answer, after: Answer): Severity | undefined {
  if (after === undefined || after.verdict === before?.verdict) return undefined
  if (differenceOf(before, after) === 'breaks') return 'breaks'
  return after.verdict === 'refuses' || after.verdict === 'uncertain' ? after.verdict : undefined
}

/** How many pairs fail. */
export function failingPairs({ differences, verdicts }: Diff, { severity, causes }: FailOn): number {
  let failing = 0
  for (const { before, after, pairs } of differences) {
    const [was, is] = [before, after].map(index => (index === undefined ? undefined : verdicts[index]!))
    const own = severityOf(was, is)
    const reaches =
      own !== undefined && severity !== undefined && SEVERITIES.indexOf(own) <= SEVERITIES.indexOf(severity)
    const hasCause = is?.code !== was?.code && causes.some(cause => cause === is?.code)
    if (reaches || hasCause) failing += pairs
  }
  return failing
}
