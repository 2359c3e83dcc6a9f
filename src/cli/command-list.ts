/**
 * The commands in the order of the help. The file of one is loaded where it is run, so that a start costs what one command
 * needs; the help of all of them needs none.
 * @module
 */
import type { Command } from 'commander'

/** Defines a command; its action reports the exit code to `finish`. */
export type CreateCommand = (finish: (code: number) => void) => Command

interface ListedCommand {
  /** As its own help has it. */
  usage: string
  description: string
  load: () => Promise<CreateCommand>
}

export const COMMANDS: Readonly<Record<string, ListedCommand>> = {
  scan: {
    usage: '[options] [path...]',
    description: 'Read the kernels at and below the paths: what they say to Xen, and which Xen takes them.',
    load: async () => (await import('./commands/scan.ts')).scanCommand,
  },
  audit: {
    usage: '[options] [path...]',
    description: 'Judge a catalogue of kernels on a fleet of hypervisors as it is.',
    load: async () => (await import('./commands/audit.ts')).auditCommand,
  },
  upgrade: {
    usage: '[options] [path...]',
    description: 'Report what an upgrade of hypervisors, or a new kernel, would break and fix.',
    load: async () => (await import('./commands/upgrade.ts')).upgradeCommand,
  },
  diff: {
    usage: '[options] <old-file> <new-file>',
    description: 'Compare two reports: answers that are new, gone or others than before.',
    load: async () => (await import('./commands/diff.ts')).diffCommand,
  },
  notes: {
    usage: '[options] <image...>',
    description: 'Print the notes of images: what Xen reads, and what it passes over.',
    load: async () => (await import('./commands/notes.ts')).notesCommand,
  },
  explain: {
    usage: '[options] <image>',
    description: 'Walk through what a release does with an image, stage by stage, each with its source.',
    load: async () => (await import('./commands/explain.ts')).explainCommand,
  },
  why: {
    usage: '[options] [line...]',
    description: 'Explain lines of a log: which loader prints them, for what causes, and what to do next.',
    load: async () => (await import('./commands/why.ts')).whyCommand,
  },
  boot: {
    usage: '[options] <disk...>',
    description: 'Tell which kernel a guest boots from its disk, by which path, and what becomes of it.',
    load: async () => (await import('./commands/boot.ts')).bootCommand,
  },
  list: {
    usage: '[options] <container...>',
    description: 'Print the layers of disks, archives and packages, and the kernels in them.',
    load: async () => (await import('./commands/list.ts')).listCommand,
  },
  extract: {
    usage: '[options] <address>',
    description: 'Copy a kernel, or a bootloader configuration, out of a disk, archive or package.',
    load: async () => (await import('./commands/extract.ts')).extractCommand,
  },
  unpack: {
    usage: '[options] <image>',
    description: 'Unpack the ELF inside a bzImage or a compressed kernel, with all its checksums compared.',
    load: async () => (await import('./commands/unpack.ts')).unpackCommand,
  },
  repair: {
    usage: '[options] <image...>',
    description:
      'Change a kernel as little as possible, so that all the named targets take it, and prove it.',
    load: async () => (await import('./commands/repair.ts')).repairCommand,
  },
  merge: {
    usage: '[options] <file...>',
    description: 'Join the facts files that several scans wrote, each image once.',
    load: async () => (await import('./commands/merge.ts')).mergeCommand,
  },
  queue: {
    usage: '[options] <action> <url> [path...]',
    description: 'Have images read by any number of machines, handed out by a Redis or Valkey server.',
    load: async () => (await import('./commands/queue.ts')).queueCommand,
  },
  releases: {
    usage: '[options] [version...]',
    description: 'Print what Xen releases do with kernels, and where that was read.',
    load: async () => (await import('./commands/releases.ts')).releasesCommand,
  },
  bench: {
    usage: '[options] [path...]',
    description: 'Measure how long images take: the WebAssembly engine against the one in TypeScript.',
    load: async () => (await import('./commands/bench.ts')).benchCommand,
  },
  completion: {
    usage: '[options] <shell>',
    description: 'Print the completion of command lines for a shell.',
    load: async () => (await import('./commands/completion.ts')).completionCommand,
  },
}
