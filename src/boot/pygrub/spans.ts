/** What pygrub of several releases does with a disk, under each Python that may run it. */
import { ComponentReader, componentSpans } from '../../xen/component.ts'
import type { GuestDisk } from '../guest-disk.ts'
import type { PygrubAnswer, PygrubOptions } from './answer.ts'
import { type PygrubGates, type PygrubReader, pygrub } from './pygrub.ts'
import type { PythonVersion } from './python.ts'
import { runPygrub } from './run.ts'

export interface PygrubSpan extends PygrubAnswer {
  /** Releases of Xen, both ends inclusive. */
  since: string
  until: string
  /** The Python under which this is the answer; null where it does not matter. */
  python: PythonVersion | null
}

/** What pygrub of all releases does with a disk. */
export function pygrubSpans(disk: GuestDisk, options: PygrubOptions = {}): PygrubSpan[] {
  interface Both {
    answers: PygrubAnswer[]
  }
  const same = (a: Both, b: Both) =>
    JSON.stringify(a.answers.map(said)) === JSON.stringify(b.answers.map(said))
  const spans = componentSpans<PygrubGates, Both>(
    pygrub,
    ask => ({ answers: answersOf(ask, disk, options) }),
    same,
  )
  return spans.flatMap(({ since, until, answers }) =>
    answers.map((answer, index) => ({
      since,
      until,
      python: answers.length === 1 ? null : index === 0 ? (2 as const) : (3 as const),
      ...answer,
    })),
  )
}

/** One answer, or those of Python 2 and 3 where they differ. */
function answersOf(ask: PygrubReader, disk: GuestDisk, options: PygrubOptions): PygrubAnswer[] {
  const answers = ask.gate('python').map(python => runPygrub(ask, python, disk, options))
  const [first, second] = answers
  return second === undefined || said(first!) === said(second) ? [first!] : answers
}

/** What of an answer counts for being the same. */
const said = ({ outcome, kernel, ramdisk, args, error, undecided }: PygrubAnswer) =>
  JSON.stringify([outcome, kernel, ramdisk, args, error, undecided])

/** What one release does with a disk: one answer, or those of Python 2 and 3 where they differ. */
export function pygrubAnswers(release: string, disk: GuestDisk, options: PygrubOptions = {}): PygrubSpan[] {
  const index = pygrub.versions.indexOf(release)
  if (index < 0) throw new RangeError(`Cannot run pygrub of Xen ${release}: the release is not known`)
  const answers = answersOf(new ComponentReader(pygrub, index), disk, options)
  return answers.map((answer, at) => ({
    since: release,
    until: release,
    python: answers.length === 1 ? null : at === 0 ? 2 : 3,
    ...answer,
  }))
}
