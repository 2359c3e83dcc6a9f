import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { RecordReader } from '../../src/record/interning.ts'
import { parseRecord } from '../../src/record/parse.ts'
import { line, outcome } from './lines.ts'

describe('lines that repeat', () => {
  test('share their facts', () => {
    const reader = new RecordReader()
    const [a, b, c] = ['a', 'b', 'c'].map((image, at) => reader.parse(line(image, '', `"size":${at >> 1}`)))
    expect(b!.record.facts).toBe(a!.record.facts)
    expect(c!.record.facts).not.toBe(a!.record.facts)
    expect([a!.image, b!.image]).toEqual(['a', 'b'])
  })

  test('keep what is their own, and what is wrong with them', () => {
    const reader = new RecordReader()
    reader.parse(line('a'))
    expect(reader.parse(line('b', ',"remarks":["old"],"digest":"sha256:1"')).record).toMatchObject({
      remarks: ['old'],
      digest: 'sha256:1',
    })
    expect(() => reader.parse(line('c', ',"remarks":[1]'))).toThrow('expected a line of `scan -o ndjson`')
    expect(() => reader.parse(line('d').slice(0, 9) + line('d'))).toThrow('the line is no JSON')
  })

  test('are read as one line by itself, whatever was changed in them', () => {
    const text = line('a"b\\,"facts":{', ',"remarks":["x,\\"facts\\":{"]')
    const change = fc.record({
      at: fc.nat({ max: text.length }),
      with: fc.constantFrom('', '"', '{', '}', ',', 'x'),
    })
    fc.assert(
      fc.property(fc.array(change, { maxLength: 3 }), changes => {
        const reader = new RecordReader()
        reader.parse(text)
        let changed = text
        for (const { at, with: put } of changes) changed = changed.slice(0, at) + put + changed.slice(at + 1)
        for (const one of [text, changed, changed, text]) {
          expect(outcome(() => reader.parse(one))).toEqual(outcome(() => parseRecord(one)))
        }
      }),
      { numRuns: 800 },
    )
  })
})
