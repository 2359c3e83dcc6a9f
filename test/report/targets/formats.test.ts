import { readFileSync } from 'node:fs'
import Ajv from 'ajv-draft-04'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import Papa from 'papaparse'
import { describe, expect, it } from 'vitest'
import { TargetComparison, type UpgradeTargets } from '../../../src/findings/targets.ts'
import { styleHash } from '../../../src/report/html/page-assets.ts'
import { type TargetsFormatName, targetsFormats } from '../../../src/report/targets/formats.ts'
import { image, run } from '../../findings/fleet.ts'
import { NASTY_NAMES } from '../sample-audit.ts'
import { strict } from '../strict-schema.ts'

const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true })
addFormats.default(ajv)
const schema = readFileSync(new URL('../../../schema/targets.schema.json', import.meta.url), 'utf8')
const valid = ajv.compile(strict(JSON.parse(schema)))

const sarifAjv = new Ajv.default({ allErrors: true, strict: false, unicodeRegExp: false })
addFormats.default(sarifAjv)
const sarifSchema = new URL('../../../fixtures/schemas/sarif-2.1.0.schema.json', import.meta.url)
const validSarif = sarifAjv.compile(JSON.parse(readFileSync(sarifSchema, 'utf8')))

/** A kernel of size n starts on 4.n to 4.(n + 9). */
const IMAGES = [...NASTY_NAMES.slice(0, 3).map(name => image(name, 1)), image('five', 5), image('doubt', 99)]

function compare(...versions: string[]): UpgradeTargets {
  const comparison = new TargetComparison(versions.length)
  for (const to of versions) {
    comparison.add({ audit: run(IMAGES, { upgrade: { to, hosts: () => true } }), failing: 1 })
  }
  return comparison.found()
}

const found = () => compare('4.2.5', '4.6.6', '4.8.5', '4.10.0', '4.11.0', '4.14.0')

function render(format: TargetsFormatName, comparison = found()): string {
  const report = targetsFormats[format](comparison, { colour: false, width: 80 })
  return typeof report === 'string' ? report : [...report].join('')
}

// Made anew by `npx vitest run test/report/targets -u`. The styles of the page are tested by those of the audit's report.
it.each(Object.keys(targetsFormats) as TargetsFormatName[])('reads as it did: %s', async format => {
  const text = render(format)
    .replace(/<style>.*<\/style>/s, '<style></style>')
    .replace(styleHash, 'HASH')
  const golden = new URL(`../../../fixtures/golden/targets/targets.${format}.golden`, import.meta.url)
  await expect(text).toMatchFileSnapshot(golden.pathname)
})

it('JSON is as its schema has it', () => {
  const document = JSON.parse(render('json'))
  expect(document).toEqual(JSON.parse(JSON.stringify(found())))
  expect(valid(document), JSON.stringify(valid.errors)).toBe(true)
})

describe('the release that breaks least', () => {
  const best = (...versions: string[]) => {
    const { targets, best } = compare(...versions)
    return targets[best]!.to
  }

  it('breaks the fewest, and of several fixes most', () => {
    // Kernels of size 1 stop with 4.11; the one of size 5 starts from 4.5 on.
    expect(best('4.2.5', '4.6.6', '4.14.0')).toBe('4.6.6')
    expect(best('4.14.0')).toBe('4.14.0')
  })

  it('is the newest of those that change the same', () => {
    expect(best('4.11.0', '4.12.0', '4.13.0')).toBe('4.13.0')
  })
})

it('counts for each release what an upgrade to it alone counts', () => {
  for (const { to, changes, hosts, leftAlone } of found().targets) {
    const audit = run(IMAGES, { upgrade: { to, hosts: () => true } })
    expect(changes).toEqual(audit.counts.changes)
    expect([hosts, leftAlone]).toEqual([audit.inventory.hosts, audit.leftAlone ?? 0])
  }
})

it('has a column for each release in CSV, and a suite in JUnit', () => {
  const { data } = Papa.parse<string[]>(render('csv').trimEnd())
  expect(data[0]!.slice(3)).toEqual(found().targets.map(({ to }) => `Xen ${to}`))
  expect(data).toHaveLength(found().rows.length + 1)
  expect(render('junit').match(/<testsuite /g)).toHaveLength(6)
  expect(render('junit')).toContain('<failure message="breaks: starts today, and will not after the upgrade"')
})

describe('a result for a kernel and a cause', () => {
  it('is valid SARIF, with the releases that it holds for', () => {
    const log = JSON.parse(render('sarif'))
    expect(validSarif(log), JSON.stringify(validSarif.errors)).toBe(true)
    const { results, properties } = log.runs[0]
    expect(properties.breaksLeast).toBe('4.8.5')
    expect(results).toHaveLength(found().findings.length)
    const [worst] = results
    expect(worst).toMatchObject({ ruleId: 'unknown-feature', level: 'error' })
    expect(worst.message.text).toContain('breaks with the upgrade to Xen 4.11.0 – 4.14.0 (up to 12 pairs)')
    expect(worst.properties.targets).toEqual([
      { to: '4.11.0', guests: 12 },
      { to: '4.14.0', guests: 12 },
    ])
  })

  it('is an entry of Code Quality', () => {
    const entries = JSON.parse(render('codequality'))
    expect(entries.map(({ severity }: { severity: string }) => severity)).toEqual(['blocker', 'minor'])
    expect(new Set(entries.map(({ fingerprint }: { fingerprint: string }) => fingerprint)).size).toBe(2)
  })

  it('is absent where policy ignores it', () => {
    const comparison = new TargetComparison(1)
    const audit = run(IMAGES, { upgrade: { to: '4.14.0', hosts: () => true } })
    audit.ignored = audit.cells.map(({ kernel, build, mode }) => ({ kernel, build, mode, reason: 'known' }))
    comparison.add({ audit, failing: 0 })
    expect(comparison.found().findings).toEqual([])
  })
})

it('counts for Prometheus by the release, each series once', () => {
  const lines = render('prometheus')
    .split('\n')
    .filter(line => line !== '' && !line.startsWith('#'))
  const series = lines.map(line => line.slice(0, line.lastIndexOf(' ')))
  expect(new Set(series).size).toBe(series.length)
  expect(lines).toContain('xen_preflight_changes{to="4.14.0",change="breaks"} 12')
  expect(lines).toContain('xen_preflight_breaks_least{to="4.8.5"} 1')
  expect(lines).toContain('xen_preflight_breaks_least{to="4.14.0"} 0')
})

it('joins neighbours that change the same', () => {
  expect(render('table')).toContain('4.11.0 – 4.14.0')
})
