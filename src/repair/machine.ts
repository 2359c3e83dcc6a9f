/**
 * What making a repaired kernel needs of the machine that it runs on: Node and Deno pack by zlib, a browser by its
 * compression streams.
 * @module
 */
import type { Machine } from '../read/machine.ts'

/** Bytes on their way into a gzip file. */
export interface GzipStream {
  /** Resolves once `bytes` were taken and may be written over. */
  write(bytes: Uint8Array<ArrayBuffer>): Promise<void>
  /** Resolves once the last packed bytes were put. */
  end(): Promise<void>
}

export interface RepairMachine extends Pick<Machine, 'sha256'> {
  /**
   * Starts a gzip file, whose bytes go to `put` as they come; `put` does not throw. A machine that has one level only
   * takes that in place of `level` (1 to 9).
   */
  gzip(level: number, put: (bytes: Uint8Array) => void): GzipStream
}
