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
    description:
      'Read the kernels at and below the paths, print their facts, and say which Xen accepts them.',
    load: async () => (await import('./commands/scan.ts')).scanCommand,
  },
  audit: {
    usage: '[options] [path...]',
    description: 'Judge a catalogue of kernels on the present hypervisors of a fleet.',
    load: async () => (await import('./commands/audit.ts')).auditCommand,
  },
  upgrade: {
    usage: '[options] [path...]',
    description: 'Report what an upgrade of hypervisors, or a new kernel, would break and fix.',
    load: async () => (await import('./commands/upgrade.ts')).upgradeCommand,
  },
  diff: {
    usage: '[options] <old-file> <new-file>',
    description: 'Compare two reports or scans: verdicts and images that are new, gone or changed.',
    load: async () => (await import('./commands/diff.ts')).diffCommand,
  },
  notes: {
    usage: '[options] <image...>',
    description: 'Print the notes of images: those that Xen reads, and those that it ignores.',
    load: async () => (await import('./commands/notes.ts')).notesCommand,
  },
  explain: {
    usage: '[options] <image>',
    description: 'Trace how a release loads an image, stage by stage, each with its source.',
    load: async () => (await import('./commands/explain.ts')).explainCommand,
  },
  why: {
    usage: '[options] [line...]',
    description: 'Explain lines of a log: the loader that prints them, their causes and remedies.',
    load: async () => (await import('./commands/why.ts')).whyCommand,
  },
  boot: {
    usage: '[options] <disk...>',
    description: 'Say which kernel a guest boots from its disk, by which boot path, and whether it starts.',
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
    description: 'Unpack the ELF inside a bzImage or a compressed kernel, and verify all checksums.',
    load: async () => (await import('./commands/unpack.ts')).unpackCommand,
  },
  repair: {
    usage: '[options] <image...>',
    description:
      'Change a kernel as little as possible so that all targets accept it, and verify the result.',
    load: async () => (await import('./commands/repair.ts')).repairCommand,
  },
  merge: {
    usage: '[options] <file...>',
    description: 'Join the facts files of several scans, each image once.',
    load: async () => (await import('./commands/merge.ts')).mergeCommand,
  },
  queue: {
    usage: '[options] <action> <url> [path...]',
    description: 'Distribute images over any number of machines by a Redis or Valkey server.',
    load: async () => (await import('./commands/queue.ts')).queueCommand,
  },
  releases: {
    usage: '[options] [version...]',
    description: 'Print the behaviours of Xen releases, each with its source.',
    load: async () => (await import('./commands/releases.ts')).releasesCommand,
  },
  bench: {
    usage: '[options] [path...]',
    description: 'Measure the time for images: the WebAssembly engine against the TypeScript engine.',
    load: async () => (await import('./commands/bench.ts')).benchCommand,
  },
  completion: {
    usage: '[options] <shell>',
    description: 'Print a completion script for a shell.',
    load: async () => (await import('./commands/completion.ts')).completionCommand,
  },
}
