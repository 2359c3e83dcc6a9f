import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createEngine } from '../../src/fleet/engines.ts'
import { openBzip2 } from '../../src/unwrap/bzip2.ts'
import { decodeBlock, findBlock } from '../../src/unwrap/bzip2-ahead.ts'
import { describeCodec, type Open, openStream, runTool, withSizeWord } from './codec-suite.ts'
import { everySecond } from './every-second.ts'
import { kernelLike } from './kernel-like.ts'

const HEADER_BITS = 32
const MAGIC = [...'314159265359']
  .map(digit => Number.parseInt(digit, 16).toString(2).padStart(4, '0'))
  .join('')

const bzip2 =
  (...args: string[]) =>
  (bytes: Uint8Array) =>
    runTool('bzip2', [...args, '-c'], bytes)

const ahead = everySecond('wasm')
const openWithOthers: Open = context => {
  const unpacker = openBzip2(context)
  unpacker.help!(ahead)
  return unpacker
}

describeCodec('bzip2', openWithOthers, [
  { name: 'bzip2 -9', encode: bzip2('-9') },
  { name: 'bzip2 -1', encode: bzip2('-1') },
])

test('blocks from another thread are taken', () => {
  const data = kernelLike(1_500_000)
  const before = ahead.taken
  openStream(openWithOthers, 'wasm', withSizeWord(bzip2('-1')(data), data.length)).unpacker.finish()
  expect(ahead.taken - before).toBeGreaterThanOrEqual(6)
})

test('what is wrong with a stream is the same whoever decodes its blocks', () => {
  const data = kernelLike(450_000, 9)
  const good = withSizeWord(bzip2('-1')(data), data.length)
  const flips = fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(7)), { minLength: 1, maxLength: 3 })
  fc.assert(
    fc.property(flips, fc.nat(good.length), (list, cut) => {
      const stream = good.slice(0, cut % 3 === 0 ? cut : good.length)
      for (const [at, bit] of list) if (at < stream.length) stream[at]! ^= 1 << bit
      const [alone, helped] = [openBzip2, openWithOthers].map(open => {
        const { unpacker } = openStream(open, 'wasm', stream)
        unpacker.finish()
        return { layer: unpacker.layer, produced: unpacker.produced }
      })
      expect(helped).toEqual(alone)
    }),
    { numRuns: 60 },
  )
})

describe('looking for a block', () => {
  const bitsOf = (bytes: Uint8Array) => Array.from(bytes, byte => byte.toString(2).padStart(8, '0')).join('')
  const bytesOf = (bits: string) =>
    Uint8Array.from({ length: Math.ceil(bits.length / 8) }, (_, at) =>
      Number.parseInt(bits.slice(at * 8, at * 8 + 8).padEnd(8, '0'), 2),
    )

  test('finds the first magic after a bit, wherever it lies', () => {
    const part = fc.oneof(
      fc.constant(MAGIC),
      fc.nat(47).map(length => MAGIC.slice(0, length)),
      fc.array(fc.constantFrom('0', '1'), { maxLength: 70 }).map(bits => bits.join('')),
    )
    fc.assert(
      fc.property(fc.array(part, { maxLength: 8 }), fc.nat(200), (parts, from) => {
        const bytes = bytesOf(parts.join(''))
        const found = bitsOf(bytes).indexOf(MAGIC, from)
        expect(findBlock(bytes, from)).toBe(found === -1 ? undefined : found)
      }),
      { numRuns: 3000 },
    )
  })

  test('finds all blocks of a stream, each after the one before', () => {
    const data = kernelLike(450_000)
    const stream = bzip2('-1')(data)
    const engine = createEngine('typescript')
    let at: number | undefined = HEADER_BITS
    let unpacked = 0
    while (at !== undefined) {
      expect(findBlock(stream, at)).toBe(at)
      const block = decodeBlock(engine, stream, at, 100_000)!
      unpacked += block.bytes.length
      at = findBlock(stream, at + 1)
      if (at !== undefined) expect(block.next).toBe(at)
    }
    expect(unpacked).toBe(data.length)
  })

  test('a block that is cut, damaged or too long is left to the reader', () => {
    const engine = createEngine('wasm')
    const stream = bzip2('-1')(kernelLike(60_000))
    expect(decodeBlock(engine, stream, HEADER_BITS, 100_000)?.bytes.length).toBe(60_000)
    expect(decodeBlock(engine, stream.subarray(0, 10_000), HEADER_BITS, 100_000)).toBeUndefined()
    const damaged = stream.slice()
    damaged[damaged.length >> 1]! ^= 1
    expect(decodeBlock(engine, damaged, HEADER_BITS, 100_000)).toBeUndefined()
    expect(decodeBlock(engine, bzip2('-9')(new Uint8Array(9_000_000)), HEADER_BITS, 900_000)).toBeUndefined()
  })
})
