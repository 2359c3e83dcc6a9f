/** A new file on the disk: bytes are put one after the other, and headers changed when more is known. */
import { closeSync, openSync, readSync, writeSync } from 'node:fs'
import type { RepackOutput } from '../../repair/repack.ts'
import { systemReason } from '../../source/node/system-problem.ts'

/** Raised where the system does not take the bytes: a full disk, say. Its message is what the system says. */
export class WriteError extends Error {
  override name = 'WriteError'
}

const written = <T>(write: () => T): T => {
  try {
    return write()
  } catch (error) {
    throw new WriteError(systemReason(error), { cause: error })
  }
}

/** Its methods throw a WriteError. */
export class FileOutput implements RepackOutput {
  readonly #fd: number
  size = 0

  constructor(fd: number) {
    this.#fd = fd
  }

  put(bytes: Uint8Array): void {
    for (let done = 0; done < bytes.length; ) {
      done += written(() => writeSync(this.#fd, bytes, done, bytes.length - done))
    }
    this.size += bytes.length
  }

  patch(position: number, bytes: Uint8Array): void {
    written(() => writeSync(this.#fd, bytes, 0, bytes.length, position))
  }

  read(into: Uint8Array, position: number): number {
    return readSync(this.#fd, into, 0, Math.max(0, Math.min(into.length, this.size - position)), position)
  }
}

/** Fills the empty file at `path`, which is there. */
export async function fillFile<T>(path: string, fill: (output: FileOutput) => Promise<T>): Promise<T> {
  const fd = openSync(path, 'r+')
  try {
    return await fill(new FileOutput(fd))
  } finally {
    closeSync(fd)
  }
}
