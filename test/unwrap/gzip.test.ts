import { describe, expect, test } from 'vitest'
import { openGzip } from '../../src/unwrap/gzip.ts'
import { Input } from '../../src/unwrap/unpacker.ts'
import {
  describeCodec,
  ENGINES,
  expectSameBytes,
  LIMITS,
  openStream,
  runTool,
  sharedEngine,
} from './codec-suite.ts'
import { kernelLike } from './kernel-like.ts'

const gzip =
  (...args: string[]) =>
  (bytes: Uint8Array) =>
    runTool('gzip', [...args, '-c'], bytes)

describeCodec(
  'gzip',
  openGzip,
  [
    { name: 'gzip -9', encode: gzip('-9n') },
    { name: 'gzip -1', encode: gzip('-1') },
  ],
  false,
)

const data = kernelLike(9_000_000, 4)
const packed = gzip('-n')(data)

describe.each(ENGINES)('gzip in the %s engine', engine => {
  test('unpacks little more than a window needs, and goes on later', async () => {
    const { unpacker, input, bytes } = openStream(openGzip, engine, packed)
    expectSameBytes(await bytes(0, 592), data.subarray(0, 592))
    expect(unpacker.produced).toBeLessThanOrEqual(2 ** 20)
    expect(input.bytesRead).toBeLessThan(packed.length / 2)
    expectSameBytes(await bytes(4_000_000, 4_004_096), data.subarray(4_000_000, 4_004_096))
    expect(unpacker.produced).toBeLessThan(4_004_096 + 2 ** 20)
    // A while in which nobody pulls changes nothing.
    await new Promise(resolve => setTimeout(resolve, 50))
    expect(unpacker.produced).toBeLessThan(4_004_096 + 2 ** 20)
    expectSameBytes(await bytes(0, 9_000_000), data)
    expect(unpacker.layer).toMatchObject({ check: 'crc32', sizeWord: 9_000_000, verified: false })
    expect(unpacker.layer.error).toBeUndefined()
    await unpacker.finish()
    expect(unpacker.layer).toMatchObject({ unpacked: 9_000_000, consumed: packed.length, verified: true })
  })

  test('unpacks one member, and says where it ended', async () => {
    const small = gzip('-9n')(data.subarray(0, 5000))
    for (const tail of [small, new Uint8Array(100_000), new Uint8Array([1, 2, 3, 4]), kernelLike(700_000)]) {
      const { unpacker, bytes } = openStream(openGzip, engine, new Uint8Array([...small, ...tail]))
      expectSameBytes(await bytes(0, 10_000), data.subarray(0, 5000))
      await unpacker.finish()
      expect(unpacker.layer).toMatchObject({ unpacked: 5000, consumed: small.length, verified: true })
    }
  })

  test('compares the trailer', async () => {
    const small = gzip('-9n')(data.subarray(0, 5000))
    for (const [at, message] of [
      [-8, /^the crc32 at 0x[0-9a-f]+ does not match$/],
      [-1, /^the size at 0x[0-9a-f]+ is 16782216, the stream unpacks to 5000 bytes$/],
    ] as const) {
      const stream = small.slice()
      stream[small.length + at]! ^= 1
      const { unpacker } = openStream(openGzip, engine, stream)
      await unpacker.finish()
      expect(unpacker.layer).toMatchObject({
        unpacked: 5000,
        verified: false,
        error: { code: 'checksum-mismatch' },
      })
      expect(unpacker.layer.error?.message).toMatch(message)
    }
  })
})

describe('the gzip header', () => {
  const body = gzip('-9n')(data.subarray(0, 5000)).subarray(10)
  const finished = async (header: number[]) => {
    const { unpacker } = openStream(openGzip, 'wasm', new Uint8Array([...header, ...body]))
    await unpacker.finish()
    return unpacker.layer
  }
  const fixed = (flags: number, method = 8, second = 0x8b) => [0x1f, second, method, flags, 0, 0, 0, 0, 2, 3]
  const name = [0x76, 0x6d, 0]

  test('takes every field of RFC 1952, and the magic 1f 9e', async () => {
    expect(await finished(fixed(0, 8, 0x9e))).toMatchObject({ unpacked: 5000, verified: true })
    for (const header of [
      fixed(0x01),
      [...fixed(0x08), ...name],
      [...fixed(0x10), ...name],
      [...fixed(0x18), ...name, ...name],
      [...fixed(0x04), 3, 0, 1, 2, 3],
      [...fixed(0x1c), 0, 0, ...name, ...name],
      [...fixed(0x08), ...new Array(70_000).fill(0x61), 0],
    ]) {
      expect(await finished(header)).toMatchObject({
        unpacked: 5000,
        consumed: header.length + body.length,
        verified: true,
      })
    }
  })

  test('compares its own checksum when all is checked', async () => {
    const header = fixed(0x02)
    const engine = sharedEngine('wasm')
    engine.memory.set(header, 0x1000000)
    const sum = engine.crc32(0x1000000, header.length, 0)
    expect(await finished([...header, sum & 0xff, (sum >> 8) & 0xff])).toMatchObject({ verified: true })
    const bad = await finished([...header, ~sum & 0xff, (sum >> 8) & 0xff])
    expect(bad.error).toMatchObject({ code: 'checksum-mismatch', offset: 10 })
  })

  test('refuses what is not gzip', async () => {
    expect((await finished(fixed(0, 7))).error).toEqual({
      code: 'stream-unsupported',
      offset: 2,
      message: 'the method at 0x2 is 7, deflate is 8',
    })
    expect((await finished(fixed(0x20))).error).toMatchObject({ code: 'stream-unsupported', offset: 3 })
    expect((await finished(fixed(0, 8, 0x8c))).error).toMatchObject({ code: 'stream-corrupt', offset: 1 })
    expect((await finished([...fixed(0x08), ...new Array(140_000).fill(0x61), 0])).error).toMatchObject({
      code: 'stream-unsupported',
      message: 'the header takes more than 131072 bytes',
    })
  })

  test('may be cut anywhere', async () => {
    const whole = [...fixed(0x0c), 3, 0, 1, 2, 3, ...name]
    for (let length = 0; length < whole.length; length++) {
      const { unpacker } = openStream(openGzip, 'wasm', new Uint8Array(whole.slice(0, length)))
      expect((await unpacker.need(0, 10)).length).toBe(0)
      expect(unpacker.layer.error?.code).toBe('stream-truncated')
    }
  })
})

test('a failure to read the file is thrown, and is no fact about the stream', () => {
  const engine = sharedEngine('wasm')
  const source = {
    size: packed.length,
    read(into: Uint8Array, position: number) {
      if (position > 300_000 && position < packed.length - 10) throw new Error('EIO')
      into.set(packed.subarray(position, position + into.length))
      return into.length
    },
  }
  const input = new Input(engine, source, 0, packed.length, 0x1000000)
  const unpacker = openGzip({ engine, input, output: input.end + 4096, limits: LIMITS })
  expect(() => unpacker.need(0, 9_000_000)).toThrow('EIO')
  expect(unpacker.layer.error).toBeUndefined()
})
