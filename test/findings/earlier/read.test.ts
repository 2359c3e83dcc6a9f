import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readReport } from '../../../src/findings/earlier/read.ts'
import { auditDocument } from '../../../src/report/audit/json.ts'
import { image, run } from '../fleet.ts'
import { earlier } from './earlier.ts'

const audit = auditDocument(run([image('five', 5), image('doubt', 99)]))
type AuditDocument = ReturnType<typeof auditDocument>
const bytes = (text: string) => new TextEncoder().encode(text)
const changed = (change: (report: AuditDocument) => void) => {
  const report = structuredClone(audit)
  change(report)
  return report
}

test('what was written is what is read, in whatever pieces it comes', () => {
  const text = bytes(JSON.stringify(audit, undefined, 1))
  const whole = readReport([text], 'old.json')
  expect(whole.kernels.map(({ images }) => images)).toEqual([['five'], ['doubt']])
  expect(whole.cells.length).toBe(audit.cells.length)
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 200 }), step => {
      // Each piece lies where the one before it did, as those of a file do.
      const buffer = Buffer.alloc(step)
      const pieces = function* () {
        for (let at = 0; at < text.length; at += step) {
          const piece = text.subarray(at, at + step)
          buffer.set(piece)
          yield buffer.subarray(0, piece.length)
        }
      }
      expect(readReport(pieces(), 'old.json')).toEqual(whole)
    }),
    { numRuns: 30 },
  )
})

test('lists may come before what they name', () => {
  const sorted = Object.fromEntries(Object.entries(audit).sort(([a], [b]) => (a < b ? -1 : 1)))
  expect(earlier(sorted)).toEqual(earlier(audit))
})

test.each([
  ['nothing', /^it is no JSON: line 1: expected an object; expected a report of `audit`/],
  ['', /found its end/],
  ['[]', /expected an object/],
  ['{"version": 2}', /^expected a report of .* found no created/],
  ['{"version": 7, "kernels": []}', /^line 1: version: expected version 1 or 2 of the report, found 7/],
  ['{"version": 2,\n"version": 2}', /line 2: the member "version" is there twice/],
  ['{"version": 2} x', /expected nothing after the object/],
  ['{"kernels": [{"images": ["a"', /it ends inside of a value/],
  ['{"kernels": 3}', /^line 1: kernels: expected a list, found 3/],
  ['{"a": tru}', /expected a value, found "tru"/],
  ['{"a": "\u{1f600}\ud800"}', undefined],
])('what is no report: %s', (text, message) => {
  expect(() => readReport([bytes(text)], 'old.json')).toThrow(message ?? /found no version/)
})

test('bytes that are not UTF-8', () => {
  expect(() => readReport([Uint8Array.of(...bytes('{"a": "'), 0xff, 0x22, 0x7d)], 'old.json')).toThrow(
    'expected UTF-8',
  )
})

describe('a report that was changed by hand says where', () => {
  const COUNTS =
    /^line 1: counts.refuses: expected 2, the sum of its cells, found 3; the report was changed after it was written$/
  test.each<[string, (report: AuditDocument) => void, RegExp | string]>([
    ['counts', report => void report.counts.refuses++, COUNTS],
    [
      'a verdict',
      report => Object.assign(report.verdicts[1]!, { verdict: 'maybe' }),
      'verdicts[1].verdict: expected one of accepts, refuses, uncertain, unavailable, not-asked, found "maybe"',
    ],
    ['a word in counts', report => Object.assign(report.counts, { maybe: 1 }), 'counts: expected one of'],
    ['a cell', report => void report.cells.pop(), 'the sum of its cells'],
    [
      'a kernel',
      report => void report.kernels.pop(),
      /cells\[\d+\].kernel: expected an index below 1, found 1/,
    ],
    [
      'a host',
      report => Object.assign(report.cells[0]!, { hosts: [9] }),
      'cells[0].hosts: expected an index below 2, found 9',
    ],
    [
      'a mode',
      report => Object.assign(report.cells[0]!, { mode: 'hvm' }),
      'cells[0].mode: expected one of pv-domU',
    ],
    [
      'guests',
      report => Object.assign(report.cells[0]!, { guests: -1 }),
      'cells[0].guests: expected a count, found -1',
    ],
    [
      'images',
      report => Object.assign(report.kernels[0]!, { images: [] }),
      'kernels[0].images: expected a list of names, found an empty list',
    ],
    ['the time', report => Object.assign(report, { created: 'today' }), 'created: expected a time such as'],
  ])('%s', (_, change, message) => {
    expect(() => earlier(changed(change))).toThrow(message)
  })
})

test('no bytes make it throw anything but what it says', () => {
  const text = JSON.stringify(audit)
  fc.assert(
    fc.property(fc.nat(text.length - 1), fc.uint8Array({ maxLength: 4 }), (at, patch) => {
      const damaged = bytes(text)
      damaged.set(patch.subarray(0, damaged.length - at), at)
      try {
        readReport([damaged], 'old.json')
      } catch (error) {
        expect((error as Error).name).toBe('ReportError')
      }
    }),
    { numRuns: 500 },
  )
})
