/**
 * Hosts to builds: those that answer alike are asked once.
 * @module
 */
import { type Host, targetVersion } from '../inventory/host.ts'
import type { HostOptions } from '../xen/host-options.ts'
import { compareVersions } from '../xen/releases.ts'
import { parseXenVersion } from '../xen/version-string.ts'
import type { Build } from './model.ts'

export interface JudgedBuild extends Build {
  /** The version that is asked. */
  version: string
  options: HostOptions
  members: Host[]
}

/** Groups hosts by what decides a verdict, the oldest release first. */
export function groupBuilds(hosts: Iterable<Host>): JudgedBuild[] {
  const builds = new Map<string, JudgedBuild>()
  for (const host of hosts) {
    const version = targetVersion(host)
    const options = hostOptions(host)
    const key = JSON.stringify([version, options])
    let known = builds.get(key)
    if (known === undefined) {
      known = {
        label: version,
        hosts: [],
        pools: [],
        remarks: parseXenVersion(version).remarks,
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
  return [...builds.values()].sort(byVersion)
}

/** What an inventory knows of a host, as the loader models take it. */
function hostOptions({ pv, pv32, decoders, xenCaps, virtCaps, gates }: Host): HostOptions {
  const build = {
    ...(pv !== undefined && { pv }),
    ...(pv32 !== undefined && { pv32 }),
    ...(decoders && { decoders }),
  }
  const capabilities = { ...(xenCaps && { xen: xenCaps }), ...(virtCaps && { virt: virtCaps }) }
  return {
    ...(Object.keys(build).length > 0 && { build }),
    ...(Object.keys(capabilities).length > 0 && { capabilities }),
    ...(gates && { gates }),
  }
}

/** By the release that a version stands for; what stands for none goes last. */
function byVersion(a: JudgedBuild, b: JudgedBuild): number {
  const [left, right] = [a, b].map(({ version }) => parseXenVersion(version).ask.at(-1) ?? '999')
  return compareVersions(left!, right!) || (a.label < b.label ? -1 : a.label > b.label ? 1 : 0)
}
