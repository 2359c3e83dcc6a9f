/**
 * Files that are read by position.
 * @module
 */
import { type BigIntStats, closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'
import type { Problem } from '../problem.ts'
import { identityOf } from './identity.ts'
import { ReadRanges } from './ranges.ts'
import type { Source } from './source.ts'
import { systemReason } from './system-reason.ts'

/** Raised where a file cannot be opened or read, or changes while it is read. It carries the problem. */
export class SourceError extends Error {
  override name = 'SourceError'
  readonly problem: Problem

  constructor(problem: Problem, options?: ErrorOptions) {
    super(problem.message, options)
    this.problem = problem
  }
}

/**
 * What a failed system call means for the image, or directory of images, at `path`. A name that is not UTF-8 reached
 * us with U+FFFD in it, and no longer leads to its file.
 */
export function systemProblem(error: unknown, path: string, kind: 'file' | 'directory' = 'file'): Problem {
  const { code } = error as NodeJS.ErrnoException
  if (code === 'ENOENT') {
    if (path.includes('\ufffd')) {
      return { code: 'unreadable', message: `Cannot open the ${kind}: its name is not UTF-8` }
    }
    return { code: 'vanished', message: `Cannot open the ${kind}: it is not there (ENOENT)` }
  }
  if (code === 'ELOOP') {
    return { code: 'unreadable', message: `Cannot open the ${kind}: its links lead in a circle (ELOOP)` }
  }
  return { code: 'unreadable', message: `Cannot read the ${kind}: the system says ${systemReason(error)}` }
}

/** For a path that is no regular file. */
export const NOT_A_FILE: Problem = {
  code: 'not-a-file',
  message: 'Cannot read the file: it is a device, a FIFO, a socket or a directory',
}

// A FIFO blocks whoever opens it; O_NONBLOCK opens it at once. Windows has neither.
const OPEN_FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)

/** An open file as a source of bytes. */
export class FileSource implements Source {
  readonly size: number
  /** What was read of it so far. */
  readonly ranges = new ReadRanges()
  readonly #path: string
  readonly #fd: number
  readonly #stats: BigIntStats

  /** Opens `path`. Throws a SourceError where it is no regular file or cannot be read. */
  constructor(path: string) {
    this.#path = path
    try {
      this.#fd = openSync(path, OPEN_FLAGS)
    } catch (error) {
      throw new SourceError(systemProblem(error, path), { cause: error })
    }
    this.#stats = this.#askStats()
    if (!this.#stats.isFile()) {
      this.close()
      throw new SourceError(NOT_A_FILE)
    }
    this.size = Number(this.#stats.size)
  }

  /** Which file it was when it was opened (identity.ts). */
  get identity(): string {
    return identityOf(this.#stats)
  }

  #askStats(): BigIntStats {
    return fstatSync(this.#fd, { bigint: true })
  }

  /** Throws a SourceError where the file turns out shorter than it was. */
  read(into: Uint8Array, position: number): number {
    const wanted = Math.max(0, Math.min(into.length, this.size - position))
    let done = 0
    while (done < wanted) {
      const count = this.#readOnce(into, done, wanted - done, position + done)
      if (count === 0) {
        const message = `Cannot read the file at ${position + done}: it had ${this.size} bytes when it was opened, and has shrunk`
        throw new SourceError({ code: 'changed', message, offset: position + done })
      }
      done += count
    }
    this.ranges.add(position, position + done)
    return done
  }

  /** Throws a SourceError where the file was written to since it was opened: what was read of it may belong to no kernel. */
  assertUnchanged(): void {
    const { size, mtimeNs } = this.#askStats()
    if (size === this.#stats.size && mtimeNs === this.#stats.mtimeNs) return
    const message = 'Cannot rely on what was read of the file: it was written to meanwhile'
    throw new SourceError({ code: 'changed', message })
  }

  #readOnce(into: Uint8Array, offset: number, length: number, position: number): number {
    try {
      return readSync(this.#fd, into, offset, length, position)
    } catch (error) {
      throw new SourceError({ ...systemProblem(error, this.#path), offset: position }, { cause: error })
    }
  }

  close(): void {
    closeSync(this.#fd)
  }
}
