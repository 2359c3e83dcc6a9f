import fc from 'fast-check'
import { expect, test } from 'vitest'
import { KeptStart } from '../../src/source/kept-start.ts'
import { MemorySource, readBytes } from '../../src/source/memory.ts'

const bytes = Uint8Array.from({ length: 40_000 }, (_, at) => at * 7)

test('gives the bytes of its source, whatever is asked for in whatever order', () => {
  const read = fc.record({ at: fc.nat(41_000), length: fc.oneof(fc.nat(300), fc.nat(20_000)) })
  fc.assert(
    fc.property(fc.array(read, { maxLength: 12 }), reads => {
      const kept = new KeptStart(new MemorySource(bytes))
      for (const { at, length } of reads) {
        const expected = bytes.slice(at, at + length)
        expect(Buffer.compare(readBytes(kept, at, length), expected)).toBe(0)
      }
    }),
  )
})

test('reads no byte of the start twice', () => {
  let read = 0
  const source = new MemorySource(bytes)
  const counted = {
    size: source.size,
    read(into: Uint8Array, position: number) {
      read += into.length
      return source.read(into, position)
    },
  }
  const kept = new KeptStart(counted)
  for (const length of [1024, 4096, 512, 8224, 8192]) readBytes(kept, 0, length)
  expect(read).toBe(8224)
})
