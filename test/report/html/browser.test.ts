import { expect, it } from 'vitest'
import { sampleAddition, sampleAudit, sampleFine, sampleUpgrade } from '../sample-audit.ts'
import { fleetAudit } from './fleet.ts'
import {
  describeReport,
  fleet,
  small,
  PV32,
  statusOf,
  rows,
  cell,
  panel,
  ask,
  focusedLabel,
  chip,
} from './report-page.ts'

describeReport('the HTML report in Chromium', open => {
  it.each([
    ['a fleet', fleet],
    ['a fleet with nasty names', sampleAudit],
    ['an upgrade', sampleUpgrade],
    ['a new kernel', sampleAddition],
    ['a fleet without findings', sampleFine],
  ])('opens %s without a word on the console, and without a request', async (_, audit) => {
    const { page, complaints } = await open(audit())
    await page.locator('.grid td.cell').first().click()
    await expect.poll(() => panel(page).isVisible()).toBe(true)
    await page.keyboard.press('Escape')
    expect(complaints).toEqual([])
    await page.context().close()
  })

  it('filters by answer, by cause and by what fails at an upgrade', async () => {
    const { page } = await open(fleet())
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
    const { page } = await open(fleet())
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
    const { page } = await open(fleet())
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
    const { page } = await open(small())
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
    const { page } = await open(small())
    await cell(page, '686-pae', 0).click()
    expect(await panel(page).textContent()).toContain('Refused from 4.16.0 on')
    await cell(page, '3.13.1-pvh', 0).click()
    expect(await panel(page).textContent()).toContain(
      'Decommissioned with the rack in March (until 2026-03-31)',
    )
    await page.context().close()
  })

  it('leads from a tile, a cause and a list to the matrix and the panel', async () => {
    const { page } = await open(fleet())
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
    const { page } = await open(sampleUpgrade())
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

  it('has one row for kernels that answer alike, which unfolds, and names whole on hover', async () => {
    const { page, complaints } = await open(fleet())
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

  it('names every kernel where the search of the browser finds it', async () => {
    const { page } = await open(fleetAudit({ kernels: 500, builds: 40, images: 500, hosts: 800 }))
    const names = page.locator('.every-kernel a')
    await expect.poll(() => names.count()).toBe(500)
    await page.locator('.every-kernel > summary').click()
    const last = names.last()
    await last.click()
    expect(await page.locator('#panel-title').textContent()).toBe(await last.textContent())
    await page.context().close()
  })
})
