import { describe, expect, test } from 'vitest'
import { type ChunkDecoder, StreamFault } from '../../src/unwrap/chunk-stream.ts'
import { Input } from '../../src/unwrap/unpacker.ts'
import { openZstd } from '../../src/unwrap/zstd.ts'
import { type ExplainZstd, WasmZstdDecoder } from '../../src/unwrap/zstd-wasm.ts'
import {
  describeCodec,
  ENGINES,
  expectSameBytes,
  LIMITS,
  openStream,
  runTool,
  sharedEngine,
  withSizeWord,
} from './codec-suite.ts'
import { kernelLike } from './kernel-like.ts'

const MIB = 2 ** 20
const zstd =
  (...args: string[]) =>
  (bytes: Uint8Array) =>
    runTool('zstd', [...args, '-c'], bytes)

describeCodec('zstd', openZstd, [
  { name: 'zstd -1', encode: zstd('-1') },
  { name: 'zstd -22 --ultra', encode: zstd('-22', '--ultra'), isSlow: true },
  { name: 'zstd without check', encode: zstd('-5', '--no-check') },
  { name: 'zstd --long', encode: zstd('-9', '--long=27') },
])

const data = kernelLike(9_000_000, 4)
const packed = zstd('-3')(data)
const checksum = packed.length - 4

describe.each(ENGINES)('zstd in the %s engine', engine => {
  const whole = withSizeWord(packed, data.length)

  test('unpacks little more than a window needs, and goes on later', async () => {
    const { unpacker, input, bytes } = openStream(openZstd, engine, whole)
    expectSameBytes(await bytes(0, 592), data.subarray(0, 592))
    expect(unpacker.produced).toBeLessThan(3 * MIB)
    expect(input.bytesRead).toBeLessThan(packed.length / 2)
    expectSameBytes(await bytes(4_000_000, 4_004_096), data.subarray(4_000_000, 4_004_096))
    expect(unpacker.produced).toBeLessThan(4_004_096 + 2 * MIB)
    expect(unpacker.layer).toMatchObject({ check: 'xxh64', sizeWord: data.length, verified: false })
    expectSameBytes(await bytes(0, data.length), data)
    await unpacker.finish()
    expect(unpacker.layer).toMatchObject({ unpacked: data.length, consumed: packed.length, verified: true })
  })

  test('unpacks one frame, and says where it ended', async () => {
    const small = zstd('-9')(data.subarray(0, 5000))
    const skippable = new Uint8Array([0x50, 0x2a, 0x4d, 0x18, 0, 0, 0, 0])
    for (const tail of [small, skippable, new Uint8Array(100_000), new Uint8Array([1, 2, 3])]) {
      const { unpacker, bytes } = openStream(openZstd, engine, new Uint8Array([...small, ...tail]))
      expectSameBytes(await bytes(0, 10_000), data.subarray(0, 5000))
      await unpacker.finish()
      expect(unpacker.layer).toMatchObject({ unpacked: 5000, consumed: small.length, verified: true })
    }
  })

  test('compares the checksum', async () => {
    const stream = whole.slice()
    stream[checksum]! ^= 1
    const { unpacker } = openStream(openZstd, engine, stream)
    await unpacker.finish()
    expect(unpacker.layer).toMatchObject({
      verified: false,
      error: {
        code: 'checksum-mismatch',
        offset: checksum,
        message: `the xxh64 at 0x${checksum.toString(16)} does not match`,
      },
    })
  })

  test('unpacks what stands before the place where the stream breaks', async () => {
    const cut = openStream(openZstd, engine, whole.subarray(0, 2_000_000))
    const before = await cut.bytes(0, data.length)
    expect(before.length).toBeGreaterThan(3_000_000)
    expectSameBytes(before, data.subarray(0, before.length))
    expect(cut.unpacker.layer.error).toMatchObject({ code: 'stream-truncated', offset: 2_000_000 })

    const at = blockBehind(packed, 1_000_000)
    const reserved = whole.slice()
    reserved[at]! |= 6
    const broken = openStream(openZstd, engine, reserved)
    const good = await broken.bytes(0, data.length)
    expect(good.length).toBeGreaterThan(1_500_000)
    expectSameBytes(good, data.subarray(0, good.length))
    expect(broken.unpacker.layer.error).toEqual({
      code: 'stream-corrupt',
      offset: at,
      message: `the block at 0x${at.toString(16)} is of the reserved type 3`,
    })
  })
})

/** Where the first block header behind `from` stands; the frame header of a stream from stdin has 6 bytes. */
function blockBehind(stream: Uint8Array, from: number): number {
  let at = 6
  while (at < from) {
    const header = stream[at]! | (stream[at + 1]! << 8) | (stream[at + 2]! << 16)
    at += 3 + ((header & 6) === 2 ? 1 : header >> 3)
  }
  return at
}

