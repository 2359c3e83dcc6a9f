/**
 * The cells of an audit with what their indexes stand for.
 * @module
 */

import { cellHosts, cellImages, countingVerdict } from '../../findings/counting-verdict.ts'
import type { Audit, Build, Cell, Change, FullVerdict, Ignored, Kernel } from '../../findings/model.ts'
import type { BootModeName } from '../../xen/boot-mode.ts'
import { targetWord } from '../../xen/remedies/own-command.ts'
import type { Remedy } from '../../xen/remedies/remedy.ts'
import { aimedAt, remedyText } from '../../xen/remedies/remedy-text.ts'
import type { CauseCode, VerdictWord } from '../../xen/verdict.ts'
import { buildNames } from './names.ts'

export interface Finding {
  kernel: Kernel
  build: Build
  /** The release that the build is upgraded to. */
  to?: string
  /** What the build is called; no two of an audit are called alike. */
  xen: string
  mode: BootModeName
  guests: number
  /** What a reader has to act on: the answer after the change, else today's. */
  answer: FullVerdict
  /** Today's answer, where `answer` is that of the time after. */
  before?: FullVerdict
  /** The one of both that the finding counts for: where the time after is certain, the doubt is about today. */
  counting: FullVerdict
  change?: Change
  /** Set where others change, and this kernel is as it was. */
  isAsBefore?: true
  ignored?: Ignored
  /** True for what the baseline has too. */
  known: boolean
  /** The hosts of the build and the images of the kernel that it is about. */
  hosts: readonly string[]
  images: readonly string[]
  cell: Cell
}

const place = ({ kernel, build, mode }: Pick<Cell, 'kernel' | 'build' | 'mode'>) =>
  `${kernel} ${build} ${mode}`

/** Every cell, in the order of the audit. */
export function* findings(audit: Audit): Generator<Finding> {
  const { kernels, builds, verdicts } = audit
  const names = buildNames(audit)
  const ignored = new Map(audit.ignored.map(entry => [place(entry), entry]))
  for (const cell of audit.cells) {
    const today = verdicts[cell.verdict]!
    const finding: Finding = {
      kernel: kernels[cell.kernel]!,
      build: builds[cell.build]!,
      xen: names[cell.build]!,
      mode: cell.mode,
      guests: cell.guests,
      answer: today,
      counting: countingVerdict(audit, cell),
      known: cell.known === true,
      hosts: cellHosts(audit, cell),
      images: cellImages(audit, cell),
      cell,
    }
    if (cell.after !== undefined) {
      finding.answer = verdicts[cell.after]!
      finding.before = today
    }
    if (audit.to !== undefined) finding.to = audit.to
    if (cell.change !== undefined) finding.change = cell.change
    else if (audit.kind !== 'audit') finding.isAsBefore = true
    const entry = ignored.get(place(cell))
    if (entry !== undefined) finding.ignored = entry
    yield finding
  }
}

/** The remedies of one of its verdicts, their commands with the image and the version that it is about. */
export function remediesOf(
  {
    kernel,
    images,
    build,
    to,
    mode,
    answer,
  }: Pick<Finding, 'kernel' | 'images' | 'build' | 'to' | 'mode' | 'answer'>,
  verdict: FullVerdict,
): string[] {
  const target = verdict === answer ? (to ?? build.label) : build.label
  return withCommands(verdict.remedies, images[0] ?? kernel.images[0], [targetOf(target, mode)])
}

/** The texts of remedies with the image and the targets in their commands; without them where there is no image. */
export const withCommands = (
  remedies: readonly Remedy[],
  image: string | undefined,
  targets: readonly string[],
): string[] => remedies.map(remedy => remedyText(aimedAt(remedy, { image, targets })))

/** A build as `repair --for` takes it: a label is a version, and what tells its build from others. */
export const targetOf = (label: string, mode: BootModeName): string =>
  targetWord(label.split(' ', 1)[0]!, mode)

/** How much a finding weighs; SARIF's words. */
export type Level = 'error' | 'warning' | 'note' | 'none'

const OF_VERDICT: Record<VerdictWord, Level> = {
  refuses: 'error',
  uncertain: 'warning',
  unavailable: 'none',
  'not-asked': 'none',
  accepts: 'none',
}

/** Where something changes, only what it breaks is an error: what is refused before and after is not its doing. */
const OF_CHANGE: Record<Change, Level> = {
  breaks: 'error',
  uncertain: 'warning',
  'still-broken': 'note',
  fixed: 'none',
  'still-fine': 'none',
}

export function levelOf({ answer, change, isAsBefore }: Finding): Level {
  if (change !== undefined) return OF_CHANGE[change]
  const weight = OF_VERDICT[answer.verdict]
  return isAsBefore && weight !== 'none' ? OF_CHANGE['still-broken'] : weight
}

/** A cause by its code, or what stands for one where there is none. */
export type CauseId = CauseCode | 'mode-unavailable' | 'not-asked' | 'refused' | 'doubtful'

const WITHOUT_CODE: Record<VerdictWord, CauseId> = {
  refuses: 'refused',
  uncertain: 'doubtful',
  unavailable: 'mode-unavailable',
  'not-asked': 'not-asked',
  accepts: 'doubtful',
}

/** The cause of a verdict. A mode that a release does not have stops a guest as well, and has no code. */
export const causeId = ({ code, verdict }: Pick<FullVerdict, 'code' | 'verdict'>): CauseId =>
  code ?? WITHOUT_CODE[verdict]
