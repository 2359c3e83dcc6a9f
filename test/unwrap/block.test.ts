import { deflateRawSync, deflateSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type BlockCodec, BlockError, decodeBlock } from '../../src/unwrap/block.ts'
import { ENGINES, expectSameBytes, runTool, sharedEngine } from './codec-suite.ts'
import { kernelLike } from './kernel-like.ts'

const SIZE = 300_000
const data = kernelLike(SIZE, 7)

/** An lz4 block of the tool's legacy frame: after its magic and size. */
function lz4Block(bytes: Uint8Array): Uint8Array {
  const frame = runTool('lz4', ['-l', '-9', '-c'], bytes)
  const size = new DataView(frame.buffer).getUint32(4, true)
  return frame.subarray(8, 8 + size)
}

/** The first block of what lzop writes, which takes up to 256 KiB. */
function lzoBlock(bytes: Uint8Array): Uint8Array {
  const file = runTool('lzop', ['-9', '-c'], bytes)
  const view = new DataView(file.buffer)
  const header = 9 + 2 + 2 + 2 + 1 + 1 + 4 + 4 + 4 + 4
  const first = header + 1 + file[header]! + 4
  const packed = view.getUint32(first + 4)
  // One checksum of the unpacked bytes, as lzop writes it by default.
  return file.subarray(first + 12, first + 12 + packed)
}

const ENCODERS: Record<BlockCodec, (bytes: Uint8Array) => Uint8Array> = {
  deflate: bytes => new Uint8Array(deflateRawSync(bytes)),
  zlib: bytes => new Uint8Array(deflateSync(bytes)),
  lzma: bytes => runTool('xz', ['--format=lzma', '-c'], bytes),
  xz: bytes => runTool('xz', ['--check=crc32', '-c'], bytes),
  lzo: lzoBlock,
  lz4: lz4Block,
  zstd: bytes => runTool('zstd', ['-5', '-c'], bytes),
}
const MOST: Partial<Record<BlockCodec, number>> = { lzo: 256 * 1024 }
const CODECS = Object.keys(ENCODERS) as BlockCodec[]
const blocks = new Map(CODECS.map(codec => [codec, ENCODERS[codec](data)]))

describe.each(ENGINES)('blocks in the %s engine', name => {
  const engine = sharedEngine(name)

  test.each(CODECS)('%s: unpacks a block', codec => {
    const size = MOST[codec] ?? SIZE
    expectSameBytes(decodeBlock(engine, codec, blocks.get(codec)!, size), data.subarray(0, size))
  })

  test.each(CODECS.filter(codec => codec !== 'lzo'))(
    '%s: leaves out what is more than was asked for',
    codec => {
      for (const size of [0, 1, 4096, 100_001]) {
        expectSameBytes(decodeBlock(engine, codec, blocks.get(codec)!, size), data.subarray(0, size))
      }
    },
  )

  test.each(['deflate', 'zlib', 'zstd'] as const)('%s: passes over padding', codec => {
    const padded = new Uint8Array(blocks.get(codec)!.length + 509)
    padded.set(blocks.get(codec)!)
    expectSameBytes(decodeBlock(engine, codec, padded, SIZE + 1), data)
  })

  test('zstd: takes frames that follow each other, and passes over those without data', () => {
    const [first, second] = [data.subarray(0, 1000), data.subarray(1000, 70_000)].map(ENCODERS.zstd)
    const skippable = [0x51, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]
    const frames = new Uint8Array([...first!, ...skippable, ...second!])
    expectSameBytes(decodeBlock(engine, 'zstd', frames, SIZE), data.subarray(0, 70_000))
  })

  test.each([
    ['zlib', 'its adler32 does not match'],
    ['zstd', 'the xxh64 of its frame does not match'],
  ] as const)('%s: compares the checksum', (codec, message) => {
    const block = blocks.get(codec)!.slice()
    block[block.length - 1]! ^= 1
    expect(() => decodeBlock(engine, codec, block, SIZE + 1)).toThrow(message)
  })

  test.each(CODECS)('%s: says that a block was cut', codec => {
    const block = blocks.get(codec)!
    expect(() => decodeBlock(engine, codec, block.subarray(0, block.length >> 1), SIZE)).toThrow(BlockError)
  })

  test.each(CODECS)('%s: ends on any bytes with a block of the size allowed, or a BlockError', codec => {
    const small = ENCODERS[codec](data.subarray(0, 3000))
    const change = fc.record({ at: fc.nat(small.length - 1), byte: fc.nat(255) })
    fc.assert(
      fc.property(
        fc.array(change, { maxLength: 8 }),
        fc.nat(small.length),
        fc.nat(5000),
        (changes, length, most) => {
          const mutant = small.slice()
          for (const { at, byte } of changes) mutant[at] = byte
          try {
            expect(decodeBlock(engine, codec, mutant.subarray(0, length), most).length).toBeLessThanOrEqual(
              most,
            )
          } catch (error) {
            expect(error).toBeInstanceOf(BlockError)
          }
        },
      ),
      { numRuns: 300 },
    )
  })

  test('refuses blocks that no format has', () => {
    expect(() => decodeBlock(engine, 'deflate', new Uint8Array(1), 2 ** 30)).toThrow('limit is 67108864')
  })
})
