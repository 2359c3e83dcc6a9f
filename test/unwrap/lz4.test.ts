import { describe, expect, test } from 'vitest'
import { openLz4 } from '../../src/unwrap/lz4.ts'
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

const MIB = 2 ** 20
const lz4 =
  (...args: string[]) =>
  (bytes: Uint8Array) =>
    runTool('lz4', [...args, '-c'], bytes)
const legacy = lz4('-l', '-1')

describeCodec('lz4', openLz4, [
  { name: 'lz4 -9', encode: lz4('-l', '-9') },
  { name: 'lz4 -1', encode: legacy },
])

/** Data of several blocks, made of one piece with its place stamped into each page. */
function manyBlocks(size: number): Uint8Array<ArrayBuffer> {
  const piece = kernelLike(MIB, 11)
  const bytes = new Uint8Array(size)
  for (let at = 0; at < size; at += MIB) bytes.set(piece.subarray(0, Math.min(MIB, size - at)), at)
  const view = new DataView(bytes.buffer)
  for (let at = 0; at + 4 <= size; at += 4096) view.setUint32(at, at)
  return bytes
}

/** A stream of blocks of any sizes: each piece is compressed for itself, only the first keeps its magic. */
function blocksOf(pieces: Uint8Array[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(
    Buffer.concat(pieces.map((piece, index) => legacy(piece).subarray(index === 0 ? 0 : 4))),
  )
}

describe.each(ENGINES)('lz4 blocks in the %s engine', engine => {
  const data = manyBlocks(29 * MIB + 12345)
  const stream = withSizeWord(legacy(data), data.length)

  test('unpacks only what a window needs of the block that it lies in', async () => {
    const { unpacker, input, bytes } = openStream(openLz4, engine, stream)
    expectSameBytes(await bytes(0, 4096), data.subarray(0, 4096))
    expect(unpacker.produced).toBeLessThan(100_000)
    const start = 18 * MIB + 77
    expectSameBytes(await bytes(start, start + 70_000), data.subarray(start, start + 70_000))
    // Two MiB of the third block, a sequence more at each end, and nothing of the second.
    expect(unpacker.produced).toBeLessThan(2.2 * MIB + 100_000)
    expect(input.bytesRead).toBeLessThan(stream.length / 4)
    expect(unpacker.layer).toMatchObject({ framing: 'legacy', verified: false })
    expect(unpacker.layer.error).toBeUndefined()
  })

  test('unpacks literals that nothing compresses, however many', async () => {
    const random = randomNumbers(5)
    const noise = Uint8Array.from({ length: 3 * MIB }, () => random() & 255)
    const packed = legacy(noise)
    const { unpacker, bytes } = openStream(openLz4, engine, withSizeWord(packed, noise.length))
    expectSameBytes(await bytes(2 * MIB, 2 * MIB + 5000), noise.subarray(2 * MIB, 2 * MIB + 5000))
    unpacker.finish()
    expect(unpacker.layer).toMatchObject({ unpacked: noise.length, verified: true })
  })

  test('unpacks any windows in any order, over the edges of blocks', async () => {
    const random = randomNumbers(23)
    for (let round = 0; round < 3; round++) {
      const { unpacker, bytes } = openStream(openLz4, engine, stream)
      for (let count = 0; count < 8; count++) {
        const edge = (random() % 4) * 8 * MIB
        const start = count % 2 === 0 ? random() % data.length : Math.max(0, edge - (random() % 5000))
        const end = start + (random() % 100_000)
        expectSameBytes(await bytes(start, end), data.subarray(start, end))
      }
      expect(unpacker.layer.error).toBeUndefined()
      await unpacker.finish()
      expect(unpacker.layer).toMatchObject({ unpacked: data.length, verified: true })
      expect(unpacker.produced).toBe(data.length)
      expectSameBytes(await bytes(0, data.length), data)
    }
  })

  test('does not hop after the limit of the output', async () => {
    const limits = { ...LIMITS, output: 10 * MIB }
    const { unpacker, bytes } = openStream(openLz4, engine, stream, { limits })
    expect((await bytes(18 * MIB, 19 * MIB)).length).toBe(0)
    expect(unpacker.layer.error?.code).toBe('output-limit')
    expect(unpacker.produced).toBe(0)
  })

  test('unpacks in sequence where the size word says another number of blocks', async () => {
    for (const bare of [stream.subarray(0, -4), withSizeWord(stream.subarray(0, -4), 3 * 8 * MIB)]) {
      const { unpacker, bytes } = openStream(openLz4, engine, bare)
      expectSameBytes(await bytes(18 * MIB, 18 * MIB + 500), data.subarray(18 * MIB, 18 * MIB + 500))
      expect(unpacker.produced).toBeGreaterThanOrEqual(18 * MIB)
    }
  })

  test('unpacks in sequence where a full block turns out to be short', async () => {
    const pieces = [0, 8, 11, 19].map((start, index, starts) =>
      data.subarray(start * MIB, (starts[index + 1] ?? 20) * MIB),
    )
    const whole = data.subarray(0, 20 * MIB)
    for (const count of [3, 4]) {
      const size = pieces.slice(0, count).reduce((sum, piece) => sum + piece.length, 0)
      const short = withSizeWord(blocksOf(pieces.slice(0, count)), size)
      const { unpacker, bytes } = openStream(openLz4, engine, short)
      expectSameBytes(await bytes(0, 100), whole.subarray(0, 100))
      expectSameBytes(await bytes(10 * MIB, 12 * MIB), whole.subarray(10 * MIB, 12 * MIB))
      expectSameBytes(await bytes(18 * MIB, size), whole.subarray(18 * MIB, size))
      await unpacker.finish()
      expect(unpacker.layer).toMatchObject({ unpacked: size, verified: true })
      expectSameBytes(await bytes(0, size), whole.subarray(0, size))
    }
  })

  test('unpacks in sequence where a second frame starts', async () => {
    const first = data.subarray(0, 10 * MIB)
    const second = data.subarray(10 * MIB, 26 * MIB)
    const joined = new Uint8Array([...legacy(first), ...legacy(second)])
    const { unpacker, bytes } = openStream(openLz4, engine, withSizeWord(joined, 26 * MIB))
    expectSameBytes(await bytes(17 * MIB, 17 * MIB + 100), data.subarray(17 * MIB, 17 * MIB + 100))
    await unpacker.finish()
    expect(unpacker.layer).toMatchObject({ unpacked: 26 * MIB, consumed: joined.length, verified: true })
    expectSameBytes(await bytes(0, 26 * MIB), data.subarray(0, 26 * MIB))
  })

  test('does not hop over a block that is too small to be full', async () => {
    const pieces = [
      data.subarray(0, 8 * MIB),
      new Uint8Array(100),
      new Uint8Array(100),
      data.subarray(0, 100),
    ]
    const size = 8 * MIB + 300
    const short = blocksOf(pieces)
    // The size word agrees with the number of blocks, which therefore could not be told from full ones.
    const { unpacker, bytes } = openStream(openLz4, engine, withSizeWord(short, 25 * MIB))
    expect((await bytes(24 * MIB, 24 * MIB + 50)).length).toBe(0)
    expect(unpacker.produced).toBe(size)
    expectSameBytes(await bytes(8 * MIB + 200, 9 * MIB), data.subarray(0, 100))
  })
})

describe('lz4 framing', () => {
  const data = kernelLike(50_000)
  const open = (stream: Uint8Array) => openStream(openLz4, 'wasm', stream).unpacker

  test('names the later frame format, and does not unpack it', async () => {
    const unpacker = open(lz4('-9')(data))
    expect((await unpacker.need(0, 100)).length).toBe(0)
    await unpacker.finish()
    expect(unpacker.layer).toMatchObject({
      framing: 'frame',
      error: { code: 'stream-unsupported', offset: 0 },
    })
  })

  test('takes no magic but the whole one', () => {
    expect(open(new Uint8Array([0x02, 0x21, 0x4c, 0x19, 0, 0, 0, 0])).layer.error).toEqual({
      code: 'stream-corrupt',
      offset: 0,
      message: "the magic at 0x0 is 0x194c2102, the legacy frame's is 0x184c2102",
      fault: 'header',
    })
    expect(open(new Uint8Array([0x02, 0x21])).layer.error?.code).toBe('stream-truncated')
  })

  test('ends at a size that is no block’s, and says how far it got', async () => {
    const stream = legacy(data)
    const unpacker = open(new Uint8Array([...stream, 0xff, 0xff, 0xff, 0xff, 1, 2, 3, 4, 5, 6, 7]))
    await unpacker.finish()
    expect(unpacker.layer).toMatchObject({ unpacked: data.length, consumed: stream.length, verified: true })
  })

  test('says where a block breaks', async () => {
    const cases: [number[], string, string][] = [
      // token: 1 literal, match of 4; distance 2 from the second byte of the block
      [
        [0x10, 0x61, 2, 0],
        'stream-corrupt',
        'the sequence at 0x8 copies from before the start of the block at 0x8',
      ],
      [
        [0x10, 0x61, 0, 0],
        'stream-corrupt',
        'the sequence at 0x8 copies from before the start of the block at 0x8',
      ],
      [[0x30, 0x61, 0x62], 'stream-corrupt', 'the block at 0x8 ends inside the sequence at 0x8'],
      [[0x10, 0x61, 1], 'stream-corrupt', 'the block at 0x8 ends inside the sequence at 0x8'],
      [[0x10, 0x61, 1, 0], 'stream-corrupt', 'the block at 0x8 ends inside the sequence at 0xc'],
      [[0xf0, 255, 255], 'stream-corrupt', 'the block at 0x8 ends inside the sequence at 0x8'],
    ]
    for (const [block, code, message] of cases) {
      for (const engine of ENGINES) {
        const stream = new Uint8Array([0x02, 0x21, 0x4c, 0x18, block.length, 0, 0, 0, ...block, 0, 0, 0, 0])
        const { unpacker } = openStream(openLz4, engine, stream)
        await unpacker.finish()
        expect(unpacker.layer.error).toMatchObject({ code, message })
      }
    }
  })

  test('says that a block unpacks to more than 8 MiB', async () => {
    // One literal, then a match of 4 + 15 + 255 * 33000 bytes: more than a block may hold.
    const match = new Uint8Array(4 + 33000 + 3)
    match.set([0x1f, 0x61, 1, 0])
    match.fill(255, 4, 4 + 33000)
    for (const engine of ENGINES) {
      const stream = new Uint8Array(8 + match.length + 4)
      stream.set([0x02, 0x21, 0x4c, 0x18])
      new DataView(stream.buffer).setUint32(4, match.length, true)
      stream.set(match, 8)
      const { unpacker } = openStream(openLz4, engine, stream)
      await unpacker.finish()
      expect(unpacker.layer.error).toMatchObject({
        code: 'stream-corrupt',
        message: 'the block at 0x8 unpacks to more than 8388608 bytes',
      })
    }
  })

  test('a million magics in a row are passed over quickly', async () => {
    const stream = new Uint8Array(4_000_000)
    new Uint32Array(stream.buffer).fill(0x184c2102)
    const { unpacker, input } = openStream(openLz4, 'wasm', stream)
    await unpacker.finish()
    expect(unpacker.layer).toMatchObject({ unpacked: 0, error: { code: 'checksum-mismatch' } })
    expect(input.bytesRead).toBeLessThan(stream.length + 100)
  })

  test('a list of crumbs ends at a limit', async () => {
    const crumbs = new Uint8Array(70_000 * 5 + 8)
    const view = new DataView(crumbs.buffer)
    view.setUint32(0, 0x184c2102, true)
    for (let at = 4; at < crumbs.length - 4; at += 5) view.setUint32(at, 1, true)
    const { unpacker } = openStream(openLz4, 'wasm', crumbs)
    await unpacker.finish()
    expect(unpacker.layer.error?.code).toBe('stream-unsupported')
  })
})
