/**
 * What an audit is about, in the sentences that every format for people begins with.
 * @module
 */
import type { Audit, Cause } from '../../findings/model.ts'
import { plural } from '../../findings/plural.ts'
import type { VerdictWord } from '../../xen/verdict.ts'

/** Kernels, without the rows of guests that have none. */
const ownKernels = ({ kernels }: Audit) => kernels.filter(({ kind }) => kind !== 'guest')
const imageCount = (audit: Audit) => ownKernels(audit).reduce((sum, { images }) => sum + images.length, 0)

/** True where versions of Xen are asked, and no hosts of an inventory: each version stands for a host. */
export const asksVersions = ({ inventory }: Audit): boolean =>
  inventory.files.length === 0 && inventory.placements === 0

/** What was asked: `Upgrade to Xen 4.17.4`. */
export function question(audit: Audit): string {
  switch (audit.kind) {
    case 'audit':
      return asksVersions(audit) ? 'Audit on versions of Xen' : 'Audit of the fleet as it is'
    case 'upgrade':
      return `Upgrade to Xen ${audit.to ?? '(unnamed)'}`
    case 'add': {
      const added = audit.kernels.filter(kernel => kernel.added)
      const images = added.reduce((sum, kernel) => sum + kernel.images.length, 0)
      return `New in the catalogue: ${plural(images, 'image')} of ${plural(added.length, 'kernel')}`
    }
  }
}

/** On what: `500 images of 60 kernels, 800 hosts of 35 builds; pv-domU, pv-dom0`. */
export function subject(audit: Audit): string {
  const images = `${plural(imageCount(audit), 'image')} of ${plural(ownKernels(audit).length, 'kernel')}`
  const hosts = asksVersions(audit)
    ? plural(audit.builds.length, 'version of Xen', 'versions of Xen')
    : `${plural(audit.inventory.hosts, 'host')} of ${plural(audit.builds.length, 'build')}`
  return `${images}, ${hosts}; ${audit.modes.join(', ')}`
}

/**
 * What became of the guests of the inventory, a sentence each: how many there are and are asked about, and why the others
 * are not. Nothing where the inventory has none.
 */
export function guestLines({ inventory: { guests } }: Audit): string[] {
  if (guests === undefined) return []
  const { total, judged, firmware, elsewhere, absent, withoutDisk, withoutHost } = guests
  const { templates, snapshots, controlDomains } = guests
  const is = (count: number) => (count === 1 ? 'is' : 'are')
  const passedOver = [
    [templates, 'template'],
    [snapshots, 'snapshot'],
    [controlDomains, 'control domain'],
  ] as const
  const left = passedOver.filter(([count]) => count > 0).map(([count, what]) => plural(count, what))
  return [
    `${plural(total, 'guest')} in the inventory, ${judged} of them asked about`,
    ...(firmware > 0
      ? [
          `${plural(firmware, 'guest')} by firmware (HVM, UEFI): the disk's own boot loader decides, and no loader of Xen is asked`,
        ]
      : []),
    ...(elsewhere > 0 ? [`${plural(elsewhere, 'guest')} on hosts that are not asked`] : []),
    ...(absent > 0 ? [`${plural(absent, 'guest')} whose kernel is not among the images`] : []),
    ...(withoutDisk > 0
      ? [
          `${plural(withoutDisk, 'guest')} whose disk is not among the files: every kernel that is in no guest's disk is asked for ${withoutDisk === 1 ? 'it' : 'them'}`,
        ]
      : []),
    ...(withoutHost > 0
      ? [`${plural(withoutHost, 'guest')} of which no host is known: every host is asked`]
      : []),
    ...(left.length > 0 ? [`${left.join(', ')} ${is(templates + snapshots + controlDomains)} left out`] : []),
  ]
}

/** By whom and when. */
export const origin = ({ tool, created }: Audit): string => `${tool}, ${created}`

const isPairs = ({ placements, guests }: Audit['inventory']) => placements === 0 && guests === undefined

/** What is counted. Without placements every image counts once on every host, which makes no guests. */
export const unitOf = ({ inventory }: Audit): { one: string; many: string } =>
  isPairs(inventory) ? { one: 'pair', many: 'pairs' } : { one: 'guest', many: 'guests' }

