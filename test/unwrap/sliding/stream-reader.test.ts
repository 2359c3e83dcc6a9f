import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { MemorySource } from '../../../src/source/memory.ts'
import { BlockError } from '../../../src/unwrap/block.ts'
import { readStream, type SlidingCodec } from '../../../src/unwrap/sliding/stream-reader.ts'
import { ENGINES, expectSameBytes, runTool, sharedEngine } from '../codec-suite.ts'
import { kernelLike, randomNumbers } from '../kernel-like.ts'

const MIB = 2 ** 20
const MAX_WINDOW = 256 * MIB

const TOOLS: [SlidingCodec, string, string[]][] = [
  ['gzip', 'gzip', ['-6', '-c']],
  ['bzip2', 'bzip2', ['-9', '-c']],
  ['lzma', 'xz', ['--format=lzma', '--lzma1=dict=256KiB', '-c']],
  ['xz', 'xz', ['--lzma2=dict=256KiB', '-c']],
  ['xz', 'xz', ['--x86', '--lzma2=dict=256KiB', '-c']],
  ['zstd', 'zstd', ['-3', '-c']],
  ['lz4', 'lz4', ['-q', '-B4', '-BD', '-c']],
  ['lz4', 'lz4', ['-q', '-B7', '--content-size', '-BX', '-c']],
  ['lz4', 'lz4', ['-q', '-l', '-c']],
  ['lzo', 'lzop', ['-c']],
]

/** Bytes of several kinds, many times as long as any window here. */
function mixed(size: number): Uint8Array {
  const bytes = kernelLike(size, 5)
  bytes.fill(0, size / 4, size / 3)
  const next = randomNumbers(3)
  for (let at = size / 2; at < size / 2 + 100_000; at++) bytes[at] = next()
  return bytes
}

const data = mixed(6 * MIB)
const small = data.subarray(0, 20_000)
const packed = new Map(TOOLS.map(([, tool, args]) => [args, runTool(tool, args, data)]))

function unpack(
  engine: Parameters<typeof readStream>[0],
  codec: SlidingCodec,
  bytes: Uint8Array,
): Uint8Array {
  const pieces: Uint8Array[] = []
  for (const piece of readStream(engine, codec, new MemorySource(bytes), MAX_WINDOW))
    pieces.push(piece.slice())
  return new Uint8Array(Buffer.concat(pieces))
}

describe.each(ENGINES)('streams with a sliding window in the %s engine', name => {
  const engine = sharedEngine(name)

  test.each(TOOLS)('%s: unpacks all of a stream that is longer than its window', (codec, _, args) => {
    expectSameBytes(unpack(engine, codec, packed.get(args)!), data)
  })

  test.each(TOOLS.filter(([codec]) => codec !== 'lzma' && codec !== 'lzo'))(
    '%s: goes on with the stream that follows',
    (codec, tool, args) => {
      const one = runTool(tool, args, small)
      expectSameBytes(unpack(engine, codec, Buffer.concat([one, one])), Buffer.concat([small, small]))
    },
  )

  test.each(TOOLS)('%s: says that the stream is cut', (codec, _, args) => {
    const stream = packed.get(args)!
    expect(() => unpack(engine, codec, stream.subarray(0, stream.length >> 1))).toThrow(BlockError)
  })

  test.each(TOOLS)('%s: ends on any bytes, if not at their end with a BlockError', (codec, tool, args) => {
    const stream = runTool(tool, args, small)
    const change = fc.record({ at: fc.nat(stream.length - 1), byte: fc.nat(255) })
    fc.assert(
      fc.property(fc.array(change, { maxLength: 6 }), fc.nat(stream.length), (changes, length) => {
        const mutant = stream.slice()
        for (const { at, byte } of changes) mutant[at] = byte
        try {
          unpack(engine, codec, mutant.subarray(0, length))
        } catch (error) {
          expect(error).toBeInstanceOf(BlockError)
        }
      }),
      { numRuns: 60 },
    )
  })
})

test('memory does not grow with the stream', () => {
  const engine = sharedEngine('wasm')
  const zeros = runTool('gzip', ['-1', '-c'], new Uint8Array(64 * MIB))
  for (const _ of readStream(engine, 'gzip', new MemorySource(zeros), MAX_WINDOW));
  const before = engine.memory.length
  let count = 0
  const stream = Buffer.concat(Array.from({ length: 8 }, () => zeros))
  for (const piece of readStream(engine, 'gzip', new MemorySource(stream), MAX_WINDOW)) count += piece.length
  expect(count).toBe(512 * MIB)
  expect(engine.memory.length).toBe(before)
})
