/**
 * What stands for many samples of a measurement.
 * @module
 */

/** Of all samples: the middle one, and the quarters below and above it. */
export interface Figure {
  median: number
  low: number
  high: number
}

/** Four digits: the fifth is noise on any machine. */
const round = (value: number) => Number(value.toPrecision(4))

/** The median and quartiles of `values`, which must not be empty. */
export function figure(values: readonly number[]): Figure {
  const sorted = [...values].sort((a, b) => a - b)
  const at = (share: number) => {
    const position = share * (sorted.length - 1)
    const below = sorted[Math.floor(position)]!
    return round(below + (sorted[Math.ceil(position)]! - below) * (position % 1))
  }
  return { median: at(0.5), low: at(0.25), high: at(0.75) }
}
