/** What a thread does that decodes blocks of a stream ahead of its reader. */
import type { Engine } from '../../engine/engine.ts'
import { decodeBlock, findBlock, MOST_INPUT } from '../../unwrap/bzip2-ahead.ts'
import { type SharedStream, StreamMemory } from './stream-memory.ts'

/** A magic that is not all read yet starts in so many bytes at most. */
const PART = 7

/**
 * Decodes blocks until the reader is done. Of the blocks after the one that the reader is at each thread takes one, and
 * leaves the next ones to the others and to the reader.
 */
export function decodeAhead(engine: Engine, stream: SharedStream): void {
  const { index, threads, blockSize } = stream
  const memory = new StreamMemory(stream)
  /** The blocks in this thread's slots. */
  const used: number[] = []
  /** Blocks are looked for after this bit, and so many of them are left to others. */
  let from = -1
  let left = 0
  while (!memory.isClosed) {
    const { changes, reader, bytes } = memory
    if (reader > from) {
      from = reader
      left = index
    }
    const bit = findBlock(bytes, from + 1)
    if (bit === undefined) {
      from = Math.max(from, (bytes.length - PART) * 8)
      memory.wait(changes)
      continue
    }
    if (left > 0) {
      left--
      from = bit
      continue
    }
    const slot = memory.freeSlot(index, used)
    const isRead = memory.isWhole || (bit >>> 3) + MOST_INPUT <= bytes.length
    if (slot === undefined || !isRead) {
      memory.wait(changes)
      continue
    }
    from = bit
    left = threads
    if (!memory.claim(bit)) continue
    used[slot] = bit
    memory.finish(bit, slot, decodeBlock(engine, bytes, bit, blockSize))
  }
}
