/**
 * What a comparison of scans says, in the words and the order in which every format says it.
 * @module
 */
import { plural } from '../../findings/plural.ts'
import {
  type AnswerChange,
  type FactChange,
  SCAN_DIFFERENCES,
  type ScanDiff,
  type ScanDifference,
  type ScanDifferenceRow,
  type ScanDiffKernel,
  type ScannedVerdict,
  type ScanOrigin,
} from '../../findings/scan-diff/model.ts'
import { answerText } from '../diff/words.ts'
import type { Paint } from '../style.ts'

export const SCAN_DIFF_TITLE = 'What changed between two scans'

export const MEANING: Record<ScanDifference | 'same', string> = {
  facts: 'the image says something else than before',
  verdicts: 'the image says the same, and an answer is another one',
  content: 'other bytes, which say the same',
  new: 'only the new scan has the image',
  moved: 'the same kernel, at another address',
  gone: 'only the old scan has the image',
  same: 'nothing differs',
}

export const STYLE: Record<ScanDifference | 'same', Parameters<Paint>[0]> = {
  facts: 'yellow',
  verdicts: 'yellow',
  content: 'bold',
  new: 'bold',
  moved: 'dim',
  gone: 'dim',
  same: 'dim',
}

/** `old.ndjson: 12 images of 3 kernels`. */
export const originText = ({ file, images, kernels, tool }: ScanOrigin): string =>
  `${file}: ${plural(images, 'image')} of ${plural(kernels, 'kernel')}${tool === undefined ? '' : `, ${tool}`}`

/** What differs with the number of images, `same` last. */
export const countRows = ({ counts }: ScanDiff): [ScanDifference | 'same', number][] => [
  ...SCAN_DIFFERENCES.map((word): [ScanDifference, number] => [word, counts.differences[word]]),
  ['same', counts.same],
]

/** What became of kernels and answers, a sentence each. */
export function summaryLines({ counts: { kernels, answers } }: ScanDiff): string[] {
  const changed = Object.entries(answers).filter(([, count]) => count > 0)
  return [
    ...(kernels.new > 0 ? [`${plural(kernels.new, 'kernel')} only in the new scan`] : []),
    ...(kernels.gone > 0 ? [`${plural(kernels.gone, 'kernel')} only in the old scan`] : []),
    ...(changed.length > 0
      ? [`Answers that changed: ${changed.map(([word, count]) => `${word} ${count}`).join(', ')}`]
      : []),
  ]
}

/** `bzImage xz, 64-bit linux 6.1.0`; a problem where it could not be read. */
export const kernelText = ({ layers, guest, kind, problem }: ScanDiffKernel): string =>
  [layers === '' ? kind : layers, guest, problem?.code]
    .filter(part => part !== undefined && part !== '')
    .join(', ')

/** `layers: bzImage gzip → bzImage xz`. */
export const factText = ({ fact, before = 'nothing', after = 'nothing' }: FactChange): string =>
  `${fact}: ${before} → ${after}`

/** `pv-domU on Xen 4.1.0 - 4.1.6.1: accepts → refuses, codec-unsupported`. */
export const answerChangeText = ({ mode, on, before, after }: AnswerChange): string =>
  `${mode} on Xen ${on}: ${answerText(before)} → ${answerText(after)}`

export const refusalText = (verdict: ScannedVerdict): string => `${answerText(verdict)}: ${verdict.reason}`

/** The kernel that a row is about: the one of now, where there is one. */
export const kernelOf = ({ kernels }: ScanDiff, { before, after }: ScanDifferenceRow): ScanDiffKernel =>
  kernels[(after ?? before)!]!

/** Where the facts differ, and no words are for it. */
export const membersText = ({ members, facts }: ScanDifferenceRow): string | undefined =>
  facts.length === 0 && members.length > 0 ? `differs in ${members.join(', ')}` : undefined

/** A line for each thing that is to be said of a row's images. */
export function rowLines(diff: ScanDiff, row: ScanDifferenceRow): string[] {
  const { difference, from, facts, answers, refusals } = row
  const kernel = kernelOf(diff, row)
  const members = membersText(row)
  return [
    kernelText(kernel),
    ...(difference === 'new' && kernel.in === 'both' ? ['a copy of a kernel that the old scan has'] : []),
    ...(difference === 'gone' && kernel.in === 'both' ? ['the new scan has other copies of the kernel'] : []),
    ...(from === undefined ? [] : [`was ${from[0]}`]),
    ...facts.map(factText),
    ...(members === undefined ? [] : [members]),
    ...answers.map(answerChangeText),
    ...refusals.map(refusalText),
  ]
}

export const rowsWith = ({ differences }: ScanDiff, word: ScanDifference): ScanDifferenceRow[] =>
  differences.filter(({ difference }) => difference === word)
