/**
 * A line that a loader logs, as a pattern, and what it means.
 * @module
 */
import type { VersionedPath } from '../boot-path/boot-path.ts'
import type { Side } from '../gates/gate.ts'
import type { CauseCode } from '../verdict.ts'

/** Who prints a line: a loader of Xen, of either side, or a program that finds or loads a guest's kernel. */
export type Printer = Side | 'both' | 'pygrub' | VersionedPath

export interface KnownLine {
  pattern: string
  side: Printer
  /** What the line can be about; none for a line that comes with every failure, or with none. */
  causes: readonly CauseCode[]
  /** `noise` is logged of kernels that load, too; `ending` comes after the line that names the cause. */
  kind?: 'noise' | 'ending'
  /** The first and the last release that logs it, where it is not all of them. */
  since?: string
  until?: string
  /** Any program may print it: it counts alone, and in a log that names this one. */
  only?: string
  /** What to look at, or to do, next. */
  next: string
}

export const DAMAGED =
  'Compare the file with its source (checksum, size) and get it again: the kernel is cut or damaged. `scan --verify` finds the place.'
export const CODEC =
  'See what the kernel is compressed with (`notes`, `scan`), and use a release or a build that unpacks it, or unpack the kernel: `explain --xen RELEASE` says which.'
export const OTHER_KERNEL =
  'Use a kernel that is built for this boot mode: `explain --xen RELEASE` says what the notes lack.'
export const BOUNDS =
  'The notes of the kernel contradict its segments: `notes` prints them, `explain` the comparison. Build it anew.'

/** A line by its parts; `more` says what is special about it. */
export const line = (
  side: KnownLine['side'],
  pattern: string,
  causes: readonly CauseCode[],
  next: string,
  more: Pick<KnownLine, 'kind' | 'since' | 'until' | 'only'> = {},
): KnownLine => ({ pattern, side, causes, next, ...more })
