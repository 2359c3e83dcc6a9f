/**
 * Files that are read by position.
 * @module
 */
import { type BigIntStats, closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'
import { ReadRanges } from '../ranges.ts'
import { type OpenSource, SourceError } from '../source.ts'
import { identityOf } from './identity.ts'
import { NOT_A_FILE, systemProblem } from './system-problem.ts'

// A FIFO blocks whoever opens it; O_NONBLOCK opens it at once. Windows has neither.
const OPEN_FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)

/** Opens the file at `path`. Throws a SourceError where it is no regular file or cannot be read. */
export const openFile = (path: string): OpenSource => new FileSource(path)

/** An open file as a source of bytes. */
class FileSource implements OpenSource {
  readonly size: number
  readonly address: string
  readonly ranges = new ReadRanges()
  bytesRead = 0
  readonly #fd: number
  readonly #stats: BigIntStats

  constructor(path: string) {
    this.address = path
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
    this.bytesRead += done
    return done
  }

  /** Throws a SourceError where the file was written to since it was opened: what was read may mix two versions. */
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
      throw new SourceError({ ...systemProblem(error, this.address), offset: position }, { cause: error })
    }
  }

  close(): void {
    closeSync(this.#fd)
  }
}
