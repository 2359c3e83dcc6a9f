/** What a thread does that decodes blocks of a stream ahead of its reader. */
import type { Engine } from '../../engine/engine.ts'
import type { AheadBlocks, BlockDecoder } from '../../unwrap/blocks-ahead.ts'
import { bzip2Decoder } from '../../unwrap/bzip2-ahead.ts'
import { xzDecoder } from '../../unwrap/xz-ahead.ts'
import { type SharedStream, StreamMemory } from './stream-memory.ts'

/** A thread that has not decoded anything is so much later with its first block, in milliseconds. */
export const WARM_UP = 45

export const decoderOf = (blocks: AheadBlocks): BlockDecoder =>
  blocks.codec === 'bzip2' ? bzip2Decoder(blocks.blockSize) : xzDecoder(blocks.flags, blocks.places)

/**
 * Decodes blocks until the reader is done. Of the blocks after the one that the reader is at each thread takes one, and
 * leaves the next ones to the others and to the reader.
 */
export function decodeAhead(engine: Engine, stream: SharedStream, warmUp = WARM_UP): void {
  const { index, threads } = stream
  const decoder = decoderOf(stream.blocks)
  const memory = new StreamMemory(stream)
  /** The blocks in this thread's slots. */
  const used: number[] = []
  /** Blocks are looked for after this bit, and so many of them are left to others. */
  let from = -1
  let left = 0
  while (!memory.isClosed) {
    const { changes, reader, bytes } = memory
    if (reader > from) {
      left = from < 0 ? memory.blocksIn(warmUp) + index : index
      from = reader
    }
    const bit = decoder.find(bytes, from + 1)
    if (bit === undefined) {
      from = Math.max(from, decoder.after(bytes.length) - 1)
      memory.wait(changes)
      continue
    }
    if (left > 0) {
      left--
      from = bit
      continue
    }
    const slot = memory.freeSlot(index, used)
    const isRead = memory.isWhole(bytes) || decoder.isRead(bit, bytes.length)
    if (slot === undefined || !isRead) {
      memory.wait(changes)
      continue
    }
    from = bit
    left = threads
    if (!memory.claim(bit)) continue
    used[slot] = bit
    memory.finish(bit, slot, decoder.decode(engine, bytes, bit))
  }
  memory.leave()
}
