import { describe, expect, test } from 'vitest'
import { openXz } from '../../src/unwrap/xz.ts'
import { ENGINES, expectSameBytes, LIMITS, openStream, runTool } from './codec-suite.ts'
import { kernelLike } from './kernel-like.ts'
import { END_MARKER, type LzmaSymbol } from './lzma-encoder.ts'
import { type BlockParts, crc32, LZMA2, lzmaChunk, plainChunks, X86, xzStream } from './xz-builder.ts'

const TEXT = new TextEncoder().encode('seven bytes')
const plain: BlockParts = { chunks: plainChunks(TEXT), unpacked: TEXT.length }
const HELLO: LzmaSymbol[] = [104, 101, 108, 108, 111, { distance: 5, length: 15 }, 33]
const HELLO_TEXT = new TextEncoder().encode(`${'hello'.repeat(4)}!`)

const chunks = (...parts: (Uint8Array | number[])[]): Uint8Array<ArrayBuffer> =>
  new Uint8Array(Buffer.concat(parts.map(part => Uint8Array.from(part))))
const oneBlock = (block: Partial<BlockParts>) => xzStream({ blocks: [{ ...plain, ...block }] })
const ofChunks = (...parts: (Uint8Array | number[])[]) => oneBlock({ chunks: chunks(...parts) })

