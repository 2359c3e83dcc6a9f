import fc from 'fast-check'
import { expect, test } from 'vitest'
import { escapeName, parseInside, unescapeName, writeInside } from '../../src/containers/address.ts'

test.each([
  ['vmlinuz-6.1.0-50-amd64', 'vmlinuz-6.1.0-50-amd64'],
  ['kernel größe', 'kernel%20größe'],
  ['a!b', 'a%21b'],
  ['100%', '100%25'],
  ['a\nb', 'a%0Ab'],
  ["$(id)'", '%24%28id%29%27'],
  ['\\xFF', '%5CxFF'],
])('%j is written as %s', (name, text) => {
  expect(escapeName(name)).toBe(text)
})

test('any names come back from their address', () => {
  const name = fc.string({ unit: 'grapheme', minLength: 1 }).filter(text => !text.includes('/'))
  const part = fc.array(name, { minLength: 1, maxLength: 4 })
  fc.assert(
    fc.property(fc.array(part, { minLength: 1, maxLength: 3 }), parts => {
      expect(parseInside(writeInside(parts))).toEqual(parts)
    }),
  )
  fc.assert(
    fc.property(name, text => {
      expect(unescapeName(escapeName(text))).toBe(text)
    }),
  )
})

test('an address has nothing that a shell takes for its own but the mark between containers', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), text => {
      expect(escapeName(text)).not.toMatch(/[\s!"#$&'()*;<>?[\\\]`{|}\p{Cc}]/u)
    }),
  )
})
