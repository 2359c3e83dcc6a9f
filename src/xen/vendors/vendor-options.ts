/**
 * What a vendor's build brings along: gates that its patches turn, and what it compiles in.
 * @module
 */
import type { Codec } from '../../facts/facts.ts'
import { mergeBuilds } from '../build-option.ts'
import { type AskedGateId, isGateId } from '../gates/gates.ts'
import type { HostOptions } from '../host-options.ts'
import { centos } from './centos.ts'
import { debian } from './debian.ts'
import { fedora } from './fedora.ts'
import { overlap } from './package-version.ts'
import { qubes } from './qubes.ts'
import type { VendorBuild } from './recognise.ts'
import { suse } from './suse.ts'
import { unreadVendors } from './unread.ts'
import type { VendorData, VendorFact } from './vendor.ts'
import { xenserver } from './xenserver.ts'

/** All vendors of which something is known. */
export const vendorTable: readonly VendorData[] = [
  debian,
  qubes,
  xenserver,
  centos,
  fedora,
  suse,
  ...unreadVendors,
]

export interface VendorOptions {
  /** What holds for each package that the build may be. */
  facts: readonly VendorFact[]
  options: Pick<HostOptions, 'build' | 'gates'>
  /** Facts that hold for some of these packages only. */
  perhaps: readonly VendorFact[]
  /** True where the patches of these packages were all read. */
  read: boolean
}

export function vendorOptions({ vendor, packages }: VendorBuild): VendorOptions {
  const data = vendorTable.filter(({ vendors }) => vendors.includes(vendor))
  const all = data.flatMap(({ facts }) => facts)
  const of = (fact: VendorFact) => (packages === undefined ? 'some' : overlap(packages, fact))
  const facts = all.filter(fact => of(fact) === 'all')
  return {
    facts,
    options: optionsOf(facts),
    perhaps: all.filter(fact => of(fact) === 'some'),
    read:
      packages !== undefined &&
      data.some(({ read }) => read.some(range => overlap(packages, range) === 'all')),
  }
}

const DECODERS = 'build.decoders.'

/** What the facts bring, as the loader models take it. */
export function optionsOf(facts: readonly VendorFact[]): VendorOptions['options'] {
  const decoders: Partial<Record<Codec, boolean>> = {}
  const build: Record<string, unknown> = {}
  const gates: Partial<Record<AskedGateId, string | number | boolean>> = {}
  for (const { gate, value } of facts) {
    if (isGateId(gate)) gates[gate] = value
    else if (gate.startsWith(DECODERS)) decoders[gate.slice(DECODERS.length) as Codec] = value === true
    else build[gate.slice('build.'.length)] = value
  }
  if (Object.keys(decoders).length > 0) build.decoders = decoders
  return {
    ...(Object.keys(build).length > 0 && { build: build as NonNullable<HostOptions['build']> }),
    ...(Object.keys(gates).length > 0 && { gates: gates as NonNullable<HostOptions['gates']> }),
  }
}

/** True for what a patch turns, and not the build's configuration. */
export const isGateFact = (fact: VendorFact): fact is VendorFact & { gate: AskedGateId } =>
  isGateId(fact.gate)

/** What is known of a host, and where it says nothing, what its vendor's build brings. */
export function withVendor(options: HostOptions, vendor: VendorOptions['options']): HostOptions {
  const build = mergeBuilds(options.build, vendor.build)
  const gates = { ...vendor.gates, ...options.gates }
  return {
    ...options,
    ...(build !== undefined && { build }),
    ...(Object.keys(gates).length > 0 && { gates }),
  }
}

const OPTION_NAMES: Readonly<Record<string, string>> = {
  'build.pv': 'PV guests',
  'build.pv32': '32-bit PV guests',
  'build.pvh': 'PVH guests',
}

/** What differs, in a few words: `xz-memory-limit is 256, no bzip2, no 32-bit PV guests`. */
export function describeFacts(facts: readonly VendorFact[]): string {
  const gates = facts.filter(isGateFact).map(({ gate, value }) => `${gate} is ${value}`)
  const absent = facts
    .filter(fact => !isGateFact(fact) && fact.value === false)
    .map(({ gate }) => `no ${OPTION_NAMES[gate] ?? gate.slice(DECODERS.length)}`)
  return [...gates, ...absent].join(', ')
}
