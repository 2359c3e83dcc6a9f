import { describe, expect, test } from 'vitest'
import { Input } from '../../src/unwrap/unpacker.ts'
import { openZstd } from '../../src/unwrap/zstd.ts'
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
import { kernelLike, randomNumbers } from './kernel-like.ts'

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

  test('unpacks one frame after the other, and says where the first and the last ended', async () => {
    const small = zstd('-9')(data.subarray(0, 5000))
    const other = zstd('-1', '--no-check')(data.subarray(5000, 9000))
    const skippable = new Uint8Array([0x50, 0x2a, 0x4d, 0x18, 0, 0, 0, 0])
    for (const [tail, skipped, more] of [
      [other, 0, true],
      [skippable, 8, false],
      [new Uint8Array([...skippable, ...skippable, ...other]), 16, true],
      [new Uint8Array(100_000), 0, false],
      [new Uint8Array([1, 2, 3]), 0, false],
    ] as const) {
      const { unpacker, bytes } = openStream(openZstd, engine, new Uint8Array([...small, ...tail]))
      expectSameBytes(await bytes(0, 10_000), data.subarray(0, more ? 9000 : 5000))
      await unpacker.finish()
      const firstEnd = small.length + skipped
      const { layer } = unpacker
      expect(layer.verified).toBe(true)
      expect(layer.unpacked).toBe(more ? 9000 : 5000)
      expect(layer.consumed).toBe(more ? firstEnd + other.length : firstEnd)
      expect(layer.firstFrame).toEqual(more ? { unpacked: 5000, consumed: firstEnd } : undefined)
    }
  })

  test('says where a frame after the first is broken', async () => {
    const first = zstd('-9')(data.subarray(0, 5000))
    const second = zstd('-9')(data.subarray(5000, 9000))
    second[second.length - 1]! ^= 1
    const { unpacker } = openStream(openZstd, engine, new Uint8Array([...first, ...second]))
    await unpacker.finish()
    expect(unpacker.layer).toMatchObject({
      verified: false,
      firstFrame: { unpacked: 5000, consumed: first.length },
      error: { code: 'checksum-mismatch', offset: first.length + second.length - 4 },
    })
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

  test('unpacks what is before the place where the stream breaks', async () => {
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

/** Where the first block header after `from` is; the frame header of a stream from stdin has 6 bytes. */
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

/** Data of every kind: what a block holds decides which of the format's forms the compressor takes. */
function blends(): [string, Uint8Array][] {
  const random = randomNumbers(11)
  const fill = (size: number, byte: (at: number) => number) =>
    Uint8Array.from({ length: size }, (_, at) => byte(at))
  const mostlyA = fill(300_000, () => (random() % 100 < 97 ? 65 : 65 + (random() % 3)))
  return [
    ['zeros', new Uint8Array(400_000)],
    ['noise', fill(300_000, () => random())],
    ['few symbols', mostlyA],
    ['all symbols', fill(300_000, () => Math.floor((random() % 16 ** 2) * ((random() % 1000) / 1000)))],
    ['one distance', fill(300_000, at => (at * 7) % 251)],
    [
      'periods of 1 to 20',
      fill(300_000, at => (Math.floor(at / 100) + (at % (1 + (Math.floor(at / 5000) % 20)))) & 255),
    ],
    [
      'far matches',
      joined(
        fill(200_000, () => random()),
        new Uint8Array(300_000),
        3,
      ),
    ],
    [
      'text',
      fill(250_000, at =>
        'the quick brown fox jumps over the lazy dog'.charCodeAt((at * (1 + (random() % 2))) % 43),
      ),
    ],
    ['a byte', new Uint8Array([7])],
    ['two blocks', kernelLike(128 * 1024 + 1, 8)],
    ['a block', kernelLike(128 * 1024, 9)],
  ]
}

/** `head`, `middle` and `head` again, `times` times, so that matches reach over all of it. */
function joined(head: Uint8Array, middle: Uint8Array, times: number): Uint8Array {
  const parts = Array.from({ length: times }, () => [head, middle]).flat()
  return new Uint8Array(Buffer.concat(parts))
}

describe.each(ENGINES)('zstd in the %s engine takes what any level makes of', engine => {
  const levels = ['--fast=9', '-1', '-3', '-7', '-13', '-19']
  test.each(blends())('%s', async (_, content) => {
    for (const level of levels) {
      const stream = zstd(level)(content)
      const { unpacker, bytes } = openStream(openZstd, engine, withSizeWord(stream, content.length))
      expectSameBytes(await bytes(0, content.length + 1), content)
      await unpacker.finish()
      expect(unpacker.layer).toMatchObject({ verified: true, consumed: stream.length })
    }
  })
})

describe.each(ENGINES)('zstd blocks in the %s engine', engine => {
  /** A frame of one compressed block, whose window is 1 MiB. */
  const frameOf = (...block: number[]) =>
    new Uint8Array([
      0x28,
      0xb5,
      0x2f,
      0xfd,
      0x00,
      0x50,
      (block.length << 3) | 5,
      block.length >> 5,
      0,
      ...block,
    ])
  const unpack = async (...block: number[]) => {
    const { unpacker, bytes } = openStream(openZstd, engine, frameOf(...block))
    const all = await bytes(0, 2 * MIB)
    await unpacker.finish()
    return { text: Buffer.from(all).toString('latin1'), layer: unpacker.layer }
  }
  const rawLiterals = (text: string) => [text.length << 3, ...Buffer.from(text)]

  test('literals alone', async () => {
    expect(await unpack(...rawLiterals('kernel'), 0)).toMatchObject({
      text: 'kernel',
      layer: { verified: true },
    })
    // Repeated, in the forms of one and of three header bytes.
    expect((await unpack((20 << 3) | 1, 0x78, 0)).text).toBe('x'.repeat(20))
    const long = 100_000
    expect((await unpack(((long & 15) << 4) | 0xd, (long >> 4) & 255, long >> 12, 0x79, 0)).text).toBe(
      'y'.repeat(long),
    )
  })

  test('sequences of one symbol each, and the last distances', async () => {
    // Three symbols of 0 bits: 3 literals, an offset code, a match of 4 bytes. Only the offset has bits of its own.
    const block = (offsetCode: number, ...bits: number[]) => [
      ...rawLiterals('abcxyz'),
      2,
      0x54,
      3,
      offsetCode,
      1,
      ...bits,
    ]
    // Code 2 and its bits: 1 to 4. The bits are read from the end, below the highest one.
    expect((await unpack(...block(2, 0b1_10_00))).text).toBe('abcabcaxyzzzzz')
    expect((await unpack(...block(2, 0b1_00_10))).text).toBe('abcccccxyzxyzx')
    // Code 0 is the last distance: 1 at a frame's start. After it come 4 and 8, which code 1 tells apart.
    expect((await unpack(...block(0, 1))).text).toBe('abcccccxyzzzzz')
    const other = [...rawLiterals('abcdefghijkl'), 2, 0x54, 6, 1, 0, 0b1_0_1]
    expect((await unpack(...other)).text).toBe('abcdefcdeghijkldeg')
  })

  test.each([
    ['literals', 'no block header', []],
    ['literals', 'a form that takes more than there is', [0x0c, 1]],
    ['literals', 'treeless literals without a tree', [0x33, 0x40, 0x00, 1, 0]],
    ['tables', 'no sequence count', rawLiterals('ab')],
    ['tables', 'bytes after no sequences', [...rawLiterals('ab'), 0, 0]],
    ['tables', 'a cut sequence count', [...rawLiterals('ab'), 128]],
    ['tables', 'no modes', [...rawLiterals('ab'), 1]],
    ['tables', 'reserved bits', [...rawLiterals('ab'), 1, 0x55, 1, 0, 1, 1]],
    ['tables', 'tables of an earlier block where there is none', [...rawLiterals('ab'), 1, 0xfc, 1]],
    ['tables', 'a length code that does not exist', [...rawLiterals('ab'), 1, 0x54, 36, 0, 1, 1]],
    ['sequences', 'no bits', [...rawLiterals('ab'), 1, 0x54, 1, 0, 1]],
    ['sequences', 'bits without an end', [...rawLiterals('ab'), 1, 0x54, 1, 0, 1, 0]],
    ['sequences', 'bits left over', [...rawLiterals('ab'), 1, 0x54, 1, 0, 1, 2]],
    ['sequences', 'more literals than there are', [...rawLiterals('ab'), 1, 0x54, 3, 0, 1, 1]],
    ['start of the frame', 'a match before the start', [...rawLiterals('ab'), 1, 0x54, 0, 0, 1, 1]],
  ] as const)('an error in the %s: %s', async (where, _, block) => {
    const { layer } = await unpack(...block)
    expect(layer).toMatchObject({ verified: false, error: { code: 'stream-corrupt', offset: 6 } })
    expect(layer.error!.message).toMatch(new RegExp(`^the block at 0x6 .*${where}`))
  })

  test('a block may not hold more than its window, nor a frame other than it says', async () => {
    const big = new Uint8Array([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x00, ...[0x0b, 0x40, 0x00, 0x61]])
    const tooLarge = openStream(openZstd, engine, big).unpacker
    await tooLarge.finish()
    expect(tooLarge.layer.error).toEqual({
      code: 'stream-corrupt',
      offset: 6,
      message: 'the block at 0x6 has 2049 bytes, limit is 1024',
      fault: 'unchecked',
    })
    const says6 = new Uint8Array([0x28, 0xb5, 0x2f, 0xfd, 0x20, 6, ...[0x29, 0, 0], ...Buffer.from('five!')])
    const other = openStream(openZstd, engine, says6).unpacker
    await other.finish()
    expect(other.layer.error?.message).toBe(
      "the frame's header says that it unpacks to 6 bytes, it unpacks to 5",
    )
  })
})

test('a failure to read the file is thrown, and is no fact about the stream', () => {
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
  expect(() => unpacker.need(0, data.length)).toThrow('EIO')
  expect(unpacker.layer.error).toBeUndefined()
})
