/** Decoding blocks ahead, without threads of its own; test/cli/ahead.test.ts has them. */
import { expect, test } from 'vitest'
import type { Engine } from '../../src/engine/engine.ts'
import { decodeAhead } from '../../src/fleet/ahead/decode-ahead.ts'
import { StreamMemory } from '../../src/fleet/ahead/stream-memory.ts'
import { createEngine } from '../../src/fleet/engines.ts'
import { findBlock } from '../../src/unwrap/bzip2-ahead.ts'
import type { BlockAhead } from '../../src/unwrap/blocks-ahead.ts'
import { listPlaces, TAIL_LENGTH } from '../../src/unwrap/xz-index.ts'
import { expectSameBytes, runTool } from '../unwrap/codec-suite.ts'
import { kernelLike } from '../unwrap/kernel-like.ts'

const data = kernelLike(900_000)
const packed = runTool('bzip2', ['-1', '-c'], data)
const starts: number[] = []
for (let at = findBlock(packed, 0); at !== undefined; at = findBlock(packed, at + 1)) starts.push(at)
// Of two blocks that start as near to each other as the first ones only one is taken.
starts.shift()

/** The memory of a stream, and an engine that closes it after so many blocks. */
function begin(threads: number, blocks: number) {
  const stream = StreamMemory.share(
    packed.length,
    { codec: 'bzip2', blockSize: 100_000 },
    2 ** 20,
    0,
    threads,
  )
  const memory = new StreamMemory(stream)
  const engine = createEngine('wasm')
  let left = blocks
  const closing: Engine = {
    ...engine,
    get memory() {
      return engine.memory
    },
    bzip2Block(...values) {
      if (--left === 0) memory.close()
      return engine.bzip2Block(...values)
    },
  }
  return { stream, memory, engine: closing }
}

test('a thread leaves the blocks to the reader that are its own, and takes the others', () => {
  const { stream, memory, engine } = begin(1, 2)
  memory.load(packed, 0)
  expect(memory.take(starts[0]!)).toBeUndefined()
  decodeAhead(engine, stream)
  const first = memory.take(starts[1]!)
  expect(first).toMatchObject({ next: starts[2] })
  expect(memory.take(starts[2]!)).toBeUndefined()
  expect(memory.take(starts[3]!)).toMatchObject({ next: starts[4] })
  expect(memory.take(starts[4]!)).toBeUndefined()
})

test('of two threads each has its own blocks', () => {
  const { stream, memory, engine } = begin(2, 1)
  memory.load(packed, 0)
  memory.take(starts[0]!)
  decodeAhead(engine, { ...stream, index: 1 })
  expect(memory.take(starts[1]!)).toBeUndefined()
  expect(memory.take(starts[2]!)).toMatchObject({ next: starts[3] })
})

test('a block is taken once, and only where it starts', () => {
  const { memory } = begin(1, 1)
  memory.load(packed, 0)
  const bit = starts[1]!
  expect(memory.claim(bit)).toBe(true)
  expect(memory.claim(bit)).toBe(false)
  memory.finish(bit, 0, { bytes: new Uint8Array([1, 2, 3]), count: 0xffffffff, next: bit + 9 })
  expect(memory.take(bit + 1)).toBeUndefined()
  expect(memory.take(bit)).toEqual({ bytes: new Uint8Array([1, 2, 3]), count: 0xffffffff, next: bit + 9 })
})

test('of two blocks that start near to each other one is taken, under its own name', () => {
  const { memory } = begin(2, 1)
  const [first, second] = [starts[1]!, starts[1]! + 1000]
  expect(memory.claim(first)).toBe(true)
  expect(memory.claim(second)).toBe(false)
  memory.finish(first, 0, { bytes: new Uint8Array([1]), count: 1, next: second })
  expect(memory.take(first)).toMatchObject({ next: second })
  expect(memory.take(second)).toBeUndefined()
})

test('memory is used again once all threads have left its stream, and where it is large enough', () => {
  const blocks = { codec: 'bzip2', blockSize: 100_000 } as const
  const share = (length: number, used?: SharedArrayBuffer) =>
    StreamMemory.share(length, blocks, 100_000, 0, 2, used)
  const first = share(1_000_000)
  const memory = new StreamMemory(first)
  memory.load(packed.subarray(0, 1000), 0)
  memory.close()
  const engine = createEngine('wasm')
  decodeAhead(engine, { ...first, index: 0 })
  expect(memory.isLeft).toBe(false)
  decodeAhead(engine, { ...first, index: 1 })
  expect(memory.isLeft).toBe(true)
  const second = share(900_000, first.shared)
  expect(second.shared).toBe(first.shared)
  const next = new StreamMemory(second)
  expect([next.isClosed, next.loaded, next.isLeft]).toEqual([false, 0, false])
  expect(share(10_000_000, first.shared).shared).not.toBe(first.shared)
})

test('a slot is free again when the reader has gone by', () => {
  const { memory } = begin(1, 1)
  const used = [100, 200]
  memory.take(50)
  expect(memory.freeSlot(0, used)).toBeUndefined()
  memory.take(100)
  expect(memory.freeSlot(0, used)).toBeUndefined()
  memory.take(101)
  expect(memory.freeSlot(0, used)).toBe(0)
})

test('a thread decodes the blocks of xz that the index lists', () => {
  const stream = runTool('xz', ['-c', '--block-size=100000', '--lzma2=preset=1'], data)
  const places = listPlaces(stream.subarray(-TAIL_LENGTH), stream.length)!
  const flags = { check: 'crc64', checkSize: 8 } as const
  const shared = StreamMemory.share(stream.length, { codec: 'xz', flags, places }, 100_000, 0, 1)
  const memory = new StreamMemory(shared)
  memory.load(stream, 0)
  expect(memory.take(places[0]!.at * 8)).toBeUndefined()
  const engine = createEngine('wasm')
  const closing: Engine = {
    ...engine,
    get memory() {
      return engine.memory
    },
    crc64(...values) {
      memory.close()
      return engine.crc64(...values)
    },
  }
  decodeAhead(closing, shared)
  const [, second, third] = places
  const block = memory.take(second!.at * 8)
  expect(block).toMatchObject({ count: second!.unpadded, next: third!.at * 8 })
  expectSameBytes((block as BlockAhead).bytes, data.subarray(100_000, 200_000))
})

test('a thread that comes late leaves blocks to the reader', () => {
  const { memory } = begin(1, 1)
  const before = Date.now()
  memory.take(10)
  expect(memory.blocksIn(1000)).toBe(0)
  while (Date.now() < before + 20);
  memory.take(20)
  const took = Date.now() - before
  expect(memory.blocksIn(-1e6)).toBe(0)
  expect(memory.blocksIn(2 * took)).toBeGreaterThanOrEqual(2)
})
