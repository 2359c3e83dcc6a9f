/**
 * The options of every command that reads images.
 * @module
 */
import { availableParallelism } from 'node:os'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { DEFAULT_BUDGET, STEPS_A_SECOND } from '../containers/budget.ts'
import type { DeclaredFormat } from '../containers/context.ts'
import type { EngineName } from '../engine/engine.ts'
import type { ContainerOptions } from '../fleet/container-session.ts'
import type { ScanOptions } from '../fleet/scan-files.ts'
import { DEFAULT_REMOTE, type RemoteOptions } from '../source/remote/options.ts'
import { DEFAULT_LIMITS } from '../unwrap/limits.ts'
import { addGroup, READING, SERVERS } from './help-text.ts'

/** The flags of addRemoteOptions. */
export interface RemoteFlags {
  /** False with --no-private. */
  private: boolean
  timeout: number
  retries: number
  requests: number
}

export interface ReadFlags extends RemoteFlags {
  engine: EngineName
  workers: number
  verify: boolean
  maxWindow: number
  maxOutput: number
  maxHeap: number
  everywhere: boolean
  backingRoot: string[]
  snapshots: boolean
  diskFormat?: DeclaredFormat
  maxDepth: number
  maxEntries: number
  maxMetadata: number
  /** In steps. */
  maxTime: number
  /** Only of commands that have the option. */
  digest?: boolean
}

const MEBIBYTE = 2 ** 20
/** What an image takes of it is a few MiB; 65,536 notes, the most that Xen reads, take 100. */
const DEFAULT_HEAP = 256

function count(text: string): number {
  if (!/^\d{1,4}$/.test(text)) throw new InvalidArgumentError('expected a whole number, such as 4.')
  return Number(text)
}

function mebibytes(text: string): number {
  if (!/^\d{1,4}$/.test(text) || Number(text) === 0) {
    throw new InvalidArgumentError('expected a number of MiB from 1 to 9999.')
  }
  return Number(text) * MEBIBYTE
}

/** Adds the options of reading from servers to `command`. */
export const addRemoteOptions = (command: Command): Command => addGroup(command, SERVERS, remoteOptionsOf)

const remoteOptionsOf = (command: Command): Command =>
  command
    .option('--no-private', 'read nothing from servers at loopback, private and link-local addresses')
    .addOption(
      new Option('--timeout <s>', 'how long a server may send nothing, in seconds')
        .argParser(number)
        .default(DEFAULT_REMOTE.timeout),
    )
    .addOption(
      new Option('--retries <n>', 'further attempts after one at a server that failed')
        .argParser(count)
        .default(DEFAULT_REMOTE.retries),
    )
    .addOption(
      new Option('--requests <n>', 'requests to servers at once that each worker makes')
        .argParser(number)
        .default(DEFAULT_REMOTE.requests),
    )

/** Adds the options to `command`. */
export const addReadOptions = (command: Command): Command =>
  addRemoteOptions(addGroup(command, READING, readOptionsOf))

const readOptionsOf = (command: Command): Command =>
  command
    .addOption(
      new Option('--engine <name>', 'what reads the images').choices(['wasm', 'typescript']).default('wasm'),
    )
    .option('--workers <n>', 'worker threads at most; 0 for none', count, availableParallelism())
    .option('--verify', 'unpack every image to its end, and compare checksums and sizes', false)
    .addOption(
      new Option('--max-window <MiB>', 'the largest dictionary or window that a stream may ask for')
        .argParser(mebibytes)
        .default(DEFAULT_LIMITS.window, String(DEFAULT_LIMITS.window / MEBIBYTE)),
    )
    .addOption(
      new Option('--max-output <MiB>', 'the most that a stream may unpack to')
        .argParser(mebibytes)
        .default(DEFAULT_LIMITS.output, String(DEFAULT_LIMITS.output / MEBIBYTE)),
    )
    .addOption(
      new Option(
        '--max-heap <MiB>',
        'the most JavaScript memory of a worker thread; an image that needs more is a problem',
      )
        .argParser(text => mebibytes(text) / MEBIBYTE)
        .default(DEFAULT_HEAP),
    )
    .option(
      '--everywhere',
      'look at all files in disks, archives and packages, not only where kernels lie',
      false,
    )
    .option(
      '--backing-root <dir>',
      'let disk images name files below this directory too, beside their own; may be repeated',
      (directory: string, before: string[]) => [...before, directory],
      [] as string[],
    )
    .option('--snapshots', 'look into the snapshots of disk images, too', false)
    .addOption(
      new Option(
        '--disk-format <format>',
        "what the store says that the disk images are; their first bytes are a guest's",
      ).choices(['raw', 'qcow2', 'vhd', 'vhdx', 'vmdk']),
    )
    .addOption(
      new Option('--max-depth <n>', 'containers in each other at most')
        .argParser(number)
        .default(DEFAULT_BUDGET.depth),
    )
    .addOption(
      new Option('--max-entries <n>', 'entries of a directory or an archive at most')
        .argParser(number)
        .default(DEFAULT_BUDGET.entries),
    )
    .addOption(
      new Option('--max-metadata <MiB>', 'the most of its structures that is read of a container')
        .argParser(mebibytes)
        .default(DEFAULT_BUDGET.metadata, String(DEFAULT_BUDGET.metadata / MEBIBYTE)),
    )
    .addOption(
      new Option(
        '--max-time <s>',
        'the most work that a container may take, in seconds of 100,000 steps each',
      )
        .argParser(text => number(text) * STEPS_A_SECOND)
        .default(DEFAULT_BUDGET.steps, String(DEFAULT_BUDGET.steps / STEPS_A_SECOND)),
    )

function number(text: string): number {
  if (!/^\d{1,9}$/.test(text) || Number(text) === 0) {
    throw new InvalidArgumentError('expected a whole number from 1 on.')
  }
  return Number(text)
}

const containerOptions = (flags: ReadFlags): ContainerOptions => ({
  everywhere: flags.everywhere,
  backingRoots: flags.backingRoot,
  snapshots: flags.snapshots,
  ...(flags.diskFormat !== undefined && { declared: flags.diskFormat }),
  budget: {
    depth: flags.maxDepth,
    entries: flags.maxEntries,
    metadata: flags.maxMetadata,
    steps: flags.maxTime,
  },
})

export const remoteOptions = (flags: RemoteFlags): RemoteOptions => ({
  noPrivate: !flags.private,
  timeout: flags.timeout,
  retries: flags.retries,
  requests: flags.requests,
})

export const scanOptions = (flags: ReadFlags): ScanOptions => ({
  engine: flags.engine,
  workers: flags.workers,
  heap: flags.maxHeap,
  read: {
    verify: flags.verify,
    digest: flags.digest ?? false,
    limits: { window: flags.maxWindow, output: flags.maxOutput },
    containers: containerOptions(flags),
    remote: remoteOptions(flags),
  },
})
