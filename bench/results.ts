/** What a run of the benchmark leaves in results.json. All times are milliseconds an item, unless a name says otherwise. */
import type { Figure } from '../src/cli/figure.ts'

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
  'containers',
  'startup',
  'runtimes',
  'cores',
  'judging',
  'fleet',
  'report',
  'tree',
  'audit',
  'merge',
  'queue',
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

export const findRow = (results: Results, section: SectionId, group: string, subject: string) =>
  results.sections
    .find(({ id }) => id === section)
    ?.rows.find(row => row.group === group && row.subject === subject)
