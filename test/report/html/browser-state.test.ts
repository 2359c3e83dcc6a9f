import { expect, it } from 'vitest'
import { expectAccessible } from '../../browser/chromium.ts'
import { sampleAudit, sampleUpgrade } from '../sample-audit.ts'
import { fleetAudit } from './fleet.ts'
import {
  describeReport,
  fleet,
  small,
  focusedRow,
  rows,
  panel,
  ask,
  focusedLabel,
  chip,
} from './report-page.ts'

describeReport('the HTML report in Chromium: keys, looks, windows and addresses', open => {
  it('is used by keyboard alone', async () => {
    const { page } = await open(small())
    await page.locator('.legend button:visible').last().focus()
    await page.keyboard.press('Tab')
    expect(await focusedLabel(page)).toBe('refused, codec-unsupported')
    // One stop in the tab order, however many cells there are.
    expect(await page.locator('.grid [tabindex="0"]').count()).toBe(1)
    await page.keyboard.press('End')
    expect(await focusedLabel(page)).toBe('accepted')
    await page.keyboard.press('Home')
    expect(await focusedLabel(page)).toMatch(
      /^vmlinuz-6\.12\.1-cloud-amd64, 1 image: refused \d+, accepted \d+$/,
    )
    await page.keyboard.press('ArrowUp')
    await page.keyboard.press('ArrowRight')
    expect(await focusedLabel(page)).toMatch(/^3\.4\.0, 1 host: /)
    await page.keyboard.press('Enter')
    expect(await panel(page).locator('h2').textContent()).toBe('Xen 3.4.0')
    await page.keyboard.press('Escape')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    expect(await panel(page).locator('h2').textContent()).toBe('vmlinuz-6.12.1-cloud-amd64 on 3.4.0')
    await page.keyboard.press('Escape')
    expect(await panel(page).isVisible()).toBe(false)
    expect(await focusedLabel(page)).toBe('refused, codec-unsupported')
    const outline = await ask(page, 'getComputedStyle(document.activeElement).outlineStyle')
    expect(outline).toBe('solid')
    await page.context().close()
  })

  it('turns dark and light, and remembers', async () => {
    const { page } = await open(small(), { colorScheme: 'light' })
    const lightness = () =>
      ask<number>(page, 'Number(getComputedStyle(document.body).backgroundColor.match(/\\d+/)[0])')
    const toggle = page.getByRole('button', { name: 'Dark' })
    expect(await lightness()).toBeGreaterThan(200)
    await toggle.click()
    expect(await toggle.getAttribute('aria-pressed')).toBe('true')
    expect(await lightness()).toBeLessThan(60)
    await page.reload()
    expect(await lightness()).toBeLessThan(60)
    await toggle.click()
    expect(await lightness()).toBeGreaterThan(200)
    await page.context().close()
    const dark = await open(small(), { colorScheme: 'dark' })
    expect(await dark.page.getByRole('button', { name: 'Dark' }).getAttribute('aria-pressed')).toBe('true')
    await dark.page.context().close()
  })

  it.each([420, 1280])('fits a window of %i px', async width => {
    const { page, complaints } = await open(sampleAudit(), { viewport: { width, height: 860 } })
    const spill = () => ask<number>(page, 'document.documentElement.scrollWidth - innerWidth')
    expect(await spill()).toBeLessThanOrEqual(0)
    await page.locator('td.cell').first().click()
    expect(await panel(page).isVisible()).toBe(true)
    expect(await spill()).toBeLessThanOrEqual(0)
    const box = (await panel(page).boundingBox())!
    expect(box.x).toBeGreaterThanOrEqual(0)
    expect(box.x + box.width).toBeLessThanOrEqual(width)
    await page.getByRole('button', { name: 'Close' }).click()
    expect(await panel(page).isVisible()).toBe(false)
    expect(await ask(page, 'document.activeElement?.className')).toContain('cell')
    expect(complaints).toEqual([])
    await page.context().close()
  })

  it('draws only what is in view of 500 kernels on 40 builds, and keeps its heads in sight', async () => {
    const { page } = await open(fleetAudit({ kernels: 500, builds: 40, images: 500, hosts: 800 }))
    await page.getByLabel('Same answers', { exact: true }).selectOption({ label: 'A row each' })
    await page.locator('#matrix').scrollIntoViewIfNeeded()
    expect(await rows(page).count()).toBeLessThan(80)
    await page.locator('.grid [tabindex="0"]').focus()
    await page.keyboard.press('Control+End')
    expect(await page.locator('tr.kernel').last().getAttribute('aria-rowindex')).toBe('502')
    expect(await focusedRow(page)).toBe('502')
    expect(await rows(page).count()).toBeLessThan(80)
    const inside = await ask(
      page,
      `(() => {
      const [frame, focused, head] = ['.scroller', ':focus', '.columns .corner'].map(place =>
        document.querySelector(place).getBoundingClientRect())
      return {
        focused: focused.bottom <= frame.bottom + 1 && focused.right <= frame.right + 1 && focused.top >= head.bottom - 1,
        head: head.top >= frame.top && head.left <= frame.left + 2,
      }
    })()`,
    )
    expect(inside).toEqual({ focused: true, head: true })
    // The row with the focus scrolls away, and keys still go on from there.
    await ask(page, `document.querySelector('.scroller').scrollTop = 0`)
    await expect.poll(() => rows(page).first().getAttribute('aria-rowindex')).toBe('3')
    await page.keyboard.press('ArrowUp')
    expect(await focusedRow(page)).toBe('501')
    await page.context().close()
  })

  it('has an address for what is shown, and goes back and forward', async () => {
    const { page, complaints } = await open(fleet())
    const hash = () => ask<string>(page, 'location.hash')
    expect(await hash()).toBe('')
    await chip(page, 'uncertain').click()
    expect(await hash()).toBe('#matrix?answer=uncertain')
    await page.getByLabel('Find kernels').fill('freebsd')
    await page.getByLabel('Find kernels').fill('free')
    expect(await hash()).toBe('#matrix?answer=uncertain&kernel=free')
    await page.getByRole('button', { name: 'Clear filters' }).click()
    await page.locator('tr.alike td.cell').first().click()
    expect(await hash()).toMatch(/^#matrix\?of=\d+&on=\d+&as=pv-domU&alike$/)
    const title = await page.locator('#panel-title').textContent()
    const address = await hash()
    await page.goBack()
    expect(await panel(page).isVisible()).toBe(false)
    await page.goBack()
    expect(await hash()).toBe('#matrix?answer=uncertain&kernel=free')
    expect(await page.getByLabel('Find kernels').inputValue()).toBe('free')
    await page.goForward()
    await page.goForward()
    expect(await page.locator('#panel-title').textContent()).toBe(title)
    // The address alone leads there, in a window of its own.
    const other = await page.context().newPage()
    await other.goto(page.url())
    expect(await ask(other, 'location.hash')).toBe(address)
    expect(await other.locator('#panel-title').textContent()).toBe(title)
    await other.goto(page.url().replace(/#.*/, '#cause-5'))
    expect(await other.locator('#cause-5 > details').getAttribute('open')).toBe('')
    expect(complaints).toEqual([])
    await page.context().close()
  })

  it.each([
    ['light', 1280],
    ['dark', 1280],
    ['light', 420],
    ['dark', 420],
  ] as const)('is accessible: %s, %i px', async (colorScheme, width) => {
    for (const audit of [small(), sampleUpgrade()]) {
      const { page } = await open(audit, { colorScheme, viewport: { width, height: 860 } })
      await ask(page, `dispatchEvent(new Event('beforeprint'))`)
      await expectAccessible(page)
      await page.locator('td.cell').first().click()
      await expectAccessible(page)
      await page.context().close()
    }
  })
})
