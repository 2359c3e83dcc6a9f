import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createEngine } from '../../src/fleet/engines.ts'
import { openXz } from '../../src/unwrap/xz.ts'
import { xzDecoder } from '../../src/unwrap/xz-ahead.ts'
import { listPlaces, TAIL_LENGTH } from '../../src/unwrap/xz-index.ts'
import { describeCodec, type Open, openStream, runTool, withSizeWord } from './codec-suite.ts'
import { everySecond } from './every-second.ts'
import { kernelLike } from './kernel-like.ts'
import { type BlockParts, plainChunks, xzStream } from './xz-builder.ts'

const xz =
  (...args: string[]) =>
  (bytes: Uint8Array) =>
    runTool('xz', ['-c', ...args], bytes)

const ahead = everySecond('wasm')
const openWithOthers: Open = context => {
  const unpacker = openXz(context)
  unpacker.help!(ahead)
  return unpacker
}

describeCodec('xz', openWithOthers, [
  { name: 'CRC32 in blocks', encode: xz('--check=crc32', '--block-size=200000', '--lzma2=preset=1') },
  {
    name: 'x86 CRC64 in blocks that say their sizes',
    encode: xz('-T2', '--check=crc64', '--block-size=100001', '--x86', '--lzma2=preset=1'),
  },
  { name: 'SHA-256 in one block', encode: xz('--check=sha256', '--lzma2=preset=1') },
  { name: 'ARM in blocks', encode: xz('--check=none', '--block-size=10000', '--arm', '--lzma2=preset=1') },
])

const places = (stream: Uint8Array, tail = TAIL_LENGTH) =>
  listPlaces(stream.subarray(Math.max(0, stream.length - tail)), stream.length)

/** What is found in a stream from its first byte to its last, with windows that are asked for before. */
function read(open: Open, stream: Uint8Array, needs: [number, number][]) {
  const { unpacker, engine } = openStream(open, 'wasm', stream, {
    limits: { window: 2 ** 28, output: 200_000 },
  })
  const windows = needs.map(([start, length]) => {
    const window = unpacker.need(start, start + length)
    return engine.memory.slice(window.address, window.address + window.length)
  })
  const seen = structuredClone(unpacker.layer)
  unpacker.finish()
  return { windows, seen, layer: unpacker.layer, produced: unpacker.produced }
}

test('blocks from another thread are taken', () => {
  const data = kernelLike(1_500_000)
  const before = ahead.taken
  const stream = withSizeWord(xz('--block-size=150000', '--lzma2=preset=1')(data), data.length)
  openStream(openWithOthers, 'wasm', stream).unpacker.finish()
  expect(ahead.taken - before).toBe(5)
})

test('what is wrong with a stream is the same whoever decodes its blocks', () => {
  const data = kernelLike(60_000, 9)
  const streams = [
    xz('--check=crc32', '--block-size=9000', '--lzma2=preset=1'),
    xz('-T2', '--check=sha256', '--block-size=12000', '--x86', '--lzma2=preset=1'),
  ].map(encode => withSizeWord(encode(data), data.length))
  const flip = fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(7), fc.boolean())
  const needs = fc.array(fc.tuple(fc.nat(70_000), fc.nat(20_000)), { maxLength: 3 })
  fc.assert(
    fc.property(
      fc.nat(1),
      fc.array(flip, { maxLength: 3 }),
      fc.nat(3),
      needs,
      (index, flips, cut, windows) => {
        const stream = streams[index]!.slice()
        for (const [share, bit, isLate] of flips) {
          // Half of the flips are in the index and the footer.
          const from = isLate ? stream.length - 80 : 0
          stream[Math.floor(from + (stream.length - from) * share * 0.999999)]! ^= 1 << bit
        }
        const whole = cut === 0 ? stream.subarray(0, -1000) : stream
        expect(read(openWithOthers, whole, windows)).toEqual(read(openXz, whole, windows))
      },
    ),
    { numRuns: 300 },
  )
})

describe('an index that lies', () => {
  const block = (size: number, seed: number): BlockParts => ({
    chunks: plainChunks(kernelLike(size, seed)),
    unpacked: size,
  })
  const blocks = [block(3000, 1), block(5000, 2), block(1000, 3), block(7000, 4)]
  const honest = places(xzStream({ blocks }))!.map(({ unpadded, unpacked }) => [unpadded, unpacked] as const)

  test.each([
    ['joins two blocks', [[honest[0]![0] + honest[1]![0] + 1, 8000], honest[2], honest[3]]],
    ['splits a block', [honest[0], [2000, 2000], [honest[1]![0] - 2000, 3000], honest[2], honest[3]]],
    ['says another unpacked size', [honest[0], [honest[1]![0], 4000], honest[2], honest[3]]],
    ['leaves a block out', honest.slice(1)],
  ])('%s', (_, index) => {
    const stream = withSizeWord(xzStream({ blocks, index: index as [number, number][] }), 16_000)
    const alone = read(openXz, stream, [[0, 100]])
    expect(alone.layer.error?.code).toBe('checksum-mismatch')
    expect(read(openWithOthers, stream, [[0, 100]])).toEqual(alone)
  })
})

describe('the places that an index lists', () => {
  const data = kernelLike(100_000)
  const stream = xz('--block-size=30000', '--lzma2=preset=1')(data)

  test('are those of the blocks, with a size word after the stream or without', () => {
    const listed = places(stream)!
    expect(listed.map(({ unpacked }) => unpacked)).toEqual([30_000, 30_000, 30_000, 10_000])
    expect(places(withSizeWord(stream, data.length))).toEqual(listed)
    const engine = createEngine('typescript')
    const decoder = xzDecoder({ check: 'crc64', checkSize: 8 }, listed)
    expect(decoder.mostOutput).toBe(30_000)
    let bit = 0
    for (const { unpadded, unpacked } of listed) {
      bit = decoder.find(stream, bit)!
      expect(decoder.isRead(bit, stream.length)).toBe(true)
      const decoded = decoder.decode(engine, stream, bit)!
      expect([decoded.count, decoded.bytes.length]).toEqual([unpadded, unpacked])
      bit = decoded.next
    }
    expect(decoder.find(stream, bit)).toBeUndefined()
  })

  test('are none where the index is not there, or not where it should be', () => {
    expect(places(stream.subarray(0, -4))).toBeUndefined()
    expect(places(stream, 30)).toBeUndefined()
    expect(places(new Uint8Array([...stream, 0, 0, 0]))).toBeUndefined()
    expect(places(new Uint8Array(0))).toBeUndefined()
  })

  test('are found or not whatever the bytes are', () => {
    const footer = fc.tuple(fc.uint8Array({ maxLength: 60 }), fc.nat(20), fc.boolean())
    fc.assert(
      fc.property(footer, ([bytes, size, isWord]) => {
        const tail = new Uint8Array([...bytes, 0, 0, 0, 0, size, 0, 0, 0, 0, 1, 0x59, 0x5a])
        const listed = places(isWord ? withSizeWord(tail, 1) : tail)
        if (listed !== undefined) expect(listed.every(({ at }) => at < tail.length)).toBe(true)
      }),
      { numRuns: 2000 },
    )
  })
})
