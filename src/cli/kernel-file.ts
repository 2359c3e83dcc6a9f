/**
 * A kernel, or another file out of a container, as a file of its own: there once it is whole, and never over what is read.
 * @module
 */
import {
  chmodSync,
  closeSync,
  fsyncSync,
  openSync,
  renameSync,
  type Stats,
  statSync,
  utimesSync,
  writeSync,
} from 'node:fs'
import { WriteError } from '../fleet/repair/file-output.ts'
import type { Source } from '../source/source.ts'
import { atExit } from './ending.ts'
import { inputAt } from './inputs.ts'
import { cannotGoOn, cannotWrite, followLinks, remove, unfinishedBeside } from './output-file.ts'
import { UsageError } from './usage-error.ts'

/** Copied at once. */
const STEP = 2 ** 20

/** What a new file is made from. */
export interface KernelOrigin {
  /** Paths of the files that are read, and must not be written over. */
  paths: readonly string[]
  /** The file whose mode and times the new one gets. */
  like?: string
}

/** A file that is being made. */
export interface UnfinishedFile {
  /** Its name until it is whole: the file is there, and empty. */
  path: string
  /** Appends bytes. Throws a SinkError where the file cannot be written. */
  put(bytes: Uint8Array): void
}

/** What is at a path; undefined where nothing is. Throws a SinkError where that cannot be seen: Deno shows no devices. */
function statsAt(output: string): Stats | undefined {
  try {
    return statSync(followLinks(output), { throwIfNoEntry: false })
  } catch (error) {
    throw cannotWrite(output, error)
  }
}

/**
 * Throws a UsageError where `output` cannot become a new kernel: it is what is read, also by another name, or no regular
 * file. Throws a SinkError where that cannot be seen. Nothing is written.
 */
export function assertWritable(output: string, { paths }: KernelOrigin): void {
  const old = statsAt(output)
  if (old === undefined) return
  const input = inputAt(old, paths)
  if (input !== undefined) {
    const what = input === output ? 'the file that is read' : `the same file as ${input}, which is read`
    throw new UsageError(`Cannot write ${output}: it is ${what}`)
  }
  if (!old.isFile()) {
    const what = old.isDirectory() ? 'a directory' : 'a device, a FIFO or a socket'
    throw new UsageError(`Cannot write ${output}: it is ${what}, expected a name for a file`)
  }
}

/**
 * Writes a file by a temporary one in its directory, which takes its name when `fill` has put all bytes. Where anything
 * fails, there is no new file and the old one is as it was. Throws a UsageError or SinkError.
 */
export async function writeKernel(
  output: string,
  origin: KernelOrigin,
  fill: (file: UnfinishedFile) => void | Promise<void>,
): Promise<void> {
  assertWritable(output, origin)
  const place = followLinks(output)
  const unfinished = unfinishedBeside(place)
  const forget = atExit(() => remove(unfinished))
  let fd: number | undefined
  try {
    fd = create(unfinished, output)
    const open = fd
    await fill({ path: unfinished, put: bytes => putAll(open, bytes, output) })
    seal(fd, unfinished, output, origin.like)
    closeSync(fd)
    fd = undefined
    rename(unfinished, place, output)
  } catch (error) {
    throw error instanceof WriteError ? cannotGoOn(output, error.cause) : error
  } finally {
    if (fd !== undefined) closeSync(fd)
    remove(unfinished)
    forget()
  }
}

function create(unfinished: string, output: string): number {
  try {
    return openSync(unfinished, 'wx')
  } catch (error) {
    throw cannotWrite(output, error)
  }
}

/** Puts bytes into an open file, or into a pipe whose reader may be slower. Throws a SinkError. */
export function putAll(fd: number, bytes: Uint8Array, name: string): void {
  for (let done = 0; done < bytes.length; ) {
    try {
      done += writeSync(fd, bytes, done, bytes.length - done)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw cannotGoOn(name, error)
    }
  }
}

/** Puts all bytes of a source. */
export function putSource(source: Source, put: (bytes: Uint8Array) => void): void {
  const buffer = new Uint8Array(STEP)
  for (let position = 0; position < source.size; ) {
    const length = source.read(buffer, position)
    if (length === 0) break
    put(buffer.subarray(0, length))
    position += length
  }
}

/** The bytes are on the disk, with mode and times, before the name is theirs. */
function seal(fd: number, unfinished: string, output: string, like: string | undefined): void {
  try {
    fsyncSync(fd)
    if (like === undefined) return
    const { mode, atimeMs, mtimeMs } = statSync(like)
    chmodSync(unfinished, mode & 0o7777)
    // In seconds, with their fractions: dates end at milliseconds.
    utimesSync(unfinished, atimeMs / 1000, mtimeMs / 1000)
  } catch (error) {
    throw cannotGoOn(output, error)
  }
}

function rename(unfinished: string, place: string, output: string): void {
  try {
    renameSync(unfinished, place)
  } catch (error) {
    throw cannotWrite(output, error)
  }
}
