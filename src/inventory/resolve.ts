// From what the files say to hosts: entries of one name joined, pools applied, references checked.

import { nearest } from '../document/nearest.ts'
import type { FileReading } from './adapters/adapter.ts'
import { combine, type Difference, fill } from './combine.ts'
import type { Guest, PassedOver } from './guest.ts'
import type { Host, HostEntry, HostSource, Placement, Pool } from './host.ts'
import { isGlob, matchesName } from './name-glob.ts'
import { type InventoryProblem, missingVersion } from './problem.ts'
import { passedOverIn, resolveGuests } from './resolve-guests.ts'

export interface Inventory {
  /** The hosts whose version is known, in the order in which they first appear. */
  hosts: Host[]
  pools: Pool[]
  placements: Placement[]
  /** Where it is known, `hosts` of a guest are names of hosts in this inventory. */
  guests: Guest[]
  passedOver: PassedOver
  /** What is wrong, by file and line; everything else was used. */
  problems: InventoryProblem[]
  /** What each file says by itself. */
  readings: FileReading[]
}

/** A host with all records of it. */
interface Joined {
  entry: HostEntry
  sources: HostSource[]
  /** The reading that spoke of it first. */
  reading: FileReading
}

/** One inventory of the readings of several files, in their order. */
export function resolve(readings: FileReading[]): Inventory {
  const problems = readings.flatMap(reading => reading.problems)
  const joined = joinEntries(readings, problems)
  const declared = joinPools(readings, problems)
  addMembers(joined, declared, readings)
  const hosts: Host[] = []
  for (const { entry, sources } of joined.values()) {
    checkPools(entry, declared, problems)
    const { missing, ...host } = withProduct(withDefaults(entry, declared))
    if (host.xen === undefined) leaveOut(entry, problems)
    else {
      const alsoFrom = sources.filter(source => source !== entry.source)
      hosts.push({ ...host, xen: host.xen, ...(alsoFrom.length > 0 && { alsoFrom }) })
    }
  }
  const pools = poolsWithMembers(declared, joined, hosts)
  const placements = readings.flatMap(reading => reading.placements)
  for (const placement of placements)
    checkPlacement(placement, [...joined.keys()], [...pools.keys()], problems)
  const guests = resolveGuests(
    readings,
    [...joined.values()].map(({ entry }) => entry),
    problems,
  )
  return {
    hosts,
    pools: [...pools.values()],
    placements,
    guests,
    passedOver: passedOverIn(readings),
    problems: inOrder(problems, readings),
    readings,
  }
}

/** Brands whose product version tells which Xen came with it. */
const BRAND = /^(?:XCP-ng|XenServer|Citrix (?:XenServer|Hypervisor)) \d/i

/** A host of which only the product is known is asked by that. */
function withProduct(host: HostEntry): HostEntry {
  if (host.xen !== undefined || host.product === undefined || !BRAND.test(host.product)) return host
  return { ...host, xen: host.product, source: { ...host.source, how: 'the version of the product' } }
}

function joinEntries(readings: FileReading[], problems: InventoryProblem[]): Map<string, Joined> {
  const joined = new Map<string, Joined>()
  for (const reading of readings) {
    for (const entry of reading.entries) {
      const before = joined.get(entry.name)
      if (before === undefined) {
        joined.set(entry.name, { entry, sources: [entry.source], reading })
        continue
      }
      const { entry: both, differences } = combine(before.entry, entry)
      if (before.reading === reading) problems.push(duplicate(before.entry, entry, differences))
      else for (const difference of differences) problems.push(conflict(before.entry, entry, difference))
      before.entry = both
      before.sources.push(entry.source)
    }
  }
  return joined
}

function duplicate(first: HostEntry, second: HostEntry, differences: Difference[]): InventoryProblem {
  const { file, line, field: at } = second.source
  const where = { file, line, ...(at !== undefined && { field: `${at}.name` }) }
  const found = `found ${second.name} again after line ${first.source.line}`
  const message = `expected each host once, ${found}`
  if (differences.length === 0) {
    return {
      code: 'duplicate-host',
      severity: 'warning',
      ...where,
      message: `${message}, with nothing that differs`,
    }
  }
  const list = differences.map(
    ({ field, first: a, second: b }) => `${field} ${shown(b)} instead of ${shown(a)}`,
  )
  return {
    code: 'duplicate-host',
    severity: 'error',
    ...where,
    message: `${message}, with ${list.join(', ')}; the first is used`,
    leavesOut: 1,
  }
}

function conflict(
  first: HostEntry,
  second: HostEntry,
  { field, first: a, second: b }: Difference,
): InventoryProblem {
  const { file, line } = second.source
  const before = `${first.source.file}:${first.source.line}`
  const message = `expected ${shown(a)} for host ${first.name} as in ${before}, found ${shown(b)}; the first is used`
  return { code: 'conflict', severity: 'warning', file, line, field, message }
}

