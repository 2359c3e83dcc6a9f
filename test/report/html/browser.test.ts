import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ABSENT, executable, expectAccessible } from '../../browser/chromium.ts'
import { sampleAddition, sampleAudit, sampleFine, sampleUpgrade } from '../sample-audit.ts'
import { Reader } from './browser.ts'
import { fleetAudit } from './fleet.ts'

const SKIPPED = executable === undefined ? ` (skipped: ${ABSENT})` : ''
if (SKIPPED !== '') console.warn(`The browser tests of the HTML report do not run: ${ABSENT}`)

let reader: Reader
const fleet = () => fleetAudit({ kernels: 60, builds: 35, images: 500, hosts: 800 })
const small = () => fleetAudit({ kernels: 8, builds: 8, images: 12, hosts: 8 })

const PV32 = '32-bit PV is not built into this hypervisor: The kernel is a 32-bit PV one, and this rele…'
const statusOf = (page: Page) => page.locator('.status').textContent()
const focusedRow = (page: Page) =>
  ask(page, `document.activeElement?.closest('tr')?.getAttribute('aria-rowindex')`)
const rows = (page: Page) => page.locator('tr.kernel')
const cell = (page: Page, kernel: string, column: number) =>
  rows(page).filter({ hasText: kernel }).first().locator(`td[data-column="${column}"]`)
const panel = (page: Page) => page.locator('#panel')
/** Asks the page itself; the expression is text because the tests know no DOM. */
const ask = <Answer>(page: Page, expression: string) => page.evaluate(expression) as Promise<Answer>
const focusedLabel = (page: Page) => ask(page, `document.activeElement?.getAttribute('aria-label')`)
const chip = (page: Page, word: string) => page.locator('button.chip', { hasText: word })