describe('the zstd frame header', () => {
  const open = (stream: Uint8Array, limits = LIMITS) =>
    openStream(openZstd, 'wasm', stream, { limits }).unpacker
  const header = (...bytes: number[]) => new Uint8Array([0x28, 0xb5, 0x2f, 0xfd, ...bytes, 1, 0, 0])

  test('says how much window the stream needs', async () => {
    const windows = [
      [header(0x00, 0x00), 1024],
      [header(0x00, 0x88), 2 ** 27],
      [header(0x00, 0x07), 1024 + 7 * 128],
      [header(0x20, 200), 200],
      [header(0x60, 0x10, 0x01), 0x110 + 256],
      [header(0xa0, 0x10, 0x01, 0x02, 0x00), 0x20110],
      [header(0xe0, 0x10, 0x01, 0x02, 0x00, 0, 0, 0, 0), 0x20110],
    ] as const
    for (const [stream, window] of windows)
      expect(open(stream).layer).toMatchObject({ dictionary: window, check: 'none' })
    expect(open(zstd('-9', '--long=27')(data)).layer.dictionary).toBe(2 ** 27)
  })

  test('refuses a window above the limit before it takes memory', async () => {
    const unpacker = open(header(0x00, 0x89))
    await unpacker.finish()
    expect(unpacker.layer).toMatchObject({
      dictionary: 2 ** 27 + 2 ** 24,
      error: { code: 'window-limit', message: 'the window at 0x5 is 150994944 bytes, limit is 134217728' },
    })
    expect(open(header(0x00, 0x58), { ...LIMITS, window: 2 ** 20 }).layer.error?.code).toBe('window-limit')
    expect(open(header(0xe0, 0, 0, 0, 0, 1, 0, 0, 0)).layer.error?.code).toBe('window-limit')
  })

  test('refuses dictionaries and reserved bits', () => {
    expect(open(header(0x01, 0x00, 7)).layer.error).toMatchObject({ code: 'stream-unsupported', offset: 6 })
    expect(open(header(0x23, 7, 0, 0, 0, 9)).layer.error).toMatchObject({
      code: 'stream-unsupported',
      offset: 5,
    })
    expect(open(header(0x08, 0x00)).layer.error).toMatchObject({ code: 'stream-unsupported', offset: 4 })
    expect(open(new Uint8Array([0x28, 0xb5, 0x2f, 0xfe, 0, 0])).layer.error?.code).toBe('stream-corrupt')
  })

  test('may be cut anywhere', async () => {
    const whole = header(0xc3, 0x88, 0, 0, 0, 0, 1, 2, 3, 4, 0, 0, 0, 0)
    for (let length = 0; length < whole.length; length++) {
      const unpacker = open(whole.subarray(0, length))
      expect((await unpacker.need(0, 10)).length).toBe(0)
      expect(unpacker.layer.error?.code).toBe('stream-truncated')
    }
  })
})

describe('zstd in WebAssembly', () => {
  function* pieces(stream: Uint8Array, size: number): Generator<Uint8Array> {
    for (let at = 0; at < stream.length; at += size) yield stream.subarray(at, at + size)
  }
  const explain: ExplainZstd = (_, consumed, reason) => new StreamFault('stream-corrupt', consumed, reason)
  const decode = (stream: Uint8Array, size: number) => new WasmZstdDecoder(pieces(stream, size), explain)
  const unpackAll = async (decoder: ChunkDecoder) => {
    const chunks: Uint8Array[] = []
    try {
      for (let chunk = await decoder.next(); chunk !== undefined; chunk = await decoder.next())
        chunks.push(chunk.slice())
    } finally {
      decoder.close()
    }
    return new Uint8Array(Buffer.concat(chunks))
  }

  test('unpacks whatever pieces the stream comes in', async () => {
    const small = zstd('-9')(data.subarray(0, 300_000))
    for (const size of [1, 7, 1000, 65_537, 262_144]) {
      const decoder = decode(small, size)
      expectSameBytes(await unpackAll(decoder), data.subarray(0, 300_000))
      expect(decoder.consumed).toBe(small.length)
    }
  })

  test('unpacks many streams at once and one after the other, broken and left ones among them', async () => {
    const broken = packed.slice(0, 200_000)
    broken.fill(0xff, 100_000, 110_000)
    for (let round = 0; round < 5; round++) {
      const left = decode(packed, 1000)
      await left.next()
      await expect(unpackAll(decode(broken, 1000))).rejects.toThrow(/^zstd's error \d+$/)
      const [first, second] = await Promise.all([
        unpackAll(decode(packed, 100_000)),
        unpackAll(decode(packed, 30_000)),
      ])
      expectSameBytes(first, data)
      expectSameBytes(second, data)
      left.close()
    }
  })
})

test('a failure to read the file is thrown, and is no fact about the stream', async () => {
  const source = {
    size: packed.length,
    read(into: Uint8Array, position: number) {
      if (position > 300_000 && position < packed.length - 10) throw new Error('EIO')
      into.set(packed.subarray(position, position + into.length))
      return into.length
    },
  }
  const engine = sharedEngine('wasm')
  const input = new Input(engine, source, 0, packed.length, 0x1000000)
  const unpacker = openZstd({ engine, input, output: input.end + 4096, limits: LIMITS })
  await expect(unpacker.need(0, data.length)).rejects.toThrow('EIO')
  expect(unpacker.layer.error).toBeUndefined()
})
