/**
 * An earlier report: what `-o json` of audit and upgrade wrote, as far as later reports are compared with it.
 * @module
 */

import type { BootModeName } from '../../xen/boot-mode.ts'
import type { VerdictWord } from '../../xen/reason.ts'
import type { Audit, Build, Cause, Counts, FullVerdict, Kernel } from '../model.ts'
import type { CellTable } from './cell-table.ts'

/** Whose report it is. */
export interface ReportOrigin {
  file: string
  /** When it was made, ISO 8601. */
  created: string
  tool: string
  kind: Audit['kind']
  /** Of an upgrade: the release. */
  to?: string
}

/** A verdict without what only its own report tells of it. */
export interface EarlierVerdict extends Pick<FullVerdict, 'reason'> {
  verdict: VerdictWord
  /** As its report has it: a later version of this tool may know more causes. */
  code?: string
  /** What could be done, as its report has it. */
  remedies: string[]
}

export interface EarlierReport extends ReportOrigin {
  modes: BootModeName[]
  counts: Counts
  kernels: Pick<Kernel, 'images' | 'kind' | 'guest' | 'kernelVersion' | 'flavour' | 'buildId'>[]
  builds: Pick<Build, 'label' | 'hosts'>[]
  verdicts: EarlierVerdict[]
  cells: CellTable
  causes: (Pick<Cause, 'verdict' | 'guests' | 'title'> & { code: string })[]
}

export const VERDICT_WORDS = Object.keys({
  accepts: true,
  refuses: true,
  uncertain: true,
  unavailable: true,
  'not-asked': true,
} satisfies Record<VerdictWord, true>) as VerdictWord[]
