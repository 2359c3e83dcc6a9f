import { describe, expect, test } from 'vitest'
import type { EngineName } from '../../src/engine/engine.ts'
import { BASE } from '../../src/engine/memory.ts'
import { createEngine } from '../../src/fleet/engines.ts'
import { MemorySource } from '../../src/source/memory.ts'
import { OPENERS } from '../../src/unwrap/codecs.ts'
import { Input } from '../../src/unwrap/unpacker.ts'
import { ENGINES, expectSameBytes, LIMITS, runTool, withSizeWord } from './codec-suite.ts'
import { kernelLike, randomNumbers } from './kernel-like.ts'

const MIB = 2 ** 20
const PIECE = 300_000
/** Notes are read before the rest: a part of the stream is unpacked when reading from the front begins. */
const LOOKED_AT = 2 * MIB

const TOOLS: [keyof typeof OPENERS, string, string[]][] = [
  ['gzip', 'gzip', ['-1', '-c']],
  ['bzip2', 'bzip2', ['-9', '-c']],
  ['lzma', 'xz', ['--format=lzma', '--lzma1=preset=0,dict=1MiB', '-c']],
  ['xz', 'xz', ['--check=crc32', '--x86', '--lzma2=preset=0,dict=1MiB', '-c']],
  ['xz', 'xz', ['--check=crc64', '--lzma2=preset=0,dict=1MiB,lc=1,lp=2', '-c']],
  ['xz', 'xz', ['--check=crc32', '--block-size=1500001', '--x86', '--lzma2=preset=0,dict=1MiB', '-c']],
  ['lz4', 'lz4', ['-q', '-l', '-1', '-c']],
  ['lzo', 'lzop', ['-1', '-c']],
]
/** What needs all of its output keeps it, and is read alike. */
const KEPT: typeof TOOLS = [
  ['zstd', 'zstd', ['-q', '-1', '-c']],
  ['xz', 'xz', ['--check=sha256', '--x86', '--lzma2=preset=0,dict=1MiB', '-c']],
  ['xz', 'xz', ['--check=crc32', '--delta', '--x86', '--lzma2=preset=0,dict=1MiB', '-c']],
]

/** Bytes of several kinds, with some that hardly compress. */
function mixed(size: number): Uint8Array {
  const bytes = kernelLike(size, 7)
  const next = randomNumbers(3)
  for (let at = size / 2; at < size / 2 + MIB; at++) bytes[at] = next()
  return bytes
}

const SIZES = { wasm: 18 * MIB, typescript: 4 * MIB }

const packed = new Map<string, { data: Uint8Array; stream: Uint8Array }>()
function pack(name: EngineName, tool: string, args: string[]) {
  const key = [name, tool, ...args].join(' ')
  const known = packed.get(key)
  if (known !== undefined) return known
  const data = mixed(SIZES[name])
  const made = { data, stream: withSizeWord(runTool(tool, args, data), data.length) }
  packed.set(key, made)
  return made
}

/** Reads a stream from front to back in a new engine. */
function passThrough(name: EngineName, codec: keyof typeof OPENERS, stream: Uint8Array, forgets = true) {
  const engine = createEngine(name)
  const input = new Input(engine, new MemorySource(stream), 0, stream.length, BASE)
  const unpacker = OPENERS[codec]({ engine, input, output: input.end + 4096, limits: LIMITS })
  unpacker.need(LOOKED_AT, LOOKED_AT + 1000)
  const pieces: Uint8Array[] = []
  for (let position = 0; ; ) {
    const { address, length } = unpacker.need(position, position + PIECE)
    if (length === 0) break
    pieces.push(engine.memory.slice(address, address + length))
    position += length
    if (forgets) unpacker.forget?.(position)
  }
  unpacker.finish()
  const { layer } = unpacker
  unpacker.close?.()
  return { bytes: new Uint8Array(Buffer.concat(pieces)), layer, memory: engine.memory.length - input.end }
}

describe.each(ENGINES)('a stream that is read from front to back in the %s engine', name => {
  test.each([...TOOLS, ...KEPT])(
    '%s: gives the same bytes and the same layer (%s %j)',
    (codec, tool, args) => {
      const { data, stream } = pack(name, tool, args)
      const { bytes, layer } = passThrough(name, codec, stream)
      expectSameBytes(bytes, data)
      expect(layer).toMatchObject({ verified: true, unpacked: data.length })
      expect(layer).toEqual(passThrough(name, codec, stream, false).layer)
    },
  )
})

test.each(TOOLS)('%s: says what is wrong at the end of a stream (%s %j)', (codec, tool, args) => {
  const { stream } = pack('typescript', tool, args)
  // The size word, and what lies before it: checksums, an index, the last bytes of the stream.
  for (const at of [1, 6, 200]) {
    const broken = stream.slice()
    broken[broken.length - at]! ^= 0x10
    const { layer } = passThrough('wasm', codec, broken)
    expect(layer).toEqual(passThrough('wasm', codec, broken, false).layer)
  }
})

test.each(TOOLS)('%s: takes memory that does not grow with the stream (%s %j)', (codec, tool, args) => {
  const { memory } = passThrough('wasm', codec, pack('wasm', tool, args).stream)
  // A block of lz4 has 8 MiB.
  expect(memory).toBeLessThan(17 * MIB)
})
