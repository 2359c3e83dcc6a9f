/**
 * What a reader with one minute needs, the same in every format: one sentence that is the decision, what is most
 * effective, how old the answers are, and a grade for each pool.
 * @module
 */
import type { Audit, Change, Kernel, PlanStep, PoolGrade } from '../../findings/model.ts'
import { GRADES } from '../../findings/pools.ts'
import { counted, countOf, groupDigits } from './counts.ts'

/** How many steps are told first. */
const MOST_EFFECTIVE = 3

/** Indexes into the plan: the steps that end, or prevent, most refusals, the most effective first. */
export const mostEffective = ({ kind, plan }: Audit): number[] =>
  plan
    .map((_, index) => index)
    .filter(index => plan[index]!.guests > 0)
    // Beside the cure of a new kernel, the upgrade of hosts is the other way to the same.
    .filter(index => kind !== 'add' || plan[index]!.action === 'replace-kernel')
    .sort((a, b) => plan[b]!.guests - plan[a]!.guests || a - b)
    .slice(0, MOST_EFFECTIVE)

/** What a step is worth: `ends 3,625 of 8,320 refusals`. Of a remedy that the models cannot try it is said so. */
export function worthOf(audit: Audit, { action, guests, proven }: PlanStep): string {
  if (audit.kind === 'audit') {
    return `${proven ? 'ends' : 'can end'} ${groupDigits(guests)} of ${refusals(audit.counts.refuses)}`
  }
  return action === 'upgrade-hosts' && audit.kind === 'upgrade'
    ? `${counted(audit, guests)} fixed`
    : `${counted(audit, guests)} kept running`
}

const refusals = (count: number) => countOf(count, 'refusal')

/** The sentence to read where there is time for one. */
export function headline(audit: Audit): string {
  const { counts } = audit
  const { changes, accepts, refuses, uncertain, unavailable } = counts
  if (changes !== undefined) return headlineOfChange(audit, changes)
  if (refuses === 0 && uncertain === 0) {
    return `Every kernel can start where it is asked: ${counted(audit, accepts)}.`
  }
  const doubt = uncertain > 0 ? `; ${groupDigits(uncertain)} more ${isOrAre(uncertain)} uncertain` : ''
  const best = decisive(audit)
  if (best === undefined) {
    const all = accepts + refuses + uncertain + unavailable + (counts['not-asked'] ?? 0)
    return `${groupDigits(refuses)} of ${counted(audit, all)} cannot start today${doubt}.`
  }
  const all = refuses === best.guests
  const share =
    all && refuses === 1
      ? 'The only refusal'
      : all
        ? `All ${refusals(refuses)}`
        : `${groupDigits(best.guests)} of ${refusals(refuses)}`
  const end = best.proven ? (best.guests === 1 ? 'ends' : 'end') : 'can end'
  return `${share} ${end} by ${doing(audit, best)}${doubt}.`
}

/** What is known to end refusals comes before what may. */
function decisive(audit: Audit): PlanStep | undefined {
  const steps = mostEffective(audit).map(index => audit.plan[index]!)
  return steps.find(({ proven }) => proven) ?? steps[0]
}

function headlineOfChange(audit: Audit, changes: Record<Change, number>): string {
  const { kind, to } = audit
  const all = Object.values(changes).reduce((total, count) => total + count, 0)
  const doubt =
    changes.uncertain > 0 ? `; ${groupDigits(changes.uncertain)} ${isOrAre(changes.uncertain)} uncertain` : ''
  if (kind === 'add') {
    return changes.breaks === 0
      ? `Every host that is asked takes the new kernels, as far as that is known${doubt}.`
      : `${groupDigits(changes.breaks)} of ${counted(audit, all)} cannot start with the new kernels${doubt}.`
  }
  const upgrade = `the upgrade to Xen ${to ?? '(unnamed)'}`
  const fixed =
    changes.fixed > 0
      ? `; ${groupDigits(changes.fixed)} that ${isOrAre(changes.fixed)} refused today can start then`
      : ''
  const breaks =
    changes.breaks === 0
      ? `Nothing that is known to start today stops with ${upgrade}`
      : `${counted(audit, changes.breaks)} that can start today cannot start after ${upgrade}${kept(audit)}`
  return `${breaks}${fixed}${doubt}.`
}

/** What the plan saves of that. */
function kept({ plan }: Audit): string {
  const cured = plan.filter(({ action }) => action === 'replace-kernel')
  if (cured.length === 0) return ''
  const guests = cured.reduce((sum, step) => sum + step.guests, 0)
  return `, and ${groupDigits(guests)} of them keep running if ${countOf(cured.length, 'kernel')} ${isOrAre(cured.length)} cured before`
}

