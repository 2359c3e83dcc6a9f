import { readFileSync } from 'node:fs'
import Ajv from 'ajv-draft-04'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import fc from 'fast-check'
import Papa from 'papaparse'
import { SaxesParser } from 'saxes'
import { describe, expect, it } from 'vitest'
import type { ScanDiff } from '../../../src/findings/scan-diff/model.ts'
import type { DiffFormatName } from '../../../src/report/diff/formats.ts'
import { styleHash } from '../../../src/report/html/page-assets.ts'
import { scanDiffFormats } from '../../../src/report/scan-diff/formats.ts'
import { compareScanned, on, type Scanned } from '../../findings/scan-diff/scans.ts'
import { NASTY_NAMES } from '../sample-audit.ts'
import { strict } from '../strict-schema.ts'

const read = (path: string) => JSON.parse(readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8'))
const ajv = new Ajv2020({ allErrors: true })
addFormats.default(ajv)
const valid = ajv.compile(strict(read('schema/scan-diff.schema.json')))
const sarifAjv = new Ajv.default({ allErrors: true, strict: false, unicodeRegExp: false })
addFormats.default(sarifAjv)
const validSarif = sarifAjv.compile(read('fixtures/schemas/sarif-2.1.0.schema.json'))

const names = Object.keys(scanDiffFormats) as DiffFormatName[]
const accepted = [on('4.1.0', '4.4.4', 'accepts')]
const refused = [on('4.1.0', '4.2.5', 'refuses', 'unknown-feature'), on('4.3.0', '4.4.4', 'accepts')]
const doubt = [on('4.1.0', '4.4.4', 'uncertain', 'releases-differ')]

/** Each way to differ, on names that try what they can. */
function differs(): ScanDiff {
  const [a, b, c, d, e, f, g, h] = NASTY_NAMES as [
    string,
    string,
    string,
    string,
    string,
    string,
    string,
    string,
  ]
  return compareScanned(
    [
      { image: a, size: 1, verdicts: accepted },
      { image: b, size: 1, digest: 'sha256:1', verdicts: accepted },
      { image: c, size: 2, verdicts: accepted },
      { image: d, size: 3, verdicts: refused },
      { image: e, size: 4, verdicts: accepted },
      { image: 'same', size: 9, verdicts: doubt },
    ],
    [
      { image: a, size: 5, verdicts: refused },
      { image: b, size: 1, digest: 'sha256:2', verdicts: accepted },
      { image: f, size: 2, verdicts: accepted },
      { image: d, size: 3, verdicts: accepted },
      { image: g, size: 6, verdicts: doubt },
      { image: h, size: 9, verdicts: doubt },
      { image: 'same', size: 9, verdicts: doubt },
    ],
  )
}

const samples: Record<string, () => ScanDiff> = {
  differs,
  same: () => compareScanned([{ image: 'a', size: 1 }], [{ image: 'a', size: 1 }]),
}

function render(format: DiffFormatName, diff: ScanDiff): string {
  const report = scanDiffFormats[format](diff, { colour: false, width: 80 })
  return typeof report === 'string' ? report : [...report].join('')
}

// Made anew by `npx vitest run test/report/scan-diff -u`. The styles of the page are tested by those of the audit's report.
describe.each(Object.keys(samples))('%s', sample => {
  it.each(names)('reads as it did: %s', async format => {
    const text = render(format, samples[sample]!())
      .replace(/<style>.*<\/style>/s, '<style></style>')
      .replace(styleHash, 'HASH')
    const golden = new URL(`../../../fixtures/golden/scan-diff/${sample}.${format}.golden`, import.meta.url)
    await expect(text).toMatchFileSnapshot(golden.pathname)
  })
})

const anyScan: fc.Arbitrary<Scanned[]> = fc.array(
  fc.record({
    image: fc.oneof(fc.constantFrom(...NASTY_NAMES), fc.string({ unit: 'binary', minLength: 1 })),
    size: fc.nat({ max: 5 }),
    verdicts: fc.constantFrom(accepted, refused, doubt),
  }),
  { maxLength: 6 },
)
const anyDiff = fc.tuple(anyScan, anyScan).map(([old, now]) => compareScanned(old, now))

it('is valid in every format, whatever the names are', () => {
  fc.assert(
    fc.property(anyDiff, diff => {
      const document = JSON.parse(render('json', diff))
      expect(document).toEqual(JSON.parse(JSON.stringify(diff)))
      expect(valid(document), JSON.stringify(valid.errors)).toBe(true)
      expect(validSarif(JSON.parse(render('sarif', diff))), JSON.stringify(validSarif.errors)).toBe(true)
      const parser = new SaxesParser()
      parser.on('error', error => {
        throw error
      })
      parser.write(render('junit', diff)).close()
      // biome-ignore lint/suspicious/noControlCharactersInRegex: none may be left
      expect(render('table', diff)).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/)
      const images = diff.differences.reduce((sum, { images: own }) => sum + own.length, 0)
      expect(Papa.parse<string[]>(render('csv', diff).trimEnd()).data).toHaveLength(images + 1)
      expect(render('ndjson', diff).split('\n')).toHaveLength(diff.differences.length + 1)
    }),
    { numRuns: 50 },
  )
})

it('tells a code scanning service what is worse, and what is new or changed as notes', () => {
  const { results, tool } = JSON.parse(render('sarif', differs())).runs[0]
  const found = results.map(
    ({
      ruleId,
      level,
      properties,
    }: {
      ruleId: string
      level: string
      properties: { difference: string }
    }) => [ruleId, level, properties.difference],
  )
  expect(found).toEqual([
    ['unknown-feature', 'error', 'facts'],
    ['image-content', 'note', 'content'],
    ['releases-differ', 'warning', 'new'],
    ['releases-differ', 'warning', 'new'],
  ])
  expect(tool.driver.rules.map(({ id }: { id: string }) => id)).toEqual([
    ...['unknown-feature', 'image-content', 'releases-differ'],
  ])
})

it('fails a case where an image is refused that was not', () => {
  expect(render('junit', differs())).toMatch(/<testsuites [^>]*tests="7" failures="1" errors="0" skipped="3"/)
  expect(render('junit', samples.same!())).toContain('tests="0" failures="0"')
})
