/**
 * Blocks of a stream that other threads decode ahead of the one that reads it: what a codec asks for, and what it tells
 * them. Nothing is known of threads here. Blocks are named by the bit of the stream at which they start.
 * @module
 */
import type { Engine } from '../engine/engine.ts'
import type { StreamFlags, XzPlace } from './xz-header.ts'

/** V8 copies to and from shared memory byte by byte, unless both are at the same place in a word: 8 times as fast. */
export const WORD = 8

/** What another thread has to know to find and decode the blocks of a stream. It is sent as a message. */
export type AheadBlocks =
  /** Blocks have at most `blockSize` bytes before their last stage. */
  | { codec: 'bzip2'; blockSize: number }
  /** What the index lists, in its order. */
  | { codec: 'xz'; flags: StreamFlags; places: XzPlace[] }

/** A block that was decoded, and whose checksum is right. */
export interface BlockAhead {
  bytes: Uint8Array
  /** What the stream's end counts of it: the checksum of a bzip2 block, the bytes of an xz block without padding. */
  count: number
  /** The bit at which the next block starts. */
  next: number
}

/** Finds and decodes the blocks of one stream. */
export interface BlockDecoder {
  /** The most unpacked bytes of a block that is decoded. */
  readonly mostOutput: number
  /** The first block at or after a bit whose start is in `bytes`, which are the stream as far as it was read. */
  find(bytes: Uint8Array, from: number): number | undefined
  /** The first bit at which one may start that is not found in so many bytes. */
  after(length: number): number
  /** Whether the first `length` bytes of the stream have the whole block, or as many of its bytes as any block has. */
  isRead(bit: number, length: number): boolean
  /**
   * Decodes the block that starts at a bit. Undefined where anything is wrong with it, or it is not like most: the reader
   * finds out by itself. The bytes are in the engine's memory.
   */
  decode(engine: Engine, bytes: Uint8Array, bit: number): BlockAhead | undefined
}

/** One stream whose blocks are decoded ahead. */
export interface StreamAhead {
  /** Up to here the stream's bytes were handed over. */
  readonly loaded: number
  /** Hands over bytes of the stream from a position on, which is not before `loaded`. Nobody asks for those between. */
  load(bytes: Uint8Array, position: number): void
  /**
   * The block that starts at a bit of the stream, where another thread has it or is at it: waits for that one. Undefined
   * where the caller has to decode it, and to say what is wrong with it. The bytes are good up to the next call.
   */
  take(bit: number): BlockAhead | undefined
  close(): void
}

/** What decodes the blocks of streams ahead, of one after the other. */
export interface BlocksAhead {
  /** Whether it may help with a stream of so many bytes. */
  helps(length: number): boolean
  /** Begins with a stream of so many bytes, whose first byte has `address` in the engine's memory. */
  open(length: number, address: number, blocks: AheadBlocks): StreamAhead | undefined
}