const isOrAre = (count: number) => (count === 1 ? 'is' : 'are')

/** What is done in a step: `repacking 125 zstd kernels`. */
function doing(audit: Audit, { kind, kernels, builds, hosts, text }: PlanStep): string {
  const own = kernels.map(kernel => audit.kernels[kernel]!)
  const all = countOf(own.length, 'kernel')
  const where = countOf(hosts, 'host')
  switch (kind) {
    case 'repack':
      return `repacking ${packed(own)}`
    case 'boot-mode':
      return `starting ${all} in another boot mode`
    case 'point-release':
    case 'release':
      return `upgrading ${where} of ${countOf(builds.length, 'build')}`
    case 'xen-build':
      return `building Xen anew for ${where}`
    case 'build-fact':
      return `finding out how the Xen of ${where} was built`
    case 'kernel-version':
      return `using newer versions of ${all}`
    case 'kernel-option':
      return `building ${all} anew`
    case 'image':
      return `using other images in place of ${all}`
    default:
      return `one change to ${all}: ${text}`
  }
}

/** `125 zstd kernels`, `12 kernels (9 zstd, 3 lz4)`. */
function packed(kernels: readonly Kernel[]): string {
  const counts = new Map<string, number>()
  for (const { layers } of kernels) {
    const codec = codecIn(layers)
    counts.set(codec, (counts.get(codec) ?? 0) + 1)
  }
  const [only] = [...counts.keys()]
  if (counts.size === 1) return countOf(kernels.length, only === '' ? 'kernel' : `${only} kernel`)
  const parts = [...counts]
    .sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
    .map(([codec, count]) => `${groupDigits(count)} ${codec === '' ? 'not packed' : codec}`)
  return `${countOf(kernels.length, 'kernel')} (${parts.join(', ')})`
}

/** The codec in what a kernel says of its layers: `bzImage zstd`. */
const codecIn = (layers: string) =>
  layers
    .split(' ')
    .at(-1)!
    .replace(/^(?:bzImage|ELF)$/, '')

/** Of which Xen the answers know: the newest release. */
export const knowledgeLine = ({ knowledge }: Audit): string | undefined =>
  knowledge === undefined ? undefined : `knows Xen up to ${knowledge}`

const DAY = 86_400_000

/** From when the inventory is: `inventory fleet.yaml, written 2026-11-20 (6 days before)`. */
export function inventoryLine({ created, inventory: { files, written } }: Audit): string | undefined {
  if (files.length === 0) return undefined
  const what = files.length === 1 ? `inventory ${files[0]!}` : `inventory of ${countOf(files.length, 'file')}`
  if (written === undefined) return what
  const { oldest, newest } = written
  const days = (from: string) => Math.max(0, Math.floor((Date.parse(created) - Date.parse(from)) / DAY))
  const day = (time: string) => time.slice(0, 10)
  const age = (count: number) =>
    count === 0 ? 'the day of this report' : `${countOf(count, 'day')} before this report`
  if (day(oldest) === day(newest)) return `${what}, written ${day(oldest)} (${age(days(oldest))})`
  return `${what}, written ${day(oldest)} to ${day(newest)} (the oldest ${age(days(oldest))})`
}

/** What hosts without a pool are called. */
export const poolName = ({ pool }: PoolGrade, pools: readonly PoolGrade[]): string =>
  pool !== '' ? pool : pools.length === 1 ? 'all hosts' : 'in no pool'

/** The rule of the grades, to be read beside them. */
export const GRADE_RULE = `Grades: of the pairs of a kernel and a host that are asked in a pool, the share that is known to start; what is uncertain does not count as starting. ${GRADES.map(
  ([grade, least]) =>
    least === 100 ? `${grade} all` : least === 0 ? `${grade} less` : `${grade} ${least} % or more`,
).join(', ')}`

/** What a pool's grade is made of: `B, 97 of 100: 12 hosts, 40 refused, 3 uncertain`. */
export function gradeLine({ grade, score, hosts, refuses, uncertain }: PoolGrade): string {
  const parts = [
    countOf(hosts, 'host'),
    ...(refuses > 0 ? [`${groupDigits(refuses)} refused`] : []),
    ...(uncertain > 0 ? [`${groupDigits(uncertain)} uncertain`] : []),
  ]
  return `${grade}, ${score} of 100: ${parts.join(', ')}`
}

/** Which remedies the models try themselves; said beside the steps of an audit. */
export const WORTH_RULE =
  'Each refusal is counted once: for the first of its remedies that the loader models say ends it, and where they cannot tell, for the cheapest'
