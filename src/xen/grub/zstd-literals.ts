/** Which zstd blocks GRUB reads two literals at a time: HUF_selectDecoder of zstd 1.3.6, which GRUB carries. */
import type { LiteralPairs } from '../../facts/facts.ts'
import type { GrubArch } from './answer.ts'

/** The unit in which that function counts literals. */
const UNIT = 256
/** It measures how well literals are compressed in so many steps. */
const STEPS = 16

/**
 * For each step, how many units of literals make up for the time that the larger table takes: where that function's
 * table of measured times, and its rebate for the smaller table, make the sum less. Some never do.
 */
const LEAST_UNITS: readonly number[] = [
  ...[Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, 31, 25, 22, 20, 17, 19],
  ...[21, 25, 34, 50, 64, 186, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
]

/**
 * Whether GRUB's decoder takes literals that only one takes which reads two at once, and reads them as the facts have
 * them. Of a stream that is used up, a decoder of 32 bits reads other bytes, or fails.
 */
export function takesPairs({ literals, bytes, usedUp }: LiteralPairs, build: GrubArch): boolean {
  if (usedUp && build === 'i386-xen') return false
  const step = Math.min(STEPS - 1, Math.floor((bytes * STEPS) / literals))
  return Math.floor(literals / UNIT) >= LEAST_UNITS[step]!
}
