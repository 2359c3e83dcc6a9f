/** What pygrub is asked, and what it answers. */

/** Options from the toolstack and from the build of pygrub. */
export interface PygrubOptions {
  /** --args */
  args?: string
  /** --entry */
  entry?: string
  /** --runas: the de-privileged mode, with its limits. */
  restricted?: boolean
  /** False where the build leaves the detection of Solaris out, as Debian's does. */
  solaris?: boolean
}

export interface PygrubAnswer {
  /** `undecided` where pygrub reads a file system that this program does not. */
  outcome: 'boots' | 'fails' | 'undecided'
  /** The file that is copied, symbolic links followed. */
  kernel?: string
  ramdisk?: string
  args?: string
  /** The last line that pygrub says. */
  error?: string
  /** Why the outcome is not known, in a sentence. */
  undecided?: string
  /** Where the file system lies that decided, in bytes. */
  offset?: number
  /** The configuration file that was read last. */
  config?: string
  /** The title of the entry that was chosen. */
  title?: string
}

/** What is to be booted, as pygrub holds it. */
export interface PygrubChoice {
  kernel: string
  ramdisk?: string
  args: string
}
