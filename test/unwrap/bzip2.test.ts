import { describe, expect, test } from 'vitest'
import { openBzip2 } from '../../src/unwrap/bzip2.ts'
import {
  describeCodec,
  ENGINES,
  expectSameBytes,
  LIMITS,
  openStream,
  runTool,
  withSizeWord,
} from './codec-suite.ts'
import { kernelLike, randomNumbers } from './kernel-like.ts'

const bzip2 =
  (...args: string[]) =>
  (bytes: Uint8Array) =>
    runTool('bzip2', [...args, '-c'], bytes)

describeCodec('bzip2', openBzip2, [
  { name: 'bzip2 -9', encode: bzip2('-9') },
  { name: 'bzip2 -1', encode: bzip2('-1') },
])

const random = randomNumbers(77)
const noise = (size: number) => Uint8Array.from({ length: size }, () => random())
const repeated = (pattern: Uint8Array, size: number) =>
  Uint8Array.from({ length: size }, (_, index) => pattern[index % pattern.length]!)

describe.each(ENGINES)('bzip2 blocks in the %s engine', engine => {
  const unpack = async (stream: Uint8Array, size: number) => {
    const { unpacker, bytes } = openStream(openBzip2, engine, withSizeWord(stream, size))
    await unpacker.finish()
    expect(unpacker.layer.error).toBeUndefined()
    expect(unpacker.layer).toMatchObject({ unpacked: size, consumed: stream.length, verified: true })
    return bytes(0, size)
  }

  test.each([
    ['zeros', new Uint8Array(12_000_000)],
    ['one byte over and over, just under and over a run', repeated(new Uint8Array([7]), 259 * 3 + 4)],
    ['two bytes in turn', repeated(new Uint8Array([1, 2]), 950_000)],
    ['a page over and over', repeated(noise(4096), 1_800_000)],
    ['a long pattern that a block holds twice', repeated(noise(450_000), 900_000)],
    ['noise over the end of a block', noise(900_500)],
    ['noise that fills one block', noise(899_980)],
    ['the smallest block whose order is restored in lanes', noise(16_384)],
    ['the largest one whose order is not', noise(16_383)],
    [
      'runs of all lengths',
      new Uint8Array(Array.from({ length: 300 }, (_, size) => new Array(size).fill(size)).flat()),
    ],
    ['four equal bytes at the end', new Uint8Array([1, 2, 3, 3, 3, 3])],
    ['bytes with one symbol', new Uint8Array([0x41])],
    [
      'all bytes',
      repeated(
        Uint8Array.from({ length: 256 }, (_, byte) => byte),
        100_000,
      ),
    ],
  ])('unpacks %s', async (_, data) => {
    expectSameBytes(await unpack(bzip2('-9')(data), data.length), data)
  })

  test('unpacks every level', async () => {
    const data = kernelLike(1_000_000, 8)
    for (let level = 2; level < 9; level++)
      expectSameBytes(await unpack(bzip2(`-${level}`)(data), data.length), data)
  })

  test('unpacks the blocks of a window and those before it, no others', async () => {
    const data = kernelLike(5_000_000, 6)
    const stream = withSizeWord(bzip2('-9')(data), data.length)
    const { unpacker, input, bytes } = openStream(openBzip2, engine, stream)
    expectSameBytes(await bytes(0, 592), data.subarray(0, 592))
    expect(unpacker.produced).toBeLessThan(920_000)
    expect(input.bytesRead).toBeLessThan(stream.length / 2)
    expectSameBytes(await bytes(2_000_000, 2_004_096), data.subarray(2_000_000, 2_004_096))
    expect(unpacker.produced).toBeLessThan(2_800_000)
    expect(unpacker.layer).toMatchObject({ check: 'crc32', verified: false })
  })

  test('unpacks a block of 46 MB, as far as the limit allows', async () => {
    const data = new Uint8Array(60_000_000)
    const stream = withSizeWord(bzip2('-9')(data), data.length)
    const limits = { ...LIMITS, output: 20_000_000 }
    const { unpacker, bytes, checkGuards } = openStream(openBzip2, engine, stream, { limits, guards: true })
    expect((await bytes(0, 100)).length).toBe(0)
    expect(unpacker.layer.error).toMatchObject({
      code: 'output-limit',
      message: 'it unpacks to more than the limit of 20000000 bytes',
    })
    checkGuards()
  })

  test('compares the checksum of each block and of the stream', async () => {
    const data = kernelLike(300_000, 9)
    const whole = bzip2('-1')(data)
    const first = whole.slice()
    first[10]! ^= 1
    const block = openStream(openBzip2, engine, first)
    expect((await block.bytes(0, 100)).length).toBe(0)
    expect(block.unpacker.layer.error).toMatchObject({
      code: 'checksum-mismatch',
      offset: 4,
      message: 'the crc32 of the block at 0x4 does not match',
    })
    const last = whole.slice()
    last[whole.length - 3]! ^= 1
    const stream = openStream(openBzip2, engine, last)
    expectSameBytes(await stream.bytes(0, data.length), data)
    await stream.unpacker.finish()
    expect(stream.unpacker.layer.error?.code).toBe('checksum-mismatch')
    expect(stream.unpacker.layer.error?.message).toMatch(
      /^the crc32 of the stream, at its end at 0x[0-9a-f]+, does/,
    )
  })

  test('unpacks one stream, and says where it ended', async () => {
    const data = kernelLike(5000)
    const stream = bzip2('-9')(data)
    for (const tail of [stream, new Uint8Array(1000), new Uint8Array([1])]) {
      const { unpacker, bytes } = openStream(openBzip2, engine, new Uint8Array([...stream, ...tail]))
      expectSameBytes(await bytes(0, 20_000), data)
      await unpacker.finish()
      expect(unpacker.layer).toMatchObject({ unpacked: 5000, consumed: stream.length, verified: true })
    }
  })

  test('says what is wrong with a block', async () => {
    const stream = bzip2('-9')(kernelLike(5000))
    const broken = async (change: (bytes: Uint8Array) => void) => {
      const bytes = stream.slice()
      change(bytes)
      const { unpacker } = openStream(openBzip2, engine, bytes)
      await unpacker.finish()
      return unpacker.layer.error
    }
    const corrupt = (message: string) => ({
      code: 'stream-corrupt',
      offset: 4,
      message: `the block at 0x4 ${message}`,
    })
    expect(await broken(bytes => bytes.set([0], 4))).toEqual(corrupt('starts with no magic'))
    expect(await broken(bytes => bytes.set([bytes[14]! | 0x80], 14))).toEqual({
      code: 'stream-unsupported',
      offset: 4,
      message: 'the block at 0x4 is randomised, as bzip2 before 0.9.5 made it',
    })
    // The 24 bits after that bit: where the text starts.
    expect(await broken(bytes => bytes.set([0x7f, 0xff], 14))).toEqual(
      corrupt('is longer than its level allows, or starts outside itself'),
    )
    expect(await broken(bytes => bytes.fill(0, 17, 100))).toEqual(
      corrupt('has Huffman tables that break the rules'),
    )
    expect(await broken(bytes => bytes.fill(0xff, 600, 2000))).toMatchObject({ offset: 4 })
    expect(await broken(bytes => bytes.set([0x30], 3))).toMatchObject({ code: 'stream-corrupt', offset: 3 })
    expect(await broken(bytes => bytes.set([0x69], 2))).toMatchObject({ code: 'stream-corrupt', offset: 2 })
  })
})
