import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { openXz } from '../../src/unwrap/xz.ts'
import { ENGINES, expectSameBytes, openStream, runTool } from './codec-suite.ts'
import { kernelLike, randomNumbers } from './kernel-like.ts'
import { LZMA2, plainChunks, X86, xzStream } from './xz-builder.ts'

/** Bytes that are what the x86 filter is hard on: opcodes side by side, and targets that are near or just not. */
function denseCode(size: number, seed: number, opcodes: number): Uint8Array<ArrayBuffer> {
  const random = randomNumbers(seed)
  const bytes = new Uint8Array(size)
  for (let at = 0; at < size; at++) {
    const choice = random()
    const kind = choice % 100
    if (kind < opcodes) bytes[at] = 0xe8 + ((choice >>> 8) & 1)
    else if (kind < opcodes + 15) bytes[at] = 0
    else if (kind < opcodes + 30) bytes[at] = 0xff
    else bytes[at] = choice >>> 8
  }
  return bytes
}

/** The bytes as the content of a block that the filter goes over when it is unpacked; not what it was encoded from. */
const filtered = (bytes: Uint8Array, start: number[] = []) =>
  xzStream({
    blocks: [
      {
        chunks: plainChunks(bytes),
        unpacked: bytes.length,
        filters: [{ ...X86, properties: start }, LZMA2],
      },
    ],
  })

const MIX = new Uint8Array(
  Buffer.concat([
    kernelLike(300_000, 11),
    denseCode(200_000, 12, 10),
    denseCode(100_000, 13, 40),
    // No place in it at which the filter forgets what came before.
    new Uint8Array(150_000).fill(0xe8),
    denseCode(150_000, 14, 69),
    kernelLike(100_000, 15),
  ]),
)

describe.each(ENGINES)('the x86 filter in the %s engine', engine => {
  test.each([
    ['start 0', []],
    ['start 0x123', [0x23, 0x01, 0, 0]],
    ['a start near 4 GiB', [0xf0, 0xff, 0xff, 0xff]],
  ])('from %s, as xz does it', async (_, start) => {
    const stream = filtered(MIX, start)
    const { unpacker, bytes } = openStream(openXz, engine, stream)
    unpacker.finish()
    expect(unpacker.layer).toMatchObject({ verified: true, check: 'none' })
    expectSameBytes(await bytes(0, MIX.length), runTool('xz', ['-dc'], stream))
  })

  test('in windows of a block that is not at its end', async () => {
    const stream = filtered(MIX)
    const expected = runTool('xz', ['-dc'], stream)
    // The last chunk stays away, so the block never ends and every window is a copy.
    const cut = stream.subarray(0, stream.length - 60_000)
    const random = randomNumbers(5)
    for (let round = 0; round < 20; round++) {
      const { bytes } = openStream(openXz, engine, cut)
      for (let count = 0; count < 10; count++) {
        const start = random() % 850_000
        const end = start + (random() % (count % 4 === 0 ? 50_000 : 100))
        expectSameBytes(await bytes(start, end), expected.subarray(start, end))
      }
    }
  })

  test('in windows over the ends of blocks, some of them without the filter', async () => {
    const piece = MIX.subarray(280_000, 320_000)
    const blocks = [true, true, false, true, false, false, true].map(hasFilter => ({
      chunks: plainChunks(piece),
      unpacked: piece.length,
      filters: hasFilter ? [X86, LZMA2] : [LZMA2],
    }))
    const stream = xzStream({ blocks })
    const expected = runTool('xz', ['-dc'], stream)
    const random = randomNumbers(6)
    for (let round = 0; round < 30; round++) {
      const { bytes, unpacker } = openStream(openXz, engine, stream)
      let end = 0
      while (end < expected.length) {
        const start = Math.max(0, end - (random() % 50_000))
        end += random() % 90_000
        expectSameBytes(await bytes(start, end), expected.subarray(start, end))
      }
      unpacker.finish()
      expect(unpacker.layer.verified).toBe(true)
    }
  })

  test('where a stream breaks, only bytes that it would not change are given', async () => {
    const stream = filtered(MIX)
    const expected = runTool('xz', ['-dc'], stream)
    const cut = stream.subarray(0, 500_000)
    const { bytes, unpacker } = openStream(openXz, engine, cut)
    const known = await bytes(0, MIX.length)
    expect(unpacker.layer.error?.code).toBe('stream-truncated')
    expect(known.length).toBe(unpacker.produced - 4)
    expectSameBytes(known, expected.subarray(0, known.length))
  })

  test('backwards windows in code without a quiet place are not filtered from the start each time', async () => {
    const { bytes, unpacker } = openStream(
      openXz,
      engine,
      filtered(new Uint8Array(4_000_000).fill(0xe8)).subarray(0, -70_000),
    )
    await bytes(0, 3_800_000)
    // From the start each time these would be 7 GB.
    for (let start = 3_800_000; start > 0; start -= 1000)
      expect((await unpacker.need(start, start + 10)).length).toBe(10)
  })
})

test('the engines filter alike, in any pieces', async () => {
  const byte = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(0xe8, 0xe9) },
    { weight: 3, arbitrary: fc.constantFrom(0, 0xff) },
    { weight: 4, arbitrary: fc.nat(255) },
  )
  await fc.assert(
    fc.asyncProperty(
      fc.array(byte, { maxLength: 400 }),
      fc.array(fc.tuple(fc.nat(400), fc.nat(50))),
      async (list, needs) => {
        const stream = filtered(Uint8Array.from(list))
        const whole = openStream(openXz, 'typescript', stream)
        whole.unpacker.finish()
        const expected = await whole.bytes(0, list.length)
        for (const engine of ENGINES) {
          const { bytes } = openStream(openXz, engine, stream)
          for (const [start, length] of needs) {
            const to = start + length
            expectSameBytes(await bytes(start, to), expected.subarray(start, to))
          }
        }
      },
    ),
    { numRuns: 200 },
  )
})
