/**
 * Keeps V8 from growing this thread's heap to many times of what lives in it. A scan makes much that dies at once, and
 * V8 by itself takes 32 MiB for the young and four times the need for the old, which saves no time here. Nor do several
 * threads that collect the young: of a few megabytes so little survives that waking them takes 5 % of a scan. Workers
 * have limits of their own (fleet/pool.ts); for the first thread of a process these flags are the only way but options
 * of node's, and both are read at each decision to grow.
 * @module
 */
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8'

/** Bytes of new space, two halves, that it may have: below it is collected so often that it takes 5 % longer. */
const MAX_YOUNG = 4 * 2 ** 20
/** Every worker that starts sets V8's own growth factor again, for all threads. */
const CHECK_MS = 100

const youngSize = () =>
  getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space')?.space_size ?? 0

/**
 * Lets the old space grow to twice of what lives in it before it is collected. Facts that are read for a report die late:
 * V8 by itself lets a million records take 1.3 GB, of which 0.3 live.
 */
export const limitOldGrowth = (): void => setOldGrowth(100)

function setOldGrowth(percent: number): void {
  if (!('Deno' in globalThis)) setFlagsFromString(`--heap-growing-percent=${percent}`)
}

/** Holds the heap down until the function that it returns is called. */
export function limitHeapGrowth(): () => void {
  if ('Deno' in globalThis) return () => {}
  setOldGrowth(50)
  setFlagsFromString('--no-parallel-scavenge')
  const timer = setInterval(() => {
    if (youngSize() >= MAX_YOUNG) setFlagsFromString('--semi-space-growth-factor=1')
  }, CHECK_MS).unref()
  return () => clearInterval(timer)
}
