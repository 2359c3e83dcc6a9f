/** How many layers are in each other: forged ones would go on for ever, or branch at each table of partitions. */
import type { BudgetLimits } from './budget.ts'

export interface Nesting {
  /** Since the last file. */
  readonly layers: number
  readonly tables: number
  /** All of them: each keeps an engine while it is read. */
  readonly streams: number
}

export const NO_LAYER: Nesting = { layers: 0, tables: 0, streams: 0 }

/** Tables of volumes in each other without a file between them: LVM on a mirror in a partition, in a disk, has three. */
const MAX_TABLES = 4

/** With one more layer in it. */
export const withLayer = ({ layers, tables, streams }: Nesting, kind: string): Nesting => ({
  layers: layers + 1,
  tables: tables + (kind === 'volumes' ? 1 : 0),
  streams: streams + (kind === 'stream' ? 1 : 0),
})

/** In a file of the layer. */
export const inFile = ({ streams }: Nesting): Nesting => ({ layers: 0, tables: 0, streams })

export const isTooDeep = ({ layers, tables, streams }: Nesting, { depth }: BudgetLimits): boolean =>
  layers > depth || tables > MAX_TABLES || streams > depth
