/**
 * What a cell of an audit weighs for those who judge by it: policies, baselines, exit codes.
 * @module
 */
import type { Audit, Build, Cell, FullVerdict, Kernel } from './model.ts'

/** The index of the verdict after the change where there is one, else of today's: what a reader has to act on. */
export const finalVerdict = ({ verdict, after }: Pick<Cell, 'verdict' | 'after'>): number => after ?? verdict

/**
 * The verdict that a cell counts for: the one after the change, unless that is certain and the doubt is about today's.
 *
 * @param audit Or whatever else has the verdicts that the cell names.
 */
export function countingVerdict<V extends Pick<FullVerdict, 'verdict'>>(
  { verdicts }: { verdicts: readonly V[] },
  { verdict, after = verdict, change }: Pick<Cell, 'verdict' | 'after' | 'change'>,
): V {
  const then = verdicts[after]!
  return verdicts[change === 'uncertain' && then.verdict !== 'uncertain' ? verdict : after]!
}

/** True for refusals and doubts, and for what an upgrade takes away. */
export function isFinding(
  audit: Pick<Audit, 'kind'> & { verdicts: readonly Pick<FullVerdict, 'verdict'>[] },
  cell: Pick<Cell, 'verdict' | 'after' | 'change'>,
): boolean {
  // Where a kernel is added, the others are as they were.
  if (audit.kind === 'add' && cell.change === undefined) return false
  const { verdict } = countingVerdict(audit, cell)
  return verdict === 'refuses' || verdict === 'uncertain' || cell.change === 'breaks'
}

/** The names of the hosts that a cell is made of. */
export function cellHosts(
  { builds }: { builds: readonly Pick<Build, 'hosts'>[] },
  { build, hosts }: Pick<Cell, 'build' | 'hosts'>,
): readonly string[] {
  const all = builds[build]!.hosts
  return hosts === undefined ? all : hosts.map(index => all[index]!)
}

/** The paths of the images that a cell is made of. */
export function cellImages(
  { kernels }: { kernels: readonly Pick<Kernel, 'images'>[] },
  { kernel, images }: Pick<Cell, 'kernel' | 'images'>,
): readonly string[] {
  const all = kernels[kernel]!.images
  return images === undefined ? all : images.map(index => all[index]!)
}
