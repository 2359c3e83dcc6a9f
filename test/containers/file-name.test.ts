import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeName, isSelfOrParent } from '../../src/containers/file-name.ts'

const bytes = (...values: number[]) => Uint8Array.from(values)

test.each<[string, Uint8Array, string]>([
  ['UTF-8', new TextEncoder().encode('vmlinuz-ü-🐧'), 'vmlinuz-ü-🐧'],
  ['a byte order mark', bytes(0xef, 0xbb, 0xbf, 0x61), '\ufeffa'],
  ['Latin-1', bytes(0x6b, 0xfc, 0x6e), 'k\\xFCn'],
  ['a slash and a NUL', bytes(0x61, 0x2f, 0x00, 0x62), 'a\\x2F\\x00b'],
  ['a surrogate and an overlong slash', bytes(0xed, 0xa0, 0x80, 0xc0, 0xaf), '\\xED\\xA0\\x80\\xC0\\xAF'],
  ['a sequence that is cut', bytes(0x61, 0xf0, 0x9f, 0x90), 'a\\xF0\\x9F\\x90'],
])('%s', (_, name, text) => {
  expect(decodeName(name)).toBe(text)
})

test('a path keeps its slashes', () => {
  expect(decodeName(bytes(0x61, 0x2f, 0xff), { slashes: true })).toBe('a/\\xFF')
})

test('. and .. are told from other names', () => {
  expect(['.', '..', '...', ''].map(isSelfOrParent)).toEqual([true, true, false, false])
})

/** The bytes that a name without a backslash of its own was written from. */
const encode = (text: string) =>
  Buffer.concat(
    text
      .split(/(\\x[0-9A-F]{2})/)
      .map(part =>
        /^\\x[0-9A-F]{2}$/.test(part) ? Buffer.from(part.slice(2), 'hex') : Buffer.from(part, 'utf8'),
      ),
  )

test('any bytes become a name without slashes and NULs, from which they can be told again', () => {
  const byte = fc.oneof(
    fc.integer({ min: 0, max: 255 }),
    fc.constantFrom(0x2f, 0, 0xc3, 0xa9, 0xf0, 0x9f, 0xed),
  )
  fc.assert(
    fc.property(fc.array(byte, { maxLength: 40 }), values => {
      const name = Uint8Array.from(values.filter(value => value !== 0x5c))
      const text = decodeName(name)
      expect(text).not.toMatch(/[/\0]/)
      expect(encode(text)).toEqual(Buffer.from(name))
    }),
    { numRuns: 5000 },
  )
})
