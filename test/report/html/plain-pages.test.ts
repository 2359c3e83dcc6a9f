/** The pages without a script, and the trend, in a real browser. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { withHistory } from '../../../src/findings/history.ts'
import { TargetComparison } from '../../../src/findings/targets.ts'
import { targetsFormats } from '../../../src/report/targets/formats.ts'
import { ABSENT, executable, expectAccessible } from '../../browser/chromium.ts'
import { samples } from '../audit/render.ts'
import { diffSamples, renderDiff } from '../diff/sample-diff.ts'
import { Reader } from './browser.ts'

/** Every other release changes something else: none is put together with its neighbour. */
function targetsPage(releases = 2): string {
  const comparison = new TargetComparison(releases)
  for (let index = 0; index < releases; index++) {
    const audit = samples.upgrade()
    const { placements } = audit.inventory
    const inventory = {
      ...audit.inventory,
      hosts: index + 1,
      ...(placements !== undefined && { placements }),
    }
    comparison.add({ audit: { ...audit, inventory, to: `4.${index}.0` }, failing: 0 })
  }
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
    ['a comparison of upgrades', () => targetsPage()],
  ] as const)('%s asks for nothing and hinders nobody', async (_, text) => {
    for (const look of LOOKS) {
      const { page, complaints } = await reader.openText(text(), look)
      await expectAccessible(page)
      expect(await page.locator('main section').count()).toBeGreaterThan(1)
      expect(complaints).toEqual([])
    }
  })

  test('thirty releases fit, and where the window is narrow each value says what it is', async () => {
    const { page } = await reader.openText(targetsPage(30))
    const width = await page
      .locator('#kernels .scroll')
      .evaluate(({ scrollWidth, clientWidth }) => ({ scrollWidth, clientWidth }))
    expect(width.scrollWidth).toBe(width.clientWidth)
    const heads = page.locator('#kernels th .upright')
    expect(await heads.count()).toBe(30)
    expect(await heads.first().evaluate(head => head.scrollHeight <= head.clientHeight)).toBe(true)
    const narrow = await reader.openText(targetsPage(), { viewport: { width: 420, height: 900 } })
    const label = await narrow.page.locator('#releases td.number').first().getAttribute('data-label')
    expect(label).toBe('Hosts')
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
