/**
 * A grade for each pool of hosts. The rule: of the pairs of a kernel and a host that are asked in the pool, how many of
 * 100 are known to start. What is in doubt does not count as starting; what no loader of Xen is asked about, or what a
 * release does not have, does not count at all.
 * @module
 */
import { naturally } from '../document/natural-order.ts'
import type { JudgedBuild } from './builds.ts'
import { finalVerdict } from './counting-verdict.ts'
import type { Cell, FullVerdict, Grade, PoolGrade } from './model.ts'
import { remember } from './remember.ts'

/** The least score of each grade, the best first. */
export const GRADES: readonly (readonly [Grade, number])[] = [
  ['A', 100],
  ['B', 95],
  ['C', 80],
  ['D', 60],
  ['E', 0],
]

interface Graded {
  builds: readonly JudgedBuild[]
  cells: readonly Cell[]
  verdicts: readonly FullVerdict[]
  /** True where something changes: then only what the change is about is graded. */
  changes: boolean
}

type Tally = Pick<PoolGrade, 'accepts' | 'refuses' | 'uncertain'>

/** Hosts that are in no pool are a pool without a name. */
const NO_POOL: readonly string[] = ['']

/** The pools in which anything is asked, the worst first. */
export function gradePools({ builds, cells, verdicts, changes }: Graded): PoolGrade[] {
  const pools = builds.map(({ members }) =>
    members.map(({ pools = [] }) => (pools.length === 0 ? NO_POOL : pools)),
  )
  const whole = pools.map(countPools)
  const tallies = new Map<string, Tally>()
  // Cells share lists of hosts.
  const parts = new Map<readonly number[], Map<string, number>>()
  const partOf = (build: number, hosts: readonly number[]) =>
    remember(parts, hosts, () => countPools(hosts.map(host => pools[build]![host]!)))
  for (const cell of cells) {
    if (changes && cell.change === undefined) continue
    const { verdict } = verdicts[finalVerdict(cell)]!
    if (verdict !== 'accepts' && verdict !== 'refuses' && verdict !== 'uncertain') continue
    const own = cell.hosts === undefined ? whole[cell.build]! : partOf(cell.build, cell.hosts)
    for (const [pool, hosts] of own) {
      let tally = tallies.get(pool)
      if (tally === undefined) {
        tally = { accepts: 0, refuses: 0, uncertain: 0 }
        tallies.set(pool, tally)
      }
      tally[verdict] += hosts
    }
  }
  const hosts = countPools(pools.flat())
  const graded = [...tallies].map(([pool, tally]) => gradeOf(pool, hosts.get(pool)!, tally))
  return graded.sort((a, b) => a.score - b.score || naturally(a.pool, b.pool))
}

/** How many hosts are in each pool. */
function countPools(hosts: readonly (readonly string[])[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const pools of hosts) for (const pool of pools) counts.set(pool, (counts.get(pool) ?? 0) + 1)
  return counts
}

function gradeOf(pool: string, hosts: number, tally: Tally): PoolGrade {
  const { accepts, refuses, uncertain } = tally
  const score = Math.floor((100 * accepts) / (accepts + refuses + uncertain))
  const [grade] = GRADES.find(([, least]) => score >= least)!
  return { pool, hosts, ...tally, score, grade }
}
