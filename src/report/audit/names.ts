/**
 * What kernels and builds are called, and lists of names.
 * @module
 */
import { causeKey } from '../../findings/causes.ts'
import { finalVerdict } from '../../findings/counting-verdict.ts'
import type { Audit, Build, Cause, Kernel } from '../../findings/model.ts'
import { plural } from '../../findings/plural.ts'

/** A kernel is called by its first image. */
export const kernelName = ({ images }: Pick<Kernel, 'images'>): string => images[0] ?? ''

/** A kernel by its first image, and how many more there are of it. */
export function kernelTitle(kernel: Pick<Kernel, 'images'>): string {
  const more = kernel.images.length - 1
  return more > 0 ? `${kernelName(kernel)} and ${plural(more, 'more image')}` : kernelName(kernel)
}

/** What a kernel says that it is: its guest and version, and its build id. */
export const kernelTexts = ({ guest, buildId }: Pick<Kernel, 'guest' | 'buildId'>): string[] => [
  ...(guest === '' ? [] : [`kernel: ${guest}`]),
  ...(buildId === undefined ? [] : [`build id: ${buildId}`]),
]

/** The guests that have a cause, where the inventory names them. */
export function guestNames(audit: Audit, cause: Cause): string[] {
  const key = causeKey(cause)
  const having = audit.verdicts.map(verdict =>
    [verdict, ...(verdict.also ?? []).map(other => ({ ...verdict, ...other }))].some(
      part => causeKey(part) === key,
    ),
  )
  const cells = audit.cells.filter(cell => having[finalVerdict(cell)])
  return [...new Set(cells.flatMap(({ names = [] }) => names))]
}

/** Every build by its version; builds of one version are told apart by their first host. */
export function buildNames({ builds }: Pick<Audit, 'builds'>): string[] {
  const seen = new Map<string, number>()
  for (const { label } of builds) seen.set(label, (seen.get(label) ?? 0) + 1)
  return builds.map(({ label, hosts }) =>
    seen.get(label) === 1 ? label : `${label} (${hosts[0] ?? 'no host'}${hosts.length > 1 ? ' …' : ''})`,
  )
}

/** The first `most` items, and how many more there are. */
export function few<Item>(items: readonly Item[], most: number): { shown: readonly Item[]; more: number } {
  // One more item takes no more room than saying that there is one.
  if (items.length <= most + 1) return { shown: items, more: 0 }
  return { shown: items.slice(0, most), more: items.length - most }
}

/** `a, b and 3 more`. */
export function listed(names: readonly string[], most: number): string {
  const { shown, more } = few(names, most)
  return more === 0 ? shown.join(', ') : `${shown.join(', ')} and ${more} more`
}

/** True for a version of Xen that was asked by itself, and stands for a host of its name. */
export const isVersion = ({ label, hosts }: Build): boolean => hosts.length === 1 && hosts[0] === label

/** Hosts of a build, said short: `4.1.6.1 (2 hosts: xen01, xen02)`. */
export const buildTitle = (name: string, build: Build, most = 3): string =>
  isVersion(build) ? name : withHosts(name, build, most)

const withHosts = (name: string, { hosts }: Build, most: number) =>
  `${name} (${plural(hosts.length, 'host')}${hosts.length === 0 ? '' : `: ${listed(hosts, most)}`})`
