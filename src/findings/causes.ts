/**
 * The causes of the findings: each said once, the worst first. One code may have several: a codec that is too new
 * and another that is too new have different remedies.
 * @module
 */
import { type CommandSubject, targetWord } from '../xen/remedies/own-command.ts'
import { aimedAt, isOurs, remedyText } from '../xen/remedies/remedy-text.ts'
import type { CauseCode } from '../xen/verdict.ts'
import { causeTitle } from './cause-codes.ts'
import { type CureCounts, commonRemedies, type Treated } from './common-remedies.ts'
import { finalVerdict } from './counting-verdict.ts'
import { ListUnion } from './list-union.ts'
import type { Build, Cause, Cell, CommonRemedy, FullVerdict, Kernel } from './model.ts'

/** What an audit has found, before it is summed up. */
export interface Findings {
  kernels: readonly Pick<Kernel, 'images'>[]
  builds: readonly Pick<Build, 'label'>[]
  /** The hosts of a cell, by its index. */
  hostsOf: (cell: number) => readonly string[]
  verdicts: readonly FullVerdict[]
  cells: readonly Cell[]
  /** True where something changes: what stays as it was costs nothing then. */
  changes: boolean
  cures: CureCounts
}

interface Tally {
  code: CauseCode
  title?: string
  reason: string
  /** Guests by verdict. */
  verdicts: Map<number, number>
  treated: Treated[]
  kernels: Set<number>
  builds: Set<number>
  hosts: ListUnion
  guests: number
}

/** Sums up refusals and doubts by what is wrong. */
export function findCauses(findings: Findings): Cause[] {
  const { hostsOf, verdicts, cells, changes } = findings
  const tallies = new Map<string, Tally>()
  for (const [at, cell] of cells.entries()) {
    const index = finalVerdict(cell)
    const verdict = verdicts[index]!
    if (verdict.verdict !== 'refuses' && verdict.verdict !== 'uncertain') continue
    for (const part of [verdict, ...(verdict.also ?? []).map(other => ({ ...verdict, ...other }))]) {
      const { code, remedies } = part
      if (code === undefined) continue
      const key = causeKey(part)
      let tally = tallies.get(key)
      if (tally === undefined) {
        tally = {
          code,
          ...(part === verdict && verdict.title !== undefined && { title: verdict.title }),
          reason: part.reason,
          verdicts: new Map(),
          treated: [],
          kernels: new Set(),
          builds: new Set(),
          hosts: new ListUnion(),
          guests: 0,
        }
        tallies.set(key, tally)
      }
      const { kernel, build, mode, guests, change } = cell
      tally.verdicts.set(index, (tally.verdicts.get(index) ?? 0) + guests)
      tally.treated.push({ kernel, build, mode, remedies })
      tally.kernels.add(kernel)
      tally.builds.add(build)
      tally.hosts.add(hostsOf(at))
      if (!changes || change === 'breaks' || change === 'uncertain') tally.guests += guests
    }
  }
  const causes = [...tallies.values()].map(tally => causeOf(tally, findings))
  return causes.sort(worseFirst)
}

/** Verdicts with the same key have the same cause, and a cause has the key of its verdicts. */
export const causeKey = ({ verdict, code, reason }: Pick<FullVerdict, 'verdict' | 'code' | 'reason'>) =>
  `${verdict} ${code} ${reason}`

/** The first kernel that has the cause, and what refuses it, as `repair` takes them. */
function subjectOf(treated: readonly Treated[], { kernels, builds }: Findings): CommandSubject {
  const [first] = treated
  const own = treated.filter(({ kernel }) => kernel === first!.kernel)
  const targets = own.map(({ build, mode }) => targetWord(builds[build]!.label.split(' ')[0]!, mode))
  return { image: kernels[first!.kernel]!.images[0]!, targets: [...new Set(targets)] }
}

/** The cheapest remedy that holds everywhere, else the cheapest, in one line without a command of this tool. */
function cureOf(remedies: readonly CommonRemedy[], kernels: number): string | undefined {
  const [first] = remedies
  if (first === undefined) return undefined
  const best = remedies.find(remedy => remedy.reach === undefined) ?? first
  const reach = best.reach ?? (kernels === 1 ? undefined : `all ${kernels} kernels`)
  const text = isOurs(best) ? best.text : remedyText(best)
  return reach === undefined ? text : `${text} (${reach})`
}

function causeOf({ code, title, reason, treated, ...tally }: Tally, findings: Findings): Cause {
  const { verdicts } = findings
  const [index] = [...tally.verdicts].reduce((best, next) => (next[1] > best[1] ? next : best))
  const { verdict, message, log } = verdicts[index]!
  const remedies = commonRemedies(treated, findings.cures)
  const subject = subjectOf(treated, findings)
  const cure = cureOf(remedies, tally.kernels.size)
  return {
    code,
    verdict: verdict === 'refuses' ? 'refuses' : 'uncertain',
    title: title ?? causeTitle(code),
    reason,
    ...(message !== undefined && { message }),
    ...(log !== undefined && { log }),
    ...(cure !== undefined && { cure }),
    remedies: remedies.map(remedy => aimedAt(remedy, subject)),
    kernels: [...tally.kernels].sort((a, b) => a - b),
    builds: [...tally.builds].sort((a, b) => a - b),
    hosts: tally.hosts.items.size,
    guests: tally.guests,
  }
}

/** Refusals before doubts, then by the guests, hosts and kernels that they cost. */
function worseFirst(a: Cause, b: Cause): number {
  if (a.verdict !== b.verdict) return a.verdict === 'refuses' ? -1 : 1
  return (
    b.guests - a.guests ||
    b.hosts - a.hosts ||
    b.kernels.length - a.kernels.length ||
    (a.code < b.code ? -1 : a.code > b.code ? 1 : a.reason < b.reason ? -1 : 1)
  )
}