describe.skipIf(executable === undefined)(`the HTML report in Chromium${SKIPPED}`, () => {
  beforeAll(async () => {
    reader = await Reader.start()
  })
  afterAll(() => reader.stop())

  it.each([
    ['a fleet', fleet],
    ['a fleet with nasty names', sampleAudit],
    ['an upgrade', sampleUpgrade],
    ['a new kernel', sampleAddition],
    ['a fleet without findings', sampleFine],
  ])('opens %s without a word on the console, and without a request', async (_, audit) => {
    const { page, complaints } = await reader.open(audit())
    await page.locator('.grid td.cell').first().click()
    await expect.poll(() => panel(page).isVisible()).toBe(true)
    await page.keyboard.press('Escape')
    expect(complaints).toEqual([])
    await page.context().close()
  })

  it('filters by answer, by cause and by what fails at an upgrade', async () => {
    const { page } = await reader.open(fleet())
    expect(await statusOf(page)).toBe('PV domU: 60 of 60 kernels, 35 of 35 builds.')
    await chip(page, 'uncertain').click()
    expect(await statusOf(page)).toMatch(
      /^PV domU: 7 of 60 kernels, 2\d of 35 builds; 1\d\d cells picked out\.$/,
    )
    expect(await chip(page, 'uncertain').getAttribute('aria-pressed')).toBe('true')
    expect(await page.locator('td.cell.look-refuses:not(.faded)').count()).toBe(0)
    await page.getByRole('button', { name: 'Clear filters' }).click()
    expect(await statusOf(page)).toBe('PV domU: 60 of 60 kernels, 35 of 35 builds.')
    await page.getByLabel('Cause', { exact: true }).selectOption({ label: PV32 })
    expect(await statusOf(page)).toContain('8 of 60 kernels')
    await page.getByRole('button', { name: 'Clear filters' }).click()
    await chip(page, 'fails at an upgrade').click()
    expect(await statusOf(page)).toContain('8 of 60 kernels')
    expect(await page.locator('td.cell:not(.faded)').count()).toBe(
      await page.locator('td.cell.refused-later').count(),
    )
    await page.context().close()
  })

  it('searches kernels and hosts, and says so when nothing fits', async () => {
    const { page } = await reader.open(fleet())
    await page.getByLabel('Find kernels').fill('freebsd 64-bit')
    expect(await statusOf(page)).toBe('PV domU: 7 of 60 kernels, 35 of 35 builds.')
    await page.getByLabel('Find builds or hosts').fill('xen-0041.example')
    expect(await statusOf(page)).toBe('PV domU: 7 of 60 kernels, 1 of 35 builds.')
    await page.getByLabel('Find kernels').fill('no such kernel')
    expect(await statusOf(page)).toBe('No cell of PV domU fits these filters.')
    expect(await rows(page).count()).toBe(0)
    await page.context().close()
  })

  it('switches the boot mode, groups rows and folds a group, and joins builds to series', async () => {
    const { page } = await reader.open(fleet())
    await page.getByRole('radio', { name: 'PVH dom0' }).check()
    expect(await statusOf(page)).toMatch(/^PVH dom0: /)
    expect(await page.locator('td.cell.look-unavailable').count()).toBeGreaterThan(0)
    await page.getByLabel('Rows').selectOption('by-cause')
    const group = page.locator('th.group-head').first()
    expect(await group.getAttribute('aria-expanded')).toBe('true')
    const before = await page.locator('.grid').getAttribute('aria-rowcount')
    await group.click()
    expect(await page.locator('th.group-head').first().getAttribute('aria-expanded')).toBe('false')
    expect(Number(await page.locator('.grid').getAttribute('aria-rowcount'))).toBeLessThan(Number(before))
    await page.getByLabel('Columns').selectOption('series')
    expect(await page.locator('th.column-head').count()).toBeLessThan(35)
    await page.getByLabel('Rows').selectOption('worst')
    await page.getByRole('radio', { name: 'PV domU' }).check()
    await page.getByLabel('Find kernels').fill('6.12.1-amd64')
    await page.locator('td.cell.mixed').first().click()
    await panel(page).locator('.spans button').first().click()
    expect(await panel(page).locator('.verdict').count()).toBeGreaterThan(0)
    await panel(page).getByRole('button', { name: 'Back' }).click()
    expect(await panel(page).locator('.verdict').count()).toBe(0)
    await page.context().close()
  })

  it('opens a cell by a click: verdict, reason, log, remedies, evidence, paths and hosts', async () => {
    const { page } = await reader.open(small())
    await cell(page, 'vmlinuz-6.12.1-cloud', 0).click()
    const text = (await panel(page).textContent())!
    for (const part of [
      'vmlinuz-6.12.1-cloud-amd64 on 3.4.0',
      'codec-unsupported',
      'stops while unpacking the bzImage',
      'The payload is zstd, which this release cannot unpack',
      'unknown compression format: Invalid kernel',
      'Repack the payload with gzip',
      'zstd-toolstack',
      'RELEASE-4.15.0 tools/libs/guest/xg_dom_bzimageloader.c',
      '/srv/guests/vm-1042/boot/vmlinuz-6.12.1-cloud-amd64',
      'xen-0000.example.net',
      'pool-0',
    ]) {
      expect(text).toContain(part)
    }
    expect(await ask(page, 'document.activeElement?.id')).toBe('panel-title')
    await panel(page).getByRole('button', { name: 'PV dom0' }).click()
    expect(await panel(page).locator('.mode-tab[aria-current]').textContent()).toContain('PV dom0')
    await page.keyboard.press('Escape')
    expect(await panel(page).isVisible()).toBe(false)
    expect(await focusedLabel(page)).toBe('refused, codec-unsupported')
    await page.context().close()
  })

  it('tells what fails later, and what policy ignores', async () => {
    const { page } = await reader.open(small())
    await cell(page, '686-pae', 0).click()
    expect(await panel(page).textContent()).toContain('Refused from 4.16.0 on')
    await cell(page, '3.13.1-pvh', 0).click()
    expect(await panel(page).textContent()).toContain(
      'Decommissioned with the rack in March (until 2026-03-31)',
    )
    await page.context().close()
  })

  it('is used by keyboard alone', async () => {
    const { page } = await reader.open(small())
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

  it('leads from a tile, a cause and a list to the matrix and the panel', async () => {
    const { page } = await reader.open(fleet())
    await page.locator('.tile.look-uncertain a').click()
    expect(await chip(page, 'uncertain').getAttribute('aria-pressed')).toBe('true')
    expect(await page.locator('#cause-6 > details[open]').count()).toBe(0)
    await page.locator('a[href="#cause-6"]').click()
    expect(await page.locator('#cause-6 > details[open]').count()).toBe(1)
    await page.locator('#cause-1 button[data-cause]').click()
    expect(await page.getByLabel('Cause', { exact: true }).inputValue()).toBe('0')
    expect(await statusOf(page)).toMatch(/^PVH domU: 16 of 60 kernels/)
    expect(await page.locator('.grid :focus').count()).toBe(1)
    await page.locator('#cause-1 .affects summary').first().click()
    const name = page.locator('#cause-1 .names button').first()
    await name.click()
    expect(await panel(page).locator('h2').textContent()).toBe(await name.textContent())
    await page.keyboard.press('Escape')
    expect(await ask(page, 'document.activeElement?.textContent')).toBe(await name.textContent())
    await page.context().close()
  })

  it('shows what changes, today and after in an upgrade', async () => {
    const { page } = await reader.open(sampleUpgrade())
    // It opens where most breaks.
    expect(await page.getByRole('radio', { checked: true }).first().inputValue()).toBe('1')
    await page.getByRole('radio', { name: 'PV domU' }).check()
    expect(await page.locator('td.look-breaks').count()).toBe(4)
    await page.getByRole('radio', { name: 'Today' }).check()
    expect(await page.locator('td.look-breaks').count()).toBe(0)
    expect(await page.locator('td.look-refuses').count()).toBe(8)
    await page.getByRole('radio', { name: 'What changes' }).check()
    await page.locator('td.look-breaks').first().click()
    const text = await panel(page).textContent()
    expect(text).toContain('32-bit PV guests are off in this build.')
    expect(text).toContain('Today: • accepted')
    await page.context().close()
  })

  it('turns dark and light, and remembers', async () => {
    const { page } = await reader.open(small(), { colorScheme: 'light' })
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
    const dark = await reader.open(small(), { colorScheme: 'dark' })
    expect(await dark.page.getByRole('button', { name: 'Dark' }).getAttribute('aria-pressed')).toBe('true')
    await dark.page.context().close()
  })

  it.each([420, 1280])('fits a window of %i px', async width => {
    const { page, complaints } = await reader.open(sampleAudit(), { viewport: { width, height: 860 } })
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
    const { page } = await reader.open(fleetAudit({ kernels: 500, builds: 40, images: 500, hosts: 800 }))
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

  it('has one row for kernels that answer alike, which unfolds, and names whole on hover', async () => {
    const { page, complaints } = await reader.open(fleet())
    expect(await rows(page).count()).toBeLessThan(20)
    const head = page.locator('tr.alike .row-head').first()
    expect(await head.getAttribute('aria-label')).toMatch(/^\d+ kernels with the same answers, the first /)
    expect(await head.getAttribute('aria-expanded')).toBe('false')
    const before = await rows(page).count()
    await head.click()
    expect(await head.getAttribute('aria-expanded')).toBe('true')
    const added = (await rows(page).count()) - before
    expect(await head.getAttribute('aria-label')).toContain(`${added} kernels`)
    expect(await page.locator('.row-head.member').count()).toBe(added)
    await page.keyboard.press('Enter')
    expect(await rows(page).count()).toBe(before)
    // A cell of the row leads to the kernels that it stands for.
    await page.locator('tr.alike td.cell').first().click()
    expect(await panel(page).textContent()).toContain(`${added - 1} more kernels with the same answers`)
    expect(complaints).toEqual([])
    await page.context().close()
  })

  it('has an address for what is shown, and goes back and forward', async () => {
    const { page, complaints } = await reader.open(fleet())
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

  it('copies the matrix as it is filtered, a cause and a cell', async () => {
    const { page, complaints } = await reader.open(fleet(), {
      permissions: ['clipboard-read', 'clipboard-write'],
    })
    const copied = async (name: string) => {
      const button = page.getByRole('button', { name, exact: true }).first()
      await button.click()
      await button.locator('xpath=..').locator('.copied', { hasText: 'Copied' }).waitFor()
      return ask<string>(page, 'navigator.clipboard.readText()')
    }
    await page.getByLabel('Find kernels').fill('freebsd')
    await page.getByLabel('Find builds or hosts').fill('xen-0041.example')
    const csv = (await copied('Copy the matrix as CSV')).trimEnd().split('\n')
    // Kernels that share a row are a row each.
    expect(csv).toHaveLength(1 + 7)
    expect(csv[0]).toMatch(/^Kernel,Xen \d/)
    expect(csv.slice(1).every(line => line.includes('freebsd'))).toBe(true)
    expect((await copied('Copy the matrix as Markdown')).split('\n')[1]).toBe('| --- | --- |')
    expect(await copied('Copy the matrix as Text')).toContain('\t')
    const cause = await copied('Copy this cause as Text')
    expect(cause).toMatch(/^Part\tValue\nCause\t/)
    expect(cause).toMatch(/\nKernels\t\S+, /)
    await page.locator('td.cell').first().click()
    expect(await copied('Copy this cell as Markdown')).toMatch(/\| Answer \| /)
    expect(complaints).toEqual([])
    await page.context().close()
  })

  it('names every kernel where the search of the browser finds it', async () => {
    const { page } = await reader.open(fleetAudit({ kernels: 500, builds: 40, images: 500, hosts: 800 }))
    const names = page.locator('.every-kernel a')
    await expect.poll(() => names.count()).toBe(500)
    await page.locator('.every-kernel > summary').click()
    const last = names.last()
    await last.click()
    expect(await page.locator('#panel-title').textContent()).toBe(await last.textContent())
    await page.context().close()
  })

  it('prints a summary, the causes and the plan on few pages, and the matrix where it is asked for', async () => {
    const { page } = await reader.open(fleetAudit({ kernels: 500, builds: 40, images: 500, hosts: 800 }))
    const pages = async () => {
      const pdf = (await page.pdf({ format: 'A4' })).toString('latin1')
      return pdf.match(/\/Type\s*\/Page\b/g)!.length
    }
    const without = await pages()
    expect(without).toBeLessThanOrEqual(20)
    await page.getByLabel('Same answers', { exact: true }).selectOption({ label: 'A row each' })
    expect(await pages()).toBe(without)
    await ask(page, `document.documentElement.classList.add('print-matrix')`)
    expect(await pages()).toBeGreaterThan(without + 5)
    expect(await ask(page, 'document.documentElement.className')).toBe('scripted')
    await page.context().close()
  })

  it('opens causes for print, with a few names of their lists, and goes back', async () => {
    const { page } = await reader.open(fleet())
    const closed = () => page.locator('main .causes > li:nth-child(-n + 10) > details:not([open])').count()
    const before = await closed()
    expect(before).toBeGreaterThan(0)
    await ask(page, `dispatchEvent(new Event('beforeprint'))`)
    expect(await closed()).toBe(0)
    expect(await page.locator('#cause-1 .affects[open] > p').count()).toBe(2)
    await ask(page, `dispatchEvent(new Event('afterprint'))`)
    expect(await closed()).toBe(before)
    await page.context().close()
  })

  it('is read without its script', async () => {
    const { page, complaints } = await reader.open(small(), { javaScriptEnabled: false })
    const text = await page.locator('body').textContent()
    for (const part of [
      'cannot start today',
      'Upgrade the host to 4.2.0 or later',
      'need JavaScript',
      'Refused kernels',
      '3 hosts left out',
    ]) {
      expect(text).toContain(part)
    }
    expect(await page.getByRole('button').count()).toBe(0)
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
      const { page } = await reader.open(audit, { colorScheme, viewport: { width, height: 860 } })
      await ask(page, `dispatchEvent(new Event('beforeprint'))`)
      await expectAccessible(page)
      await page.locator('td.cell').first().click()
      await expectAccessible(page)
      await page.context().close()
    }
  })
})
