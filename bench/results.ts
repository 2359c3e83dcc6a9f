/** What a run of the benchmark leaves in results.json. All times are milliseconds an item, unless a name says otherwise. */

/** Of all samples of one subject: the middle one, and the quarters below and above it. */
export interface Figure {
  median: number
  low: number
  high: number
}

/** One subject at one task. */
export interface Row {
  /** What was done: a codec, a number of images. Subjects are compared within a group. */
  group: string
  /** Who did it: `wasm`, `typescript`, or a command line. */
  subject: string
  /** Items in each sample; times are divided by it. */
  items: number
  samples: number
  /** User and system time, of all processes and threads together. */
  cpu: Figure
  wall: Figure
  /** The most memory of the process, in bytes. */
  peak?: number
  /** Bytes read from an image, and its size. */
  read?: number
  size?: number
}

export interface Section {
  id: SectionId
  title: string
  /** What an item is: an image, a record. */
  item: string
  /** What was measured, in a sentence or two. */
  method: string
  rows: Row[]
  /** What was left out, and why. */
  missing: string[]
}

export const SECTION_IDS = [
  'codecs',
  'vmlinux',
  'parse',
  'catalogue',
  'growth',
  'duplicates',
  'startup',
  'judging',
] as const
export type SectionId = (typeof SECTION_IDS)[number]

export interface Machine {
  cpu: string
  cpus: number
  /** Bytes. */
  memory: number
  system: string
}

export interface Results {
  /** The day of the run. */
  date: string
  machine: Machine
  /** This package, the runtime, and the tools that were compared with. */
  versions: Record<string, string>
  /** What was measured with. */
  input: Record<string, string | number>
  sections: Section[]
}

/** The median and quartiles of `values`, which must not be empty. */
export function figure(values: readonly number[]): Figure {
  const sorted = [...values].sort((a, b) => a - b)
  const at = (share: number) => {
    const position = share * (sorted.length - 1)
    const below = sorted[Math.floor(position)]!
    return below + (sorted[Math.ceil(position)]! - below) * (position % 1)
  }
  return { median: round(at(0.5)), low: round(at(0.25)), high: round(at(0.75)) }
}

/** Four digits: the fifth is noise on any machine. */
const round = (value: number) => Number(value.toPrecision(4))

export const findRow = (results: Results, section: SectionId, group: string, subject: string) =>
  results.sections
    .find(({ id }) => id === section)
    ?.rows.find(row => row.group === group && row.subject === subject)
