/**
 * One file to its records.
 * @module
 */
import type { Engine } from '../engine/engine.ts'
import { isOrdinary } from '../facts/elf-use.ts'
import { FACTS_VERSION, type Facts } from '../facts/facts.ts'
import type { Problem } from '../problem.ts'
import { type RecordText, recordText, type WritableRecord } from '../record/write.ts'
import type { Ranges } from '../source/ranges.ts'
import type { RemoteOptions } from '../source/remote/options.ts'
import { type OpenSource, OutdatedSource, SourceError } from '../source/source.ts'
import { type ReadOptions, StreamTooLong } from '../unwrap/image-reading.ts'
import { readImageToJson } from '../unwrap/read-image.ts'
import type { ContainerOptions } from './container-session.ts'
import { fileDigest } from './digest.ts'
import type { Sha256 } from './machine.ts'
import type { ContainerResult } from './read-container.ts'

export interface FileOptions extends ReadOptions {
  /** Read the whole file, and add its SHA-256 to the record. */
  digest?: boolean
  /** Look into disks, archives and packages; without it they are files that are no kernels. */
  containers?: ContainerOptions
  /** How to read from servers. */
  remote?: RemoteOptions
}

/**
 * What reading one file gave. A container yields a record for each of its images, and all other files yield one:
 * whoever takes results must take any number of records, none too.
 */
export interface ReadResult {
  records: RecordText[]
  /** Bytes read and unpacked. */
  read: number
  unpacked: number
  /** The file is a container that names others. */
  namesOthers?: boolean
  /** Which file it was. Only set where the same bytes give the same records again. */
  identity?: string
  /** What was read of it. Only set with `identity`, and where comparing is faster than reading. */
  ranges?: Ranges
}

/** Characters of the records: what a result weighs. */
export const resultLength = ({ records }: ReadResult): number =>
  records.reduce((sum, { json }) => sum + json.length, 0)

/** The image has the bytes of an original, so that its record is known. */
export interface CopyResult {
  /** Index of the original. */
  copyOf: number
  identity: string
}

/** A copy of what took less to read and unpack than this, in bytes, is better read itself: a bare vmlinux takes 20 KiB. */
const MIN_COMPARED = 256 * 1024

/** The record of a file that could not be read at all. */
export function unreadable(problem: Problem): ReadResult {
  const facts: Facts = { version: FACTS_VERSION, size: 0, kind: 'unknown', layers: [] }
  return { records: [recordText({ facts, problem })], read: 0, unpacked: 0 }
}

/** What reading a file takes beside an engine. */
export interface FileReaders {
  sha256(): Sha256
  /** Reads what a container holds; nothing where it is none. `head` is the start of it, where that is in memory. */
  readContainer(
    engine: Engine,
    source: OpenSource,
    read: ReadOptions,
    options: ContainerOptions,
    head?: Uint8Array,
  ): ContainerResult | undefined
}

/**
 * Reads a file, unless `copyOf` knows it: it is asked before anything is read, and returns the file's original, by index.
 * What is wrong with the file is in the record. Throws nothing but a StreamTooLong, and what the readers throw.
 * `open` is asked for the file as it was found and, where that is not there any more, for what is there.
 */
export function readOpened(
  readers: FileReaders,
  engine: Engine,
  open: (asFound: boolean) => OpenSource,
  options: FileOptions,
  copyOf?: (source: OpenSource) => number | undefined,
): ReadResult | CopyResult {
  try {
    return readOnce(readers, engine, open(true), options, copyOf)
  } catch (error) {
    if (!(error instanceof SourceError)) throw error
    if (!(error instanceof OutdatedSource)) return unreadable(error.problem)
  }
  try {
    return readOnce(readers, engine, open(false), options, copyOf)
  } catch (error) {
    if (error instanceof SourceError) return unreadable(error.problem)
    throw error
  }
}

/** Reads a file, and closes it. Throws a SourceError. */
function readOnce(
  readers: FileReaders,
  engine: Engine,
  source: OpenSource,
  options: FileOptions,
  copyOf?: (source: OpenSource) => number | undefined,
): ReadResult | CopyResult {
  try {
    const { identity } = source
    const original = copyOf?.(source)
    if (original !== undefined) {
      source.assertUnchanged()
      return { copyOf: original, identity }
    }
    const result = readSource(readers, engine, source, options)
    if (!isKnownAtOnce(source, result)) source.assertUnchanged()
    // What the machine's memory allows is not in the bytes.
    if (result.records.some(({ problem }) => problem === 'memory-limit')) return result
    // What other files hold that the container names is not told by its own bytes.
    if (result.namesOthers === true) return result
    result.identity = identity
    if (result.read + result.unpacked >= MIN_COMPARED) result.ranges = source.ranges.merged()
    return result
  } finally {
    source.close()
  }
}

/** What one call has read is of one version of a file, and of one without a kernel nothing else is told. */
const isKnownAtOnce = ({ reads }: OpenSource, { records }: ReadResult): boolean =>
  reads === 1 && records.length === 1 && records[0]!.problem === 'not-a-kernel'

/** The records of a file: what a container holds becomes a record each, with its path `inside`. */
function readSource(
  readers: FileReaders,
  engine: Engine,
  source: OpenSource,
  options: FileOptions,
): ReadResult {
  const { facts, elfJson, problem, cost, use, head } = readImageToJson(engine, source, options)
  if (problem?.code === 'not-a-kernel' && options.containers !== undefined) {
    if (options.longestStream !== undefined && source.size > options.longestStream) {
      throw new StreamTooLong(`The container has ${source.size} bytes, limit is ${options.longestStream}`)
    }
    const inside = readers.readContainer(engine, source, options, options.containers, head)
    if (inside !== undefined) {
      cost.read += inside.read
      cost.unpacked += inside.unpacked
      // Of an EFI program without a kernel in it more is known than that.
      const isNamed = facts.kind !== 'unknown' && inside.records.every(isWithoutKernel)
      if (!isNamed) return { ...inside, read: cost.read, unpacked: cost.unpacked }
    }
  }
  const record: WritableRecord = { facts }
  if (elfJson !== undefined) record.elfJson = elfJson
  if (problem !== undefined) record.problem = problem
  if (options.digest) {
    record.digest = fileDigest(source, readers.sha256())
    cost.read += source.size
  }
  const text = recordText(record)
  if (problem?.code === 'empty' || isOrdinary(use, facts.elf, elfJson)) text.isOrdinary = true
  return { records: [text], read: cost.read, unpacked: cost.unpacked }
}

const isWithoutKernel = ({ problem }: RecordText) => problem === 'no-kernel-inside'
