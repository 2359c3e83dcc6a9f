/**
 * Blocks of a stream that other threads decode ahead of the one that reads it: what a codec asks for. Nothing is known
 * of threads here.
 * @module
 */

/** A block that was decoded, and whose checksum is right. */
export interface BlockAhead {
  bytes: Uint8Array
  /** Its checksum. */
  sum: number
  /** The bit of the stream at which the next block starts. */
  next: number
}

/** One stream whose blocks are decoded ahead. */
export interface StreamAhead {
  /** How many of the stream's bytes were handed over. */
  readonly loaded: number
  /** Hands over the bytes that come next. */
  load(bytes: Uint8Array): void
  /**
   * The block that starts at a bit of the stream, where another thread has it or is at it: waits for that one. Undefined
   * where the caller has to decode it, and to say what is wrong with it. The bytes are good up to the next call.
   */
  take(bit: number): BlockAhead | undefined
  close(): void
}

/** What decodes the blocks of bzip2 streams ahead. */
export interface BlocksAhead {
  /**
   * Begins with a stream of so many bytes, whose blocks have at most `blockSize` before their last stage. Its first byte
   * has `address` in the engine's memory.
   */
  open(length: number, blockSize: number, address: number): StreamAhead | undefined
}
