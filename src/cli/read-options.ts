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
    .option('--no-private', 'refuse servers at loopback, private and link-local addresses')
    .addOption(
      new Option('--timeout <s>', 'seconds without data after which a request fails')
        .argParser(number)
        .default(DEFAULT_REMOTE.timeout),
    )
    .addOption(
      new Option('--retries <n>', 'further attempts after a failed request')
        .argParser(count)
        .default(DEFAULT_REMOTE.retries),
    )
    .addOption(
      new Option('--requests <n>', 'parallel requests of each worker')
        .argParser(number)
        .default(DEFAULT_REMOTE.requests),
    )

/** Adds the options to `command`. */
export const addReadOptions = (command: Command): Command =>
  addRemoteOptions(addGroup(command, READING, readOptionsOf))

const readOptionsOf = (command: Command): Command =>
  command
    .addOption(
      new Option('--engine <name>', 'implementation of the scanner and decoders')
        .choices(['wasm', 'typescript'])
        .default('wasm'),
    )
    .option('--workers <n>', 'maximum number of worker threads; 0 for none', count, availableParallelism())
    .option('--verify', 'unpack every image to its end, and compare checksums and sizes', false)
    .addOption(
      new Option('--max-window <MiB>', 'largest dictionary or window of a stream')
        .argParser(mebibytes)
        .default(DEFAULT_LIMITS.window, String(DEFAULT_LIMITS.window / MEBIBYTE)),
    )
    .addOption(
      new Option('--max-output <MiB>', 'largest unpacked size of a stream')
        .argParser(mebibytes)
        .default(DEFAULT_LIMITS.output, String(DEFAULT_LIMITS.output / MEBIBYTE)),
    )
    .addOption(
      new Option(
        '--max-heap <MiB>',
        'JavaScript memory of a worker thread; an image that needs more gets a problem',
      )
        .argParser(text => mebibytes(text) / MEBIBYTE)
        .default(DEFAULT_HEAP),
    )
    .option(
      '--everywhere',
      'look at all files of containers, not only in the usual directories of kernels',
      false,
    )
    .option(
      '--backing-root <dir>',
      'also read files below this directory that disk images name, such as backing files; may be repeated',
      (directory: string, before: string[]) => [...before, directory],
      [] as string[],
    )
    .option('--snapshots', 'also read the snapshots of disk images', false)
    .addOption(
      new Option(
        '--disk-format <format>',
        'format of the disk images according to their store; a guest may forge their first bytes',
      ).choices(['raw', 'qcow2', 'vhd', 'vhdx', 'vmdk']),
    )
    .addOption(
      new Option('--max-depth <n>', 'maximum number of nested containers')
        .argParser(number)
        .default(DEFAULT_BUDGET.depth),
    )
    .addOption(
      new Option('--max-entries <n>', 'maximum number of entries of a directory or an archive')
        .argParser(number)
        .default(DEFAULT_BUDGET.entries),
    )
    .addOption(
      new Option('--max-metadata <MiB>', 'largest size of the structures that are read from a container')
        .argParser(mebibytes)
        .default(DEFAULT_BUDGET.metadata, String(DEFAULT_BUDGET.metadata / MEBIBYTE)),
    )
    .addOption(
      new Option('--max-time <s>', 'work for a container, in seconds of 100,000 steps each')
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
