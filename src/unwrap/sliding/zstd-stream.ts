/** zstd (RFC 8878) with a sliding window, one frame after the other. */
import { AT_BLOCK_END } from '../../engine/block-state.ts'
import { readU32, stoppedOutput } from '../../engine/block-stop.ts'
import { ZSTD_MAX_BLOCK } from '../../engine/zstd-state.ts'
import type { StreamLayer } from '../../facts/facts.ts'
import { BlockError } from '../block.ts'
import { hex } from '../stream-layer.ts'
import { COMPRESSED_BLOCK, RAW_BLOCK, readZstdBlock, readZstdFrame } from '../zstd-frame.ts'
import type { Sliding } from './sliding.ts'

const MAGIC = 0xfd2fb528
const SKIPPABLE_FIRST = 0x184d2a50
const SKIPPABLE_LAST = 0x184d2a5f
const BLOCK_HEADER = 3
const CHECKSUM = 4

export function* readZstd(sliding: Sliding): Generator<number> {
  const { input } = sliding
  for (let isFirst = true; ; isFirst = false) {
    const start = input.peek(8)
    const magic = start.length >= 4 ? readU32(start, 0) : 0
    if (start.length === 8 && magic >= SKIPPABLE_FIRST && magic <= SKIPPABLE_LAST) {
      input.position += 8 + readU32(start, 4)
    } else if (magic === MAGIC || isFirst) {
      yield* readFrame(sliding)
    } else {
      return
    }
  }
}

function* readFrame({ engine, input, window, maxWindow }: Sliding): Generator<number> {
  const layer: StreamLayer = { kind: 'stream', codec: 'zstd', offset: 0, length: 0, verified: false }
  const start = input.position
  const view = {
    length: Number.MAX_SAFE_INTEGER,
    read: (into: Uint8Array, at: number) => input.read(into, at),
  }
  const frame = readZstdFrame(view, layer)
  if (frame === undefined) throw new BlockError(layer.error!.code, start, layer.error!.message)
  if (frame.window > maxWindow) {
    const message = `the frame at ${hex(start)} asks for a window of ${frame.window} bytes, the limit is ${maxWindow}`
    throw new BlockError('window-limit', start, message)
  }
  input.position += frame.blocks
  window.start(frame.window)
  engine.zstdReset()
  const maxBlock = Math.min(frame.window, ZSTD_MAX_BLOCK)
  for (let isLast = false; !isLast; ) {
    const at = input.position
    const block = readZstdBlock(view, 0)
    if (block === undefined) throw new BlockError('stream-truncated', at, `the stream ends at ${hex(at)}`)
    if (block.type > COMPRESSED_BLOCK || block.size > maxBlock) {
      throw new BlockError('stream-corrupt', at, `the block at ${hex(at)} is of no known type, or too long`)
    }
    window.makeRoom()
    const loaded = input.load(block.to)
    if (loaded.end - loaded.address < block.to) {
      throw new BlockError('stream-truncated', at, `the stream ends inside the block at ${hex(at)}`)
    }
    const from = loaded.address + BLOCK_HEADER
    const { next } = window
    let length = block.size
    if (block.type === COMPRESSED_BLOCK) {
      const status = engine.zstdBlock(from, from + block.size, window.first, next, next + maxBlock)
      if (status !== AT_BLOCK_END) {
        throw new BlockError('stream-corrupt', at, `the block at ${hex(at)} breaks the rules`)
      }
      length = stoppedOutput(engine.memory) - next
    } else if (block.type === RAW_BLOCK) {
      engine.memory.copyWithin(next, from, from + length)
    } else {
      engine.memory.fill(engine.memory[from]!, next, next + length)
    }
    window.next += length
    input.position += block.to
    isLast = block.isLast
    yield length
  }
  if (frame.hasChecksum) input.position += CHECKSUM
}
