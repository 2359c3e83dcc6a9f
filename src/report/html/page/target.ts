/** What a panel is about. Kernels, builds and modes are indices. */
export type Target =
  | { kind: 'cell'; kernel: number; builds: readonly number[]; mode: number }
  | { kind: 'kernel'; kernel: number }
  | { kind: 'builds'; label: string; builds: readonly number[] }

/** Opens a panel from inside another. */
export type Go = (target: Target) => void
