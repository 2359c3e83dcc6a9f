/**
 * What a comparison of reports says, in the words and the order in which every format says it.
 * @module
 */
import {
  type AnswerCounts,
  DIFFERENCES,
  type Diff,
  type DiffBuild,
  type DifferenceWord,
} from '../../findings/diff/model.ts'
import type { EarlierVerdict, ReportOrigin } from '../../findings/earlier/type.ts'
import { plural } from '../../findings/plural.ts'
import type { Paint } from '../style.ts'

export const DIFF_TITLE = 'What changed between two reports'

/** What a pair is. */
export const PAIR_REMARK = 'A pair is an image on a host in one boot mode'

export const MEANING: Record<DifferenceWord | 'same', string> = {
  breaks: 'started before, and does not any more',
  uncertain: 'one of the two answers is in doubt',
  'other-cause': 'does not start, for another cause than before',
  new: 'only the new report asks about it',
  gone: 'only the old report asks about it',
  fixed: 'did not start before, and does now',
  same: 'the same answer as before',
}

export const STYLE: Record<DifferenceWord | 'same', Parameters<Paint>[0]> = {
  breaks: 'red',
  uncertain: 'yellow',
  'other-cause': 'yellow',
  new: 'bold',
  gone: 'dim',
  fixed: 'green',
  same: 'dim',
}

export const pairs = (count: number): string => plural(count, 'pair')

/** `old.json: audit of 2026-11-21T10:00:00.000Z by xen-preflight 0.1.0`. */
export function originText({ file, kind, to, created, tool }: ReportOrigin): string {
  const what =
    kind === 'upgrade' ? `upgrade to Xen ${to ?? '(unnamed)'}` : kind === 'add' ? 'new kernels' : 'audit'
  return `${file}: ${what}, ${created}, ${tool}`
}

/** An answer with its cause: `refuses, unknown-feature`. */
export const answerText = (verdict: Pick<EarlierVerdict, 'verdict' | 'code'> | undefined): string =>
  verdict === undefined
    ? 'not asked'
    : [verdict.verdict, verdict.code].filter(part => part !== undefined).join(', ')

/** What hosts run: `4.1.6.1`, or where they were upgraded `4.1.6.1 → 4.17.4`. */
export function versionText({ before, after }: DiffBuild): string {
  if (before === undefined || after === undefined) return (after ?? before)!
  return before === after ? after : `${before} → ${after}`
}

const ANSWERS = ['refuses', 'uncertain', 'unavailable', 'not-asked', 'accepts'] as const

/** Counts by what differs: `fixed 2, gone 1`. */
export const countsText = (counts: Partial<Record<DifferenceWord, number>>): string =>
  DIFFERENCES.filter(word => counts[word] !== undefined)
    .map(word => `${word} ${counts[word]}`)
    .join(', ')

/** The answers of both reports, worst first: word, before, after. */
export function answerRows({ counts }: Diff): [string, number, number][] {
  const count = (counts: AnswerCounts, word: (typeof ANSWERS)[number]) => counts[word] ?? 0
  return ANSWERS.map((word): [string, number, number] => [
    word,
    count(counts.before, word),
    count(counts.after, word),
  ]).filter(([, before, after]) => before > 0 || after > 0)
}

/** What differs with its pairs, `same` last. */
export const countRows = ({ counts }: Diff): [DifferenceWord | 'same', number][] => [
  ...DIFFERENCES.map((word): [DifferenceWord, number] => [word, counts.differences[word]]),
  ['same', counts.same],
]

/** What became of images and hosts, a sentence each; nothing where all are in both reports. */
export function inventoryLines({ counts: { images, hosts } }: Diff): string[] {
  const lines: string[] = []
  const told = (what: string, count: number, rest: string) => {
    if (count > 0) lines.push(`${plural(count, what)} ${rest}`)
  }
  told('image', images.new, 'only in the new report')
  told('image', images.gone, 'only in the old report')
  told('host', hosts.new, 'only in the new report')
  told('host', hosts.gone, 'only in the old report')
  told('host', hosts.otherVersion, 'with another version or build than before')
  return lines
}
