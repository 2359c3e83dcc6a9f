import fc from 'fast-check'
import { expect, test } from 'vitest'
import { findMultiboot } from '../../src/facts/multiboot.ts'

/** A file with a header of either version at `at`. */
function withHeader(version: 1 | 2, at: number, size = 16_384): Uint8Array {
  const bytes = new Uint8Array(size)
  const view = new DataView(bytes.buffer)
  const words = version === 1 ? [0x1bad_b002, 3] : [0xe852_50d6, 0, 24]
  const sum = words.reduce((total, word) => (total + word) >>> 0, 0)
  for (const [index, word] of [...words, -sum >>> 0].entries()) view.setUint32(at + 4 * index, word, true)
  return bytes
}

test.each([
  [1, 4, [1]],
  [1, 4096, [1]],
  [1, 8180, [1]],
  [1, 8184, []],
  [1, 8192, []],
  [2, 8, [2]],
  [2, 4, []],
  [2, 8176, [2]],
] as const)('version %d at byte %d: %j', (version, at, found) => {
  expect(findMultiboot(withHeader(version, at))).toEqual(found)
})

test('a magic alone is no header', () => {
  const bytes = withHeader(1, 64)
  bytes[72]! ^= 1
  expect(findMultiboot(bytes)).toEqual([])
})

test('any bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), fc.nat(70), (bytes, cut) => {
      const file = withHeader(1, 0, 80)
      file.set(bytes, 12)
      expect(findMultiboot(file.subarray(0, Math.max(12, cut)))).toContain(1)
      expect(() => findMultiboot(bytes)).not.toThrow()
    }),
  )
})
