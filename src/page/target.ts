/** What a panel is about. Kernels, builds and modes are indices. */
export interface CellTarget {
  kind: 'cell'
  kernel: number
  builds: readonly number[]
  mode: number
  /** The kernels that answer alike there, this one among them; absent where only it is meant. */
  alike?: readonly number[]
}

export type Target =
  | CellTarget
  | { kind: 'kernel'; kernel: number }
  | { kind: 'builds'; label: string; builds: readonly number[] }

/** Opens a panel from inside another. */
export type Go = (target: Target) => void
