/** The interface through which every layer reads bytes: a file, a disk, a file in a file system, an unpacked stream. */
import type { Problem } from '../problem.ts'
import type { ReadRanges } from './ranges.ts'

/**
 * Bytes that are read by position. `read` is synchronous: a source whose bytes come from elsewhere (a range of a
 * remote object, a browser's Blob) waits inside a worker, so that each reader is written once.
 */
export interface Source {
  /** In bytes. */
  readonly size: number
  /** Fills `into` from `position` on and returns how many bytes were there: fewer than asked only at the end. */
  read(into: Uint8Array, position: number): number
  /** The bytes [position, position + length) where they are in memory: for looking at only, and not for keeping. */
  lend?(position: number, length: number): Uint8Array | undefined
}

/** A source that can be read from front to back in memory that does not grow with it. */
export interface PassingSource extends Source {
  /** Says that the bytes before `position`, all of which were read, are not asked for any more. */
  forget(position: number): void
}

/** A source at an address, such as an open file. Close it. */
export interface OpenSource extends Source {
  /** Which file it was when it was opened: differs once the file has changed. */
  readonly identity: string
  /** Its path. */
  readonly address: string
  /** Which bytes of it were read so far, and how many in all. */
  readonly ranges: ReadRanges
  readonly bytesRead: number
  /** How many calls have read it; absent where nobody counts them. */
  readonly reads?: number
  /** Throws a SourceError where the bytes have changed since it was opened. */
  assertUnchanged(): void
  close(): void
  /**
   * Opens what a file that it names leads to, by a path below its own folder or store. Throws a SourceError. Absent for
   * files, whose names lead elsewhere, and for what has no folder.
   */
  openBeside?(name: string): OpenSource
  /** True for an object that is not on this machine: the files that it names are not either. */
  readonly isRemote?: boolean
}

/** What can be read at one address: a file, or an object on a server. */
export interface Found {
  /** The path of a file, or a reference without its secrets. */
  readonly address: string
  /** What opens an object on a server; it may hold secrets, and is written nowhere. */
  readonly locator?: string
  /** True for an address that was named, and not met in a directory. */
  readonly named: boolean
  /** In bytes; 0 with a problem, and for an object on a server. */
  readonly size: number
  /** Which file it is: equal for hard links, different once its bytes have changed. Empty with a problem. */
  readonly identity: string
  /** True where the file has other names too (hard links). */
  readonly linked: boolean
  /** Why it cannot be read. */
  readonly problem?: Problem
  /**
   * Opens it. Throws a SourceError where it cannot be opened. With `asFound` a file is taken to be what it was when it
   * was found, which saves a system call: its source throws an OutdatedSource where that turns out to be wrong.
   */
  open(asFound?: boolean): OpenSource
}

/** What was known of a file when it was found. */
export type FoundState = Pick<Found, 'size' | 'identity'>

/** Raised where a source cannot be opened or read, or changes while it is read. It carries the problem. */
export class SourceError extends Error {
  override name = 'SourceError'
  readonly problem: Problem

  constructor(problem: Problem, options?: ErrorOptions) {
    super(problem.message, options)
    this.problem = problem
  }
}

/** Raised where a file is not what it was when it was found: to be opened again, without what was known of it. */
export class OutdatedSource extends SourceError {
  override name = 'OutdatedSource'
}
