/** Decoding blocks ahead, without threads of its own; test/cli/ahead.test.ts has them. */
import { expect, test } from 'vitest'
import type { Engine } from '../../src/engine/engine.ts'
import { decodeAhead } from '../../src/fleet/ahead/decode-ahead.ts'
import { StreamMemory } from '../../src/fleet/ahead/stream-memory.ts'
import { createEngine } from '../../src/fleet/engines.ts'
import { findBlock } from '../../src/unwrap/bzip2-ahead.ts'
import { runTool } from '../unwrap/codec-suite.ts'
import { kernelLike } from '../unwrap/kernel-like.ts'

const data = kernelLike(900_000)
const packed = runTool('bzip2', ['-1', '-c'], data)
const starts: number[] = []
for (let at = findBlock(packed, 0); at !== undefined; at = findBlock(packed, at + 1)) starts.push(at)
// Of two blocks that start as near to each other as the first ones only one is taken.
starts.shift()

/** The memory of a stream, and an engine that closes it after so many blocks. */
function begin(threads: number, blocks: number) {
  const stream = StreamMemory.share(packed.length, 100_000, 0, threads)
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
  memory.load(packed)
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
  memory.load(packed)
  memory.take(starts[0]!)
  decodeAhead(engine, { ...stream, index: 1 })
  expect(memory.take(starts[1]!)).toBeUndefined()
  expect(memory.take(starts[2]!)).toMatchObject({ next: starts[3] })
})

test('a block is taken once, and only where it starts', () => {
  const { memory } = begin(1, 1)
  memory.load(packed)
  const bit = starts[1]!
  expect(memory.claim(bit)).toBe(true)
  expect(memory.claim(bit)).toBe(false)
  memory.finish(bit, 0, { bytes: new Uint8Array([1, 2, 3]), sum: 0xffffffff, next: bit + 9 })
  expect(memory.take(bit + 1)).toBeUndefined()
  expect(memory.take(bit)).toEqual({ bytes: new Uint8Array([1, 2, 3]), sum: 0xffffffff, next: bit + 9 })
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
