/** Compressed files that are larger than an engine's memory: what they are is said, and no more kept than that takes. */
import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { createEngine } from '../../src/fleet/engines.ts'
import type { Source } from '../../src/source/source.ts'
import { readImage } from '../../src/unwrap/read-image.ts'

const GIB = 2 ** 30
/** Where the payload of the sample bzImages starts. */
const PAYLOAD = 5 * 512 + 256

/** A file of `size` bytes that begins with `start`, and is zeros then. */
const sparse = (start: Uint8Array, size: number): Source => ({
  size,
  read(into, position) {
    const part = start.subarray(Math.min(position, start.length), position + into.length)
    into.fill(0)
    into.set(part)
    return Math.max(0, Math.min(into.length, size - position))
  },
})

/** Both engines' reading, which has to be the same, and the largest of their memories. */
function read(start: Uint8Array, size: number, verify = false) {
  const [reading, twin] = (['wasm', 'typescript'] as const).map(name => {
    const engine = createEngine(name)
    const { facts, problem } = readImage(engine, sparse(start, size), { verify })
    return { facts, problem, memory: engine.memory.length }
  })
  expect(twin!.facts).toEqual(reading!.facts)
  expect(twin!.problem).toEqual(reading!.problem)
  return { ...reading!, memory: Math.max(reading!.memory, twin!.memory) }
}

describe.each([1.5, 4, 5])('a file of %d GiB', gib => {
  test.each([false, true])('that is no kernel is told by its start, verify %s', verify => {
    const { problem, memory } = read(gzipSync('a manual page\n'), gib * GIB, verify)
    expect(problem?.code).toBe('not-a-kernel')
    expect(memory).toBeLessThan(64 * 2 ** 20)
  })

  test.each(['gzip', 'bzip2', 'lzma', 'xz', 'lzo', 'lz4', 'zstd'])(
    'with a kernel in %s is too large',
    codec => {
      const image = readFileSync(new URL(`../../fixtures/codecs/bzimage-${codec}`, import.meta.url))
      const { facts, problem, memory } = read(new Uint8Array(image.subarray(PAYLOAD)), gib * GIB)
      expect(problem).toEqual({
        code: 'file-too-large',
        message: `Cannot unpack the file: it has ${gib * GIB} bytes, limit is ${GIB}`,
      })
      expect(facts.layers).toMatchObject([{ kind: 'stream', codec, length: gib * GIB }])
      expect(memory).toBeLessThan(64 * 2 ** 20)
    },
  )
})
