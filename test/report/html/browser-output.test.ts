import { expect, it } from 'vitest'
import { fleetAudit } from './fleet.ts'
import { ask, describeReport, fleet, small } from './report-page.ts'

describeReport('the HTML report in Chromium: copied, printed, and without its script', open => {
  it('copies the matrix as it is filtered, a cause and a cell', async () => {
    const { page, complaints } = await open(fleet(), {
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

  it('prints a summary, the causes and the plan on few pages, and the matrix where it is asked for', async () => {
    const { page } = await open(fleetAudit({ kernels: 500, builds: 40, images: 500, hosts: 800 }))
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
    const { page } = await open(fleet())
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
    const { page, complaints } = await open(small(), { javaScriptEnabled: false })
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
})