describe.each(ENGINES)('.xz containers in the %s engine', engine => {
  const unpack = async (stream: Uint8Array, limits = LIMITS) => {
    const { unpacker, bytes, checkGuards } = openStream(openXz, engine, stream, {
      limits,
      guards: limits !== LIMITS,
    })
    unpacker.finish()
    const output = await bytes(0, 2 ** 22)
    if (limits !== LIMITS) checkGuards()
    return { layer: unpacker.layer, output }
  }

  test('are understood as the xz tool understands them', async () => {
    const sizes = [plain.chunks.length, TEXT.length]
    const streams = [
      xzStream({ blocks: [] }),
      xzStream({ blocks: [plain] }),
      xzStream({ blocks: [plain, plain, plain] }),
      xzStream({ blocks: [{ ...plain, flags: 0xc0, sizes }] }),
      xzStream({
        blocks: [{ ...plain, flags: 0x40, sizes: sizes.slice(0, 1), check: crc32(TEXT) }],
        check: 1,
      }),
      xzStream({ blocks: [{ chunks: chunks(lzmaChunk(HELLO, 21), [0]), unpacked: 21 }] }),
    ]
    for (const stream of streams) {
      const { layer, output } = await unpack(stream)
      expect(layer).toMatchObject({ verified: true, consumed: stream.length, unpacked: output.length })
      expectSameBytes(output, runTool('xz', ['-dc'], stream))
    }
  })

  test('are known by their headers before anything is unpacked', () => {
    const { unpacker } = openStream(
      openXz,
      engine,
      runTool('xz', ['--lzma2=dict=1MiB', '--check=sha256'], TEXT),
    )
    expect(unpacker.layer).toMatchObject({
      codec: 'xz',
      dictionary: 2 ** 20,
      check: 'sha256',
      verified: false,
    })
    expect(unpacker.produced).toBe(0)
  })

  test('end with the first stream', async () => {
    const first = xzStream({ blocks: [plain] })
    for (const rest of [new Uint8Array(8), first, Uint8Array.of(1, 2, 3)]) {
      const { layer, output } = await unpack(new Uint8Array([...first, ...rest]))
      expect(layer).toMatchObject({ verified: true, consumed: first.length, unpacked: TEXT.length })
      expectSameBytes(output, TEXT)
    }
  })

  test('with a check that is not known are unpacked, and not said to be verified', async () => {
    const { layer, output } = await unpack(
      xzStream({ blocks: [{ ...plain, check: [1, 2, 3, 4] }], check: 2 }),
    )
    expect(layer).toMatchObject({ verified: false, check: 'unknown', unpacked: TEXT.length })
    expect(layer.error).toBeUndefined()
    expectSameBytes(output, TEXT)
  })

  test.each([
    [
      'the ARM64 filter',
      { filters: [{ id: 10, properties: [] }, LZMA2] },
      /has the filter 0x0a \(ARM64\), which is not supported/,
    ],
    ['a filter nobody knows', { filters: [{ id: 0x4000, properties: [] }, LZMA2] }, /0x4000 \(unknown\)/],
    ['two LZMA2', { filters: [LZMA2, LZMA2] }, /0x21 \(LZMA2\), which is not supported/],
    ['no LZMA2 at the end', { filters: [X86] }, /ends with the filter 0x04 \(x86\): only LZMA2/],
    [
      'Delta without a distance',
      { filters: [{ id: 3, properties: [] }, LZMA2] },
      /0x03 \(Delta\) that mean nothing/,
    ],
    [
      'a dictionary of no size',
      { filters: [{ id: 0x21, properties: [41] }] },
      /0x21 \(LZMA2\) that mean nothing/,
    ],
    ['reserved flags', { flags: 0x10 }, /has the reserved flags 0x10/],
  ])('%s is not supported', async (_, block, message) => {
    const { layer, output } = await unpack(oneBlock(block))
    expect(layer.error).toMatchObject({
      code: 'stream-unsupported',
      offset: 12,
      message: expect.stringMatching(message),
    })
    expect(output.length).toBe(0)
  })

  test('a dictionary above the limit is refused, one below takes no memory', async () => {
    const huge = oneBlock({ filters: [{ id: 0x21, properties: [40] }] })
    expect((await unpack(huge)).layer).toMatchObject({
      dictionary: 2 ** 32 - 1,
      error: { code: 'window-limit', offset: 12 },
    })
    const large = oneBlock({ filters: [{ id: 0x21, properties: [32] }] })
    const opened = openStream(openXz, engine, large)
    const before = opened.engine.memory.length
    opened.unpacker.finish()
    expect(opened.unpacker.layer).toMatchObject({ dictionary: 2 ** 28, verified: true })
    expect(opened.engine.memory.length - before).toBeLessThan(2 ** 20)
  })

  const bad = [(crc32(TEXT)[0]! + 1) & 0xff, ...crc32(TEXT).slice(1)]
  const block = /^the block at 0xc /
  test.each([
    [
      'a wrong check',
      xzStream({ blocks: [{ ...plain, check: bad }], check: 1 }),
      /^the crc32 of the block at 0xc does/,
    ],
    ['a wrong packed size', oneBlock({ flags: 0x40, sizes: [99] }), block],
    ['a wrong unpacked size', oneBlock({ flags: 0x80, sizes: [99] }), block],
    ['an index of too few', xzStream({ blocks: [plain, plain], index: [[28, 11]] }), /^the index at 0x/],
    ['an index of too many', xzStream({ blocks: [], index: [[28, 11]] }), /does not list the blocks/],
    [
      'an index that counts to 2^53',
      xzStream({ blocks: [plain], count: 2 ** 53 }),
      /does not list the blocks/,
    ],
    ['an index of other sizes', oneBlock({ unpacked: 12 }), /does not list the blocks/],
  ])('%s is a mismatch', async (_, stream, message) => {
    const { layer, output } = await unpack(stream)
    expect(layer.error).toMatchObject({ code: 'checksum-mismatch', message: expect.stringMatching(message) })
    expect(layer.verified).toBe(false)
    expectSameBytes(output.subarray(0, 11), TEXT.subarray(0, output.length))
  })

  test.each([
    [
      'starts without a dictionary',
      ofChunks([2, 0, 0, 1, 0]),
      /is the first one and does not reset the dictionary/,
    ],
    [
      'starts with old properties',
      ofChunks(lzmaChunk(HELLO, 21, undefined, 0xc0), [0]),
      /does not reset the dict/,
    ],
    [
      'has no properties',
      ofChunks(plainChunks(TEXT).subarray(0, -1), lzmaChunk(HELLO, 21, undefined, 0xa0)),
      /has no properties/,
    ],
    ['has no control byte', ofChunks([3, 0, 0, 0, 0]), /has the control byte 0x3/],
    [
      'has lc + lp above 4',
      ofChunks(lzmaChunk(HELLO, 21, { lc: 4, lp: 1, pb: 0 }), [0]),
      /has the properties 0xd/,
    ],
    ['has almost no bytes', ofChunks([0xe0, 0, 0, 0, 3, 0x5d, 0, 0, 0, 0]), /has only 4 compressed bytes/],
    [
      'starts with another byte',
      ofChunks([0xe0, 0, 0, 0, 5, 0x5d, 1, 0, 0, 0, 0, 0, 0]),
      /does not start with a zero/,
    ],
    ['is too short', ofChunks(lzmaChunk(HELLO, 200), [0]), /has too few compressed bytes|has a match/],
    ['has bytes left', ofChunks(lzmaChunk(HELLO, 20), [0]), /does not end at 0x/],
    [
      'goes too far back',
      ofChunks(lzmaChunk([1, { distance: 2, length: 2 }], 3), [0]),
      /reaches back to before/,
    ],
    [
      'goes too far on',
      ofChunks(lzmaChunk([1, { distance: 1, length: 9 }], 5), [0]),
      /goes on after its end/,
    ],
    ['has an end marker', ofChunks(lzmaChunk([1, END_MARKER], 5), [0]), /has an end marker before its end/],
  ])('a chunk that %s is corrupt', async (_, stream, message) => {
    const { layer } = await unpack(stream)
    expect(layer.error).toMatchObject({ code: 'stream-corrupt', message: expect.stringMatching(message) })
    expect(layer.error!.message).toMatch(/^the LZMA2 chunk at 0x/)
  })

  test('a match must not reach over the dictionary that the header says', async () => {
    const run: LzmaSymbol[] = [7, ...Array.from({ length: 15 }, () => ({ distance: 1, length: 273 }))]
    const size = 1 + 15 * 273
    const stream = (distance: number, properties: number) =>
      oneBlock({
        chunks: chunks(lzmaChunk([...run, { distance, length: 2 }], size + 2), [0]),
        unpacked: size + 2,
        filters: [{ id: 0x21, properties: [properties] }],
      })
    expect((await unpack(stream(4096, 0))).layer.verified).toBe(true)
    expect((await unpack(stream(4096 + 1, 1))).layer.error?.code).toBe('stream-corrupt')
    expect((await unpack(stream(4097, 0))).layer.error?.code).toBe('stream-corrupt')
  })

  test('a new dictionary forgets the bytes before', async () => {
    const first = lzmaChunk(HELLO, 21)
    const again = (control: number) =>
      oneBlock({
        chunks: chunks(first, lzmaChunk([{ distance: 21, length: 5 }], 5, undefined, control), [0]),
        unpacked: 26,
      })
    expect((await unpack(again(0xe0))).layer.error?.message).toMatch(/reaches back/)
    const { layer, output } = await unpack(again(0xc0))
    expect(layer.verified).toBe(true)
    expectSameBytes(output, Uint8Array.from([...HELLO_TEXT, ...HELLO_TEXT.subarray(0, 5)]))
  })

  test('what a chunk says that it unpacks to takes no memory, and no more than the limit', async () => {
    const stream = ofChunks(lzmaChunk(HELLO, 2 ** 21, undefined, 0xe0))
    const limits = { ...LIMITS, output: 2 ** 20 }
    const { layer, output } = await unpack(stream, limits)
    expect(layer.error).toMatchObject({ code: 'output-limit' })
    expect(output.length).toBe(0)
  })

  test('a stream that is cut anywhere is truncated', async () => {
    const stream = runTool('xz', ['--check=crc32', '--x86', '--lzma2'], kernelLike(3000))
    for (let length = 0; length < stream.length; length++) {
      const { unpacker } = openStream(openXz, engine, stream.subarray(0, length))
      unpacker.finish()
      expect(unpacker.layer.error).toMatchObject({ code: 'stream-truncated' })
      expect(unpacker.layer.verified).toBe(false)
    }
  })
})