function shown(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function joinPools(readings: FileReading[], problems: InventoryProblem[]): Map<string, Pool> {
  const pools = new Map<string, Pool>()
  for (const pool of readings.flatMap(reading => reading.pools)) {
    const before = pools.get(pool.name)
    if (before === undefined) {
      pools.set(pool.name, pool)
      continue
    }
    const differences: Difference[] = []
    const defaults = fill(before.defaults, pool.defaults, '', differences) as Pool['defaults']
    for (const { field, first, second } of differences) {
      const at = `${before.source.file}:${before.source.line}`
      const message = `expected ${shown(first)} for pool ${pool.name} as in ${at}, found ${shown(second)}; the first is used`
      problems.push({ code: 'conflict', severity: 'warning', ...pool.source, field, message })
    }
    pools.set(pool.name, { ...before, defaults, members: [...new Set([...before.members, ...pool.members])] })
  }
  return pools
}

/** Puts members into their pools; one of which no inventory speaks gets all from its pools. */
function addMembers(joined: Map<string, Joined>, pools: Map<string, Pool>, readings: FileReading[]) {
  for (const pool of pools.values()) {
    for (const name of pool.members) {
      const before = joined.get(name)
      if (before) {
        const known = before.entry.pools ?? []
        if (!known.includes(pool.name)) before.entry = { ...before.entry, pools: [...known, pool.name] }
      } else {
        const source = { ...pool.source, adapter: 'inventory', how: `member of pool ${pool.name}` }
        const reading = readings.find(({ pools: list }) => list.includes(pool)) ?? readings[0]!
        joined.set(name, { entry: { name, pools: [pool.name], source }, sources: [source], reading })
      }
    }
  }
}

function withDefaults(entry: HostEntry, pools: ReadonlyMap<string, Pool>): HostEntry {
  let result = entry
  for (const name of entry.pools ?? []) {
    const defaults = pools.get(name)?.defaults
    if (defaults === undefined) continue
    const filled = fill(result, defaults, '', []) as HostEntry
    const how = `default of pool ${name}`
    result =
      result.xen === undefined && filled.xen !== undefined
        ? { ...filled, source: { ...filled.source, how } }
        : filled
  }
  return result
}

/** A pool that is declared nowhere needs no declaration, but next to others it may be a slip of the pen. */
function checkPools(entry: HostEntry, declared: ReadonlyMap<string, Pool>, problems: InventoryProblem[]) {
  for (const name of entry.pools ?? []) {
    const close = declared.has(name) ? undefined : nearest(name, declared.keys())
    if (close === undefined) continue
    const { file, line } = entry.source
    const message = `expected a declared pool such as ${close} for host ${entry.name}, found ${name}`
    problems.push({ code: 'unknown-pool', severity: 'warning', file, line, message })
  }
}

/** Says that a host has no version; where that was said when it was read, it is counted there. */
function leaveOut({ name, source, missing }: HostEntry, problems: InventoryProblem[]) {
  const index = missing ? problems.indexOf(missing) : -1
  const problem = missing ?? missingVersion(name, { file: source.file, line: source.line })
  if (index === -1) problems.push({ ...problem, leavesOut: 1 })
  else problems[index] = { ...problem, leavesOut: 1 }
}

/** The declared pools and those that only hosts name, each with the hosts that are in it. */
function poolsWithMembers(
  declared: ReadonlyMap<string, Pool>,
  joined: ReadonlyMap<string, Joined>,
  hosts: readonly Host[],
): Map<string, Pool> {
  const pools = new Map([...declared].map(([name, pool]) => [name, { ...pool, members: [] as string[] }]))
  for (const { entry } of joined.values()) {
    const { file, line } = entry.source
    for (const name of entry.pools ?? []) {
      if (!pools.has(name)) pools.set(name, { name, defaults: {}, members: [], source: { file, line } })
    }
  }
  for (const host of hosts) for (const name of host.pools ?? []) pools.get(name)?.members.push(host.name)
  return pools
}

function checkPlacement(
  placement: Placement,
  hosts: string[],
  pools: string[],
  problems: InventoryProblem[],
) {
  const check = (names: string[], known: string[], code: 'unknown-host' | 'unknown-pool', what: string) => {
    for (const name of names) {
      if (isGlob(name) ? known.some(one => matchesName(name, one)) : known.includes(name)) continue
      const close = nearest(name, known)
      const hint = close === undefined ? '' : ` (did you mean ${close}?)`
      const message = `expected a ${what} of the inventory, found ${name}${hint}`
      const { file, line, field } = placement.source
      problems.push({ code, severity: 'error', file, line, field: `${field}.${what}`, message })
    }
  }
  check(placement.hosts, hosts, 'unknown-host', 'host')
  check(placement.pools, pools, 'unknown-pool', 'pool')
}

/** By file, in the order of the readings, and by line. */
function inOrder(problems: InventoryProblem[], readings: readonly FileReading[]): InventoryProblem[] {
  const order = new Map<string, number>()
  for (const { file } of readings) if (!order.has(file)) order.set(file, order.size)
  const rank = ({ file, line }: InventoryProblem) => [order.get(file) ?? 0, line ?? 0] as const
  return problems
    .map(problem => ({ problem, rank: rank(problem) }))
    .sort((a, b) => a.rank[0] - b.rank[0] || a.rank[1] - b.rank[1])
    .map(({ problem }) => problem)
}
