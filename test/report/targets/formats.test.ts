import { readFileSync } from 'node:fs'
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

it('joins neighbours that change the same', () => {
  expect(render('table')).toContain('4.11.0 – 4.14.0')
})
