/** What a panel is about. Kernels, builds and modes are indices. */
export interface CellTarget {
  kind: 'cell'
  kernel: number
  builds: readonly number[]
  mode: number
}

export type Target =
  | CellTarget
  | { kind: 'kernel'; kernel: number }
  | { kind: 'builds'; label: string; builds: readonly number[] }

/** Opens a panel from inside another. */
export type Go = (target: Target) => void
