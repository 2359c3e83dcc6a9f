import { describe, expect, test } from 'vitest'
import { BASE } from '../../src/engine/memory.ts'
import { openLzo } from '../../src/unwrap/lzo.ts'
import {
  describeCodec,
  ENGINES,
  expectSameBytes,
  openStream,
  runTool,
  sharedEngine,
  withSizeWord,
} from './codec-suite.ts'
import { kernelLike, randomNumbers } from './kernel-like.ts'

const lzop =
  (...args: string[]) =>
  (bytes: Uint8Array) =>
    runTool('lzop', [...args, '-c'], bytes)

describeCodec('lzo', openLzo, [
  { name: 'lzop -9', encode: lzop('-9') },
  { name: 'lzop -1', encode: lzop('-1') },
  { name: 'lzop -3', encode: lzop('-3') },
  { name: 'lzop with CRC-32', encode: lzop('-9', '--crc32') },
  { name: 'lzop without checksums', encode: lzop('-9', '-F') },
])

describe.each(ENGINES)('lzo blocks in the %s engine', engine => {
  const data = kernelLike(8_000_000, 2)
  const stream = withSizeWord(lzop('-3')(data), data.length)

  test('unpacks only the blocks of a window, and reads no others', async () => {
    const { unpacker, input, bytes } = openStream(openLzo, engine, stream)
    expectSameBytes(await bytes(0, 4096), data.subarray(0, 4096))
    expect(unpacker.produced).toBe(256 * 1024)
    expectSameBytes(await bytes(7_000_000, 7_000_100), data.subarray(7_000_000, 7_000_100))
    expect(unpacker.produced).toBe(512 * 1024)
    // Two or three chunks, and 24 bytes for each header in between.
    expect(input.bytesRead).toBeLessThan(4 * 256 * 1024)
    expect(unpacker.layer).toMatchObject({ check: 'adler32', verified: false })
  })

  test('takes stored blocks', async () => {
    const random = randomNumbers(99)
    const noise = Uint8Array.from({ length: 600_000 }, () => random())
    const packed = lzop('-9')(noise)
    expect(packed.length).toBeGreaterThan(noise.length)
    const { unpacker, bytes } = openStream(openLzo, engine, withSizeWord(packed, noise.length))
    expectSameBytes(await bytes(0, noise.length), noise)
    await unpacker.finish()
    expect(unpacker.layer.verified).toBe(true)
  })

  test('compares the checksum of each block that it unpacks', async () => {
    for (const [args, check] of [
      [['-9'], 'adler32'],
      [['-9', '--crc32'], 'crc32'],
      [['-9', '-C'], 'adler32'],
    ] as const) {
      const packed = lzop(...args)(data.subarray(0, 1_000_000))
      // The first byte of the first block's first checksum.
      const at = blockStart(packed) + 8
      packed[at]! ^= 1
      const { unpacker, bytes } = openStream(openLzo, engine, withSizeWord(packed, 1_000_000))
      expect((await bytes(300_000, 300_100)).length).toBe(100)
      expectSameBytes(await bytes(0, 100), data.subarray(0, 100))
      expect(unpacker.layer).toMatchObject({ check, error: { code: 'checksum-mismatch' } })
      // Xen does not compare it: the stream is unpacked to its end all the same.
      unpacker.finish()
      expect(unpacker.layer).toMatchObject({ unpacked: 1_000_000, consumed: packed.length, verified: false })
    }
  })
})

/** Where the first block's header is: the name's length is at 0x21, its checksum has four bytes. */
const blockStart = (stream: Uint8Array) => 0x22 + stream[0x21]! + 4

describe('the lzop container', () => {
  const data = kernelLike(300_000)
  const packed = lzop('-9')(data)
  const finished = async (stream: Uint8Array) => {
    const { unpacker } = openStream(openLzo, 'wasm', stream)
    await unpacker.finish()
    return unpacker.layer
  }
  const changed = (change: (stream: Uint8Array) => void) => {
    const stream = withSizeWord(packed, data.length)
    change(stream)
    return finished(stream)
  }

  test('compares the header’s checksum only when all is checked', async () => {
    // The lowest byte of the file's time: Xen passes over it.
    const stream = withSizeWord(packed, data.length)
    stream[0x1b]! ^= 1
    const { unpacker, bytes } = openStream(openLzo, 'wasm', stream)
    expectSameBytes(await bytes(0, 1000), data.subarray(0, 1000))
    expect(unpacker.layer.error).toBeUndefined()
    await unpacker.finish()
    expect(unpacker.layer.error?.code).toBe('checksum-mismatch')
  })

  test('takes the short header of lzop before 0.94', async () => {
    // magic, version 0x0930, library, method 1, flags 0, mode, time, no name, its Adler-32
    const fields = [0x09, 0x30, 0x10, 0x01, 1, 0, 0, 0, 0, 0, 0, 0x81, 0xa4, 0, 0, 0, 1, 0]
    const engine = sharedEngine('wasm')
    engine.memory.set(fields, BASE)
    const sum = engine.adler32(BASE, fields.length, 1) >>> 0
    const magic = [0x89, 0x4c, 0x5a, 0x4f, 0x00, 0x0d, 0x0a, 0x1a, 0x0a]
    const words = [sum, 5, 5].flatMap(word => [word >>> 24, word >>> 16, word >>> 8, word])
    const stream = new Uint8Array([...magic, ...fields, ...words, 1, 2, 3, 4, 5, 0, 0, 0, 0])
    expect(await finished(stream)).toMatchObject({
      check: 'none',
      unpacked: 5,
      consumed: stream.length,
      verified: true,
    })
  })

  test('refuses what is not LZO1X, and filters', async () => {
    expect((await changed(stream => stream.set([128], 0xf))).error).toMatchObject({
      code: 'stream-unsupported',
      message: "the method at 0xf is 128, LZO1X's are 1 to 3",
    })
    expect((await changed(stream => stream.set([0x08], 0x13))).error?.code).toBe('stream-unsupported')
    expect((await changed(stream => stream.set([0x0b], 5))).error).toMatchObject({
      code: 'stream-corrupt',
      offset: 5,
    })
  })

  test('believes no size of a block that cannot be true', async () => {
    const at = blockStart(packed)
    const sizes = (size: number, length: number) =>
      changed(stream => {
        const view = new DataView(stream.buffer)
        view.setUint32(at, size)
        view.setUint32(at + 4, length)
      })
    const name = `the block at 0x${at.toString(16)} says that`
    expect((await sizes(0x04000001, 1000)).error).toMatchObject({
      code: 'stream-corrupt',
      message: `${name} it unpacks to 67108865 bytes, limit is 67108864`,
    })
    expect((await sizes(1000, 1001)).error?.message).toBe(`${name} 1001 bytes unpack to 1000`)
    expect((await sizes(1000, 0)).error?.message).toBe(`${name} 0 bytes unpack to 1000`)
    expect((await sizes(0x04000000, 1000)).error?.message).toBe(`${name} 1000 bytes unpack to 67108864`)
    expect((await sizes(0x04000000, 0x04000000)).error?.code).toBe('stream-truncated')
  })

  test('wants the block to fill its size', async () => {
    const at = blockStart(packed)
    const size = new DataView(packed.buffer).getUint32(at)
    const { error } = await changed(stream => new DataView(stream.buffer).setUint32(at, size + 1))
    expect(error).toMatchObject({ code: 'stream-corrupt' })
    expect(error?.message).toBe(
      `the block at 0x${(at + 12).toString(16)} unpacks to ${size} bytes, its header says ${size + 1}`,
    )
  })
})
