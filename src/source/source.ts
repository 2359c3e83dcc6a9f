/** The interface through which every layer reads bytes: a file, a disk, a file in a file system, an unpacked stream. */

/**
 * Bytes that are read by position. `read` is synchronous: a source whose bytes come from elsewhere (a range of a
 * remote object, a browser's Blob) waits inside a worker, so that each reader is written once.
 */
export interface Source {
  /** In bytes. */
  readonly size: number
  /** Fills `into` from `position` on and returns how many bytes were there: fewer than asked only at the end. */
  read(into: Uint8Array, position: number): number
}
