/**
 * Hosts to builds: those with the same verdicts are judged once.
 * @module
 */
import { type Host, targetVersion } from '../inventory/host.ts'
import { type BuildFacts, mergeBuilds } from '../xen/build-option.ts'
import { readCommandLine } from '../xen/command-line.ts'
import { type HostOptions, readOverrides } from '../xen/host-options.ts'
import { compareVersions } from '../xen/releases.ts'
import { resolveTarget } from '../xen/target.ts'
import { parseXenVersion, versionLabel } from '../xen/version-string.ts'
import type { Build } from './model.ts'

export interface JudgedBuild extends Build {
  /** The version that is asked. */
  version: string
  options: HostOptions
  members: Host[]
}

/**
 * Groups hosts by what decides a verdict, the oldest release first. `build` is what is known of builds of which the
 * inventory says nothing.
 */
export function groupBuilds(hosts: Iterable<Host>, build?: BuildFacts): JudgedBuild[] {
  const builds = new Map<string, JudgedBuild>()
  for (const host of hosts) {
    const version = targetVersion(host)
    const options = hostOptions(host, build)
    const key = JSON.stringify([version, inOrder(options)])
    let known = builds.get(key)
    if (known === undefined) {
      const target = resolveTarget(version, options)
      known = {
        label: versionLabel(target.version),
        hosts: [],
        pools: [],
        remarks: [...target.remarks],
        version,
        options,
        members: [],
      }
      builds.set(key, known)
    }
    known.members.push(host)
    known.hosts.push(host.name)
    for (const pool of host.pools ?? []) if (!known.pools.includes(pool)) known.pools.push(pool)
    if (host.source.guess === true && !known.remarks.includes(host.source.how))
      known.remarks.push(host.source.how)
  }
  return tellApart([...builds.values()].sort(byVersion))
}

/** So many characters of what differs fit into a label. */
const MAX_DIFFERENCE = 48

/** Gives builds of one version labels of their own: with what differs, or where that says too much, with a host. */
function tellApart(builds: JudgedBuild[]): JudgedBuild[] {
  const byLabel = new Map<string, JudgedBuild[]>()
  for (const build of builds) byLabel.set(build.label, [...(byLabel.get(build.label) ?? []), build])
  for (const [label, alike] of byLabel) {
    if (alike.length === 1) continue
    const traits = alike.map(({ options }) => [...new Set(traitsOf(options))])
    const having = count(traits.flat())
    const own = traits.map(list => list.filter(trait => having.get(trait)! < alike.length).join(', '))
    const saying = count(own)
    for (const [index, build] of alike.entries()) {
      const difference = own[index]!
      if (difference.length > MAX_DIFFERENCE || saying.get(difference)! > 1) {
        build.label = `${label} (${build.hosts[0]!})`
      } else if (difference !== '') build.label = `${label} (${difference})`
    }
  }
  return builds
}

function count(words: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1)
  return counts
}

/** What is known of a host, fact by fact. */
function traitsOf({ build, capabilities, gates }: HostOptions): string[] {
  const { decoders, ...flags } = build ?? {}
  return [
    ...Object.entries({ ...flags, ...decoders, ...gates }).map(([name, value]) => `${name}: ${value}`),
    ...(capabilities?.xen ?? []),
    ...(capabilities?.virt ?? []),
  ]
}

/** What an inventory says of a host, as the loader models take it. */
function hostOptions(host: Host, known?: BuildFacts): HostOptions {
  const { pv, pv32, pvh, verbose, decoders, xenCaps, virtCaps, gates, commandline, modes } = host
  const { product, compiler, builtBy } = host
  const stated = {
    ...(pv !== undefined && { pv }),
    ...(pv32 !== undefined && { pv32 }),
    ...(pvh !== undefined && { pvh }),
    ...(verbose !== undefined && { verbose }),
    ...(decoders && { decoders }),
  }
  const build = mergeBuilds(stated, known)
  const { dom0, pv32: bootPv32, verbose: bootVerbose } = readCommandLine(commandline ?? '')
  // A host that states its modes knows better than the line that it was started with.
  const line = {
    ...(commandline !== undefined && modes === undefined && { dom0 }),
    ...(bootPv32 !== undefined && { pv32: bootPv32 }),
    ...(bootVerbose !== undefined && { verbose: bootVerbose }),
  }
  const origin = {
    ...(product !== undefined && { product }),
    ...(compiler !== undefined && { compiler }),
    ...(builtBy !== undefined && { builtBy }),
  }
  const capabilities = { ...(xenCaps && { xen: xenCaps }), ...(virtCaps && { virt: virtCaps }) }
  // What was refused when the inventory was read makes no other build.
  const { overrides } = readOverrides(gates)
  return {
    ...(build !== undefined && { build }),
    ...(Object.keys(line).length > 0 && { commandLine: line }),
    ...(Object.keys(origin).length > 0 && { origin }),
    ...(Object.keys(capabilities).length > 0 && { capabilities }),
    ...(overrides && { gates: overrides as NonNullable<HostOptions['gates']> }),
  }
}

/** The same for equal options, however they were written down: lists are sets here. */
function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return [...value].sort()
  if (typeof value !== 'object' || value === null) return value
  return Object.entries(value)
    .map(([name, inner]) => [name, inOrder(inner)] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1))
}

/** By the release that a version stands for; what stands for none goes last. */
function byVersion(a: JudgedBuild, b: JudgedBuild): number {
  const [left, right] = [a, b].map(({ version }) => parseXenVersion(version).ask.at(-1) ?? '999')
  return compareVersions(left!, right!) || (a.label < b.label ? -1 : a.label > b.label ? 1 : 0)
}
