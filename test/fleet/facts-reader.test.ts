import fc from 'fast-check'
import { expect, test } from 'vitest'
import { FactsReader } from '../../src/fleet/facts-reader.ts'
import { parseRecord, parseScanned } from '../../src/record/parse.ts'
import { line, outcome } from '../record/lines.ts'

test('lines with the same bytes after the address share their facts and verdicts', () => {
  const reader = new FactsReader()
  const read = (image: string, size: number) =>
    reader.parseScanned(Buffer.from(line(image, '', `"size":${size}`, ',"verdicts":[{"runs":"boots"}]')))
  const [a, b, c] = [read('a', 1), read('é/b', 1), read('c', 2)]
  expect(b.record.facts).toBe(a.record.facts)
  expect(b.verdicts).toBe(a.verdicts)
  expect(c.record.facts).not.toBe(a.record.facts)
  expect([a, b, c].map(({ image }) => image)).toEqual(['a', 'é/b', 'c'])
  expect(reader.parse(Buffer.from(line('d')))).toEqual(parseRecord(line('d')))
})

test('a line is read as by itself, whatever bytes were changed in it', () => {
  const bytes = Buffer.from(line('a"b\\é,"facts":{', ',"remarks":["x,\\"facts\\":{"]', '"size":1,"x":"é"'))
  const change = fc.record({
    at: fc.nat({ max: bytes.length - 1 }),
    put: fc.constantFrom(0x22, 0x7b, 0x7d, 0x2c, 0x78, 0x20, 0xc3, 0xff),
  })
  fc.assert(
    fc.property(fc.array(change, { maxLength: 3 }), changes => {
      const reader = new FactsReader()
      const changed = Buffer.from(bytes)
      for (const { at, put } of changes) changed[at] = put
      for (const one of [bytes, changed, changed, bytes]) {
        expect(outcome(() => reader.parseScanned(one))).toEqual(outcome(() => parseScanned(one.toString())))
      }
    }),
    { numRuns: 800 },
  )
})
