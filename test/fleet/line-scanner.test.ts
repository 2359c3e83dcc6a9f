import fc from 'fast-check'
import { expect, test } from 'vitest'
import { LineScanner } from '../../src/fleet/line-scanner.ts'
import { addressOf } from '../../src/record/parse.ts'

const scanner = new LineScanner()

/** What the scanner says of a line; undefined where it gives up. */
function scanned(bytes: Buffer): string | undefined {
  if (!scanner.accepts(bytes, 0, bytes.length)) return undefined
  return bytes.toString('utf8', scanner.addressStart, scanner.addressEnd)
}

const scannedText = (text: string) => scanned(Buffer.from(text))

test.each([
  ['{"image":"a/b","kind":"elf","facts":{"layers":[{"x":-1.5e3},[],{}],"n":null,"t":true}}', 'a/b'],
  [' { "kind" : "elf" , "image" : "ä/\u{1f427}" } ', 'ä/\u{1f427}'],
  ['{"facts":{"image":"inner"},"image":"outer"}', 'outer'],
])('finds the address in %s', (line, address) => {
  expect(scannedText(line)).toBe(address)
  expect(addressOf(line)).toBe(address)
  expect(scanner.isAscii).toBe(!/[^ -~]/.test(line))
})

test.each([
  ['two members of that name', '{"image":"a","image":"b"}'],
  ['a name with escapes', '{"image":"a","im\\u0061ge":"b"}'],
  ['an address with escapes', '{"image":"a\\tb"}'],
  ['no address', '{"kind":"elf","facts":{"image":"inner"}}'],
  ['another type', '{"image":1}'],
  ['deep nesting', `{"image":"a","x":${'['.repeat(100)}${']'.repeat(100)}}`],
  ['more after the object', '{"image":"a"}{}'],
  ['nothing', ''],
])('gives up at %s', (_, line) => {
  expect(scannedText(line)).toBeUndefined()
})

/** JSON, mostly: with pieces left out, doubled or exchanged. */
const nearlyJson = fc
  .tuple(
    fc.json({ maxDepth: 4 }),
    fc.oneof(
      fc.constant('"image":"a/b"'),
      fc.string().map(text => `"image":${JSON.stringify(text)}`),
    ),
    fc.array(fc.tuple(fc.nat(), fc.constantFrom(...'{}[]",:\\0-.eEtu \n\u0001\u00e4'), fc.boolean()), {
      maxLength: 3,
    }),
    fc.boolean(),
  )
  .map(([value, image, changes, first]) => {
    let line = first ? `{${image},"facts":${value}}` : `{"facts":${value},${image}}`
    for (const [at, char, inserts] of changes) {
      const place = at % (line.length + 1)
      line = line.slice(0, place) + char + line.slice(inserts ? place : place + 1)
    }
    return line
  })

test('accepts nothing that JSON.parse refuses, and says the same of it', () => {
  let accepted = 0
  fc.assert(
    fc.property(nearlyJson, line => {
      const address = scannedText(line)
      if (address === undefined) return
      accepted++
      expect(addressOf(line)).toBe(address)
    }),
    { numRuns: 5000 },
  )
  expect(accepted).toBeGreaterThan(1000)
})

test('reads a line with a rest that it knows as one with a new one', () => {
  const rest = fc.constantFrom('","x":1}', '","x":"\u00e4"}', '","x":1', '"}', '","image":"b"}', '"  }')
  const image = fc.constantFrom('a', 'ab', '\u00e4', 'a\\', 'a\tb', 'a","y":"b')
  fc.assert(
    fc.property(fc.array(fc.tuple(image, rest), { maxLength: 20 }), lines => {
      const used = new LineScanner()
      for (const [image, rest] of lines) {
        const line = Buffer.from(`{"image":"${image}${rest}`)
        const fresh = new LineScanner()
        const isAccepted = fresh.accepts(line, 0, line.length)
        expect(used.accepts(line, 0, line.length)).toBe(isAccepted)
        if (isAccepted) expect(used.isAscii).toBe(fresh.isAscii)
      }
    }),
  )
})

test('accepts what a scan writes', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom(...'ab/.-_ä€\u{1f427}') }),
      fc.jsonValue(),
      (image, facts) => {
        const line = JSON.stringify({ image, facts })
        expect(scannedText(line)).toBe(image)
      },
    ),
  )
})

test('ends, and stays within its bytes, whatever they are', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), (bytes, isLine) => {
      const line = isLine ? Buffer.concat([Buffer.from('{"image":"a","x":"'), bytes]) : Buffer.from(bytes)
      const address = scanned(line)
      if (address !== undefined) expect(addressOf(line.toString())).toBe(address)
    }),
    { numRuns: 2000 },
  )
})
