/** The pages without a script, and the trend, in a real browser. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { withHistory } from '../../../src/findings/history.ts'
import { TargetComparison } from '../../../src/findings/targets.ts'
import { targetsFormats } from '../../../src/report/targets/formats.ts'
import { ABSENT, executable, expectAccessible } from '../../browser/chromium.ts'
import { samples } from '../audit/render.ts'
import { diffSamples, renderDiff } from '../diff/sample-diff.ts'
import { Reader } from './browser.ts'

function targetsPage(): string {
  const comparison = new TargetComparison(2)
  comparison.add({ audit: samples.upgrade(), failing: 0 })
  comparison.add({ audit: { ...samples.upgrade(), to: '4.20.0' }, failing: 0 })
  return [...targetsFormats.html(comparison.found(), { colour: false, width: 80 })].join('')
}

const LOOKS = [
  { viewport: { width: 1280, height: 900 }, colorScheme: 'light' },
  { viewport: { width: 420, height: 900 }, colorScheme: 'dark' },
] as const

describe.skipIf(executable === undefined)(`in Chromium (skipped: ${ABSENT})`, () => {
  let reader: Reader
  beforeAll(async () => {
    reader = await Reader.start()
  })
  afterAll(() => reader?.stop())

  test.each([
    ['a comparison of reports', () => renderDiff('html', diffSamples.differs())],
    ['a comparison of upgrades', targetsPage],
  ] as const)('%s asks for nothing and hinders nobody', async (_, text) => {
    for (const look of LOOKS) {
      const { page, complaints } = await reader.openText(text(), look)
      await expectAccessible(page)
      expect(await page.locator('main section').count()).toBeGreaterThan(1)
      expect(complaints).toEqual([])
    }
  })

  test('the trend is a picture with its text, and a table', async () => {
    const audit = samples.audit()
    const { accepts, refuses, uncertain, unavailable } = audit.counts
    const earlier = {
      created: '2025-11-01T00:00:00.000Z',
      ...{ file: '<old>.json', tool: 'xen-preflight 0.1.0', kernels: 3, hosts: 2, causes: [] },
      counts: { accepts, refuses: refuses + 7, uncertain, unavailable },
    }
    const { page, complaints } = await reader.open(withHistory(audit, { points: [earlier], leftOut: [] }))
    const trend = page.locator('#trend')
    expect(await trend.locator('svg[role=img]').getAttribute('aria-label')).toContain('2025-11-01: refused')
    expect(await trend.locator('svg g').count()).toBe(2)
    expect(await trend.locator('tbody tr').count()).toBe(2)
    await expectAccessible(page)
    expect(complaints).toEqual([])
  })
})
