import { readFileSync } from 'node:fs'
import Ajv from 'ajv-draft-04'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import fc from 'fast-check'
import Papa from 'papaparse'
import { SaxesParser } from 'saxes'
import { describe, expect, it } from 'vitest'
import type { Audit } from '../../../src/findings/model.ts'
import { type DiffFormatName, diffFormats } from '../../../src/report/diff/formats.ts'
import { styleHash } from '../../../src/report/html/page-assets.ts'
import { anyAudit } from '../audit/any-name.ts'
import { strict } from '../strict-schema.ts'
import { diffOf, diffSamples, renderDiff } from './sample-diff.ts'

const read = (path: string) => JSON.parse(readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8'))
const ajv = new Ajv2020({ allErrors: true })
addFormats.default(ajv)
const valid = ajv.compile(strict(read('schema/diff.schema.json')))
const sarifAjv = new Ajv.default({ allErrors: true, strict: false, unicodeRegExp: false })
addFormats.default(sarifAjv)
const validSarif = sarifAjv.compile(read('fixtures/schemas/sarif-2.1.0.schema.json'))

const formatNames = Object.keys(diffFormats) as DiffFormatName[]
const golden = (name: string) =>
  new URL(`../../../fixtures/golden/diff/${name}.golden`, import.meta.url).pathname

describe.each(Object.keys(diffSamples) as (keyof typeof diffSamples)[])('%s', sample => {
  // Made anew by `npx vitest run test/report/diff -u`. The styles of the page are tested by those of the audit's report.
  it.each(formatNames)('reads as it did: %s', async format => {
    const text = renderDiff(format, diffSamples[sample]())
      .replace(/<style>.*<\/style>/s, '<style></style>')
      .replace(styleHash, 'HASH')
    await expect(text).toMatchFileSnapshot(golden(`${sample}.${format}`))
  })
})

describe('whatever the names are', () => {
  // Hosts have names of their own in an audit.
  const ownHosts = (audit: Audit): Audit => ({
    ...audit,
    builds: audit.builds.map((build, index) => ({
      ...build,
      hosts: build.hosts.map(host => `${host}.${index}`),
    })),
  })
  const anyDiff = fc.tuple(anyAudit, anyAudit).map(([old, now]) => diffOf(ownHosts(old), ownHosts(now)))

  it('JSON is as its schema has it', () => {
    fc.assert(
      fc.property(anyDiff, diff => {
        const document = JSON.parse(renderDiff('json', diff))
        expect(document).toEqual(diff)
        expect(valid(document), JSON.stringify(valid.errors)).toBe(true)
      }),
      { numRuns: 30 },
    )
  })

  it('SARIF is valid, JUnit is XML, and a table has nothing that a terminal would obey', () => {
    fc.assert(
      fc.property(anyDiff, diff => {
        expect(validSarif(JSON.parse(renderDiff('sarif', diff))), JSON.stringify(validSarif.errors)).toBe(
          true,
        )
        const parser = new SaxesParser()
        parser.on('error', error => {
          throw error
        })
        parser.write(renderDiff('junit', diff)).close()
        // biome-ignore lint/suspicious/noControlCharactersInRegex: none may be left
        expect(renderDiff('table', diff)).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/)
      }),
      { numRuns: 30 },
    )
  })

  it('CSV and NDJSON have a row for each difference', () => {
    fc.assert(
      fc.property(anyDiff, diff => {
        const rows = Papa.parse<string[]>(renderDiff('csv', diff).trimEnd()).data
        expect(rows).toHaveLength(diff.differences.length + 1)
        for (const row of rows) expect(row).toHaveLength(rows[0]!.length)
        const lines = renderDiff('ndjson', diff).split('\n').slice(0, -1)
        expect(lines.map(line => JSON.parse(line).pairs)).toEqual(diff.differences.map(({ pairs }) => pairs))
      }),
      { numRuns: 30 },
    )
  })
})

describe('sarif', () => {
  it('has what is worse than before, and its state', () => {
    const diff = diffSamples.differs()
    const { results } = JSON.parse(renderDiff('sarif', diff)).runs[0]
    expect(results.length).toBeGreaterThan(0)
    for (const { baselineState, level, properties } of results) {
      expect(['new', 'updated']).toContain(baselineState)
      expect(['error', 'warning']).toContain(level)
      expect(['gone', 'fixed']).not.toContain(properties.difference)
    }
  })
})

describe('junit', () => {
  it('fails where something is refused that was not', () => {
    const text = renderDiff('junit', diffSamples.differs())
    expect(text).toMatch(/<testsuites [^>]*failures="[1-9]/)
    expect(renderDiff('junit', diffSamples.same())).toContain('tests="0" failures="0"')
  })
})