/** `3 guests`, or `3 pairs`. */
export function counted(audit: Audit, count: number): string {
  const { one, many } = unitOf(audit)
  return plural(count, one, many)
}

/** What a pair is; undefined where guests are counted. */
export const unitRemark = (audit: Audit): string | undefined =>
  asksVersions(audit)
    ? 'A pair is an image on a version of Xen, each of which is asked as a host of its own'
    : isPairs(audit.inventory)
      ? 'The inventory places no images: a pair is an image on a host, and every image is asked on every host'
      : undefined

const VERDICTS: readonly VerdictWord[] = ['refuses', 'uncertain', 'unavailable', 'not-asked', 'accepts']

/** The verdicts with the guests that have them, worst first. */
export const verdictCounts = ({ counts }: Audit): [VerdictWord, number][] =>
  VERDICTS.flatMap(verdict => {
    const count = counts[verdict]
    return count === undefined ? [] : [[verdict, count]]
  })

/** True for a cause that was there before what is asked: no new kernel has it, no guest stops of it. */
export const isOld = ({ kind, kernels }: Audit, cause: Cause) =>
  (kind === 'upgrade' && cause.guests === 0) ||
  (kind === 'add' && !cause.kernels.some(kernel => kernels[kernel]!.added))

/** The causes, those of a change before those that were there before it. */
export const orderedCauses = (audit: Audit): Cause[] => [
  ...audit.causes.filter(cause => !isOld(audit, cause)),
  ...audit.causes.filter(cause => isOld(audit, cause)),
]

/** What a cause costs: `12 guests, 3 hosts, 2 kernels`; in an upgrade `12 guests change; 3 hosts, 2 kernels in all`. */
export function costOf(audit: Audit, cause: Cause): string {
  const { hosts, guests, kernels } = cause
  const machines = asksVersions(audit) ? plural(hosts, 'version') : plural(hosts, 'host')
  const reach = `${machines}, ${plural(kernels.length, 'kernel')}`
  // Guests are those that an upgrade changes something for; hosts and kernels are all that have the cause after it.
  if (audit.kind === 'upgrade' && !isOld(audit, cause)) {
    return `${counted(audit, guests)} ${guests === 1 ? 'changes' : 'change'}; ${reach} in all`
  }
  return [
    ...(guests === 0 && isOld(audit, cause) ? [] : [counted(audit, guests)]),
    reach,
    ...(isOld(audit, cause) ? ['as before'] : []),
  ].join(', ')
}

/** Hosts that are left out: `5 hosts left out: 3 no-version, 2 not-xen`; undefined where there are none. */
export function leftOutLine({ inventory: { leftOut, reasons } }: Audit): string | undefined {
  if (leftOut === 0) return undefined
  const parts = Object.entries(reasons)
    .sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
    .map(([code, hosts]) => `${hosts} ${code}`)
  return `${plural(leftOut, 'host')} left out${parts.length > 0 ? `: ${parts.join(', ')}` : ''}`
}

/** Hosts that an upgrade does not move; undefined where there are none. */
export function leftAloneLine({ leftAlone, to }: Audit): string | undefined {
  if (leftAlone === undefined) return undefined
  const run = leftAlone === 1 ? 'runs' : 'run'
  return `${plural(leftAlone, 'host')} ${run} Xen ${to} or newer and ${leftAlone === 1 ? 'is' : 'are'} left alone; --allow-downgrade moves them too`
}

/** A reason or a message as a sentence with its full stop. */
export const sentence = (text: string): string => (/[.!?…]$/.test(text) ? text : `${text}.`)

/** What the baseline knows: `12 findings are known from old.json (2026-01-01T00:00:00.000Z), 3 are new`. */
export function baselineLine({ baseline }: Audit): string | undefined {
  if (baseline === undefined) return undefined
  const { file, created, known, new: fresh } = baseline
  const verb = (count: number) => (count === 1 ? 'is' : 'are')
  return `${plural(known, 'finding')} ${verb(known)} known from ${file} (${created ?? 'not there yet'}), ${fresh} ${verb(fresh)} new`
}

/** Above what a verdict on a build rests on. */
export const ASSUMPTIONS_TITLE = 'What these verdicts rest on'
export const REMARKS_TITLE = 'What was taken for granted of hosts'
