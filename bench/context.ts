/** What every section works with. */
import type { Kernel, RealImage } from './kernel.ts'
import type { Probes } from './probes.ts'
import type { Section } from './results.ts'

export interface Context {
  /** Where package.json lies. */
  root: string
  /** A directory that goes away at the end. */
  scratch: string
  probes: Probes
  /** Fewer rounds and images: to see whether all of it works. */
  quick: boolean
  /** Executables of further releases of Node, by --nodes. */
  nodes: readonly string[]
  /** A directory with the C libraries of the codecs, by --libraries; else the system's are measured. */
  libraries: string | undefined
  /** What was compared with, by name: the results have it. */
  versions: Record<string, string>
  /** Records of the facts files that are audited and merged. */
  records: number
  /** The real images below --kernels, and the one that the codecs are measured with. */
  images: readonly RealImage[]
  kernel(): Kernel
  /** Xen's readnotes with its environment, or why there is none. */
  readnotes: ReadNotes | undefined
}

export interface ReadNotes {
  /** The start of a command line. */
  command: string
  env: Record<string, string>
}

export type Measure = (context: Context) => Promise<Section>
