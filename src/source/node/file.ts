/**
 * Files that are read by position.
 * @module
 */
import { type BigIntStats, closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'
import { ReadRanges } from '../ranges.ts'
import type { Problem } from '../../problem.ts'
import { type FoundState, type OpenSource, OutdatedSource, SourceError } from '../source.ts'
import { identityOf } from './identity.ts'
import { NOT_A_FILE, systemProblem } from './system-problem.ts'

// A FIFO blocks whoever opens it; O_NONBLOCK opens it at once. Windows has neither.
const OPEN_FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)

/** Opens the file at `path`. Throws a SourceError where it is no regular file or cannot be read. */
export const openFile = (path: string): OpenSource => new FileSource(path)

/**
 * Opens the file at `path` without asking what it is: `found` was asked before. Throws a SourceError where it cannot be
 * opened, and an OutdatedSource later, at assertUnchanged at the latest, where it is not that file any more.
 */
export const openFoundFile = (path: string, found: FoundState): OpenSource => new FoundFileSource(path, found)

/** What both kinds of open files do: they differ in where their size and identity come from. */
abstract class DescriptorSource implements OpenSource {
  abstract readonly size: number
  abstract readonly identity: string
  readonly address: string
  readonly ranges = new ReadRanges()
  bytesRead = 0
  reads = 0
  readonly #fd: number

  constructor(path: string) {
    this.address = path
    try {
      this.#fd = openSync(path, OPEN_FLAGS)
    } catch (error) {
      throw new SourceError(systemProblem(error, path), { cause: error })
    }
  }

  /** Throws a SourceError where the file was written to since its state was asked: what was read may mix two versions. */
  abstract assertUnchanged(): void

  protected askStats(): BigIntStats {
    return fstatSync(this.#fd, { bigint: true })
  }

  protected failure(problem: Problem, options?: ErrorOptions): SourceError {
    return new SourceError(problem, options)
  }

  /** Throws a SourceError where the file turns out shorter than it was. */
  read(into: Uint8Array, position: number): number {
    const wanted = Math.max(0, Math.min(into.length, this.size - position))
    let done = 0
    while (done < wanted) {
      const count = this.#readOnce(into, done, wanted - done, position + done)
      if (count === 0) {
        const message = `Cannot read the file at ${position + done}: it had ${this.size} bytes when it was opened, and has shrunk`
        throw this.failure({ code: 'changed', message, offset: position + done })
      }
      done += count
    }
    this.ranges.add(position, position + done)
    this.bytesRead += done
    return done
  }

  #readOnce(into: Uint8Array, offset: number, length: number, position: number): number {
    this.reads++
    try {
      return readSync(this.#fd, into, offset, length, position)
    } catch (error) {
      throw this.failure({ ...systemProblem(error, this.address), offset: position }, { cause: error })
    }
  }

  close(): void {
    closeSync(this.#fd)
  }
}

const WRITTEN_TO: Problem = {
  code: 'changed',
  message: 'Cannot rely on what was read of the file: it was written to meanwhile',
}

/** A file whose state was asked when it was opened. */
class FileSource extends DescriptorSource {
  readonly size: number
  readonly #stats: BigIntStats

  constructor(path: string) {
    super(path)
    this.#stats = this.askStats()
    if (!this.#stats.isFile()) {
      this.close()
      throw new SourceError(NOT_A_FILE)
    }
    this.size = Number(this.#stats.size)
  }

  get identity(): string {
    return identityOf(this.#stats)
  }

  assertUnchanged(): void {
    const { size, mtimeNs } = this.askStats()
    if (size !== this.#stats.size || mtimeNs !== this.#stats.mtimeNs) throw new SourceError(WRITTEN_TO)
  }
}

/** A file whose state was asked before it was opened. */
class FoundFileSource extends DescriptorSource {
  readonly size: number
  readonly identity: string

  constructor(path: string, { size, identity }: FoundState) {
    super(path)
    this.size = size
    this.identity = identity
  }

  protected override failure(problem: Problem, options?: ErrorOptions): SourceError {
    return new OutdatedSource(problem, options)
  }

  assertUnchanged(): void {
    if (identityOf(this.askStats()) !== this.identity) throw new OutdatedSource(WRITTEN_TO)
  }
}
