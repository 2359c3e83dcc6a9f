import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Download, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ABSENT, executable, expectAccessible } from '../browser/chromium.ts'
import { isDeno, root, run } from '../cli/run.ts'
import { choose, fixture, settled, Visitor } from './browser.ts'

const SKIPPED = executable === undefined ? ` (skipped: ${ABSENT})` : ''
const CATALOGUE = fixture('catalogue')
/** When the reports say that they were made, by the page's clock and by the command's. */
const NOW = 1_790_000_000

let visitor: Visitor

const bytesOf = async (download: Promise<Download>) => readFileSync(await (await download).path())
const downloadOf = async (page: Page, act: () => Promise<void>) => {
  const download = page.waitForEvent('download')
  await act()
  return bytesOf(download)
}

describe.skipIf(executable === undefined)(`what the page gives, against the command${SKIPPED}`, () => {
  beforeAll(async () => {
    visitor = await Visitor.start()
  })
  afterAll(() => visitor.stop())

  it('saves the JSON of scan and the ELF of unpack, and walks as explain does, byte for byte', async () => {
    const { page, complaints } = await visitor.open()
    await choose(page, `${CATALOGUE}/linux-3.13-pvh`)
    const scan = await downloadOf(page, () => page.click('#save-scan'))
    const inCatalogue = { cwd: CATALOGUE }
    const asked = ['linux-3.13-pvh', '--xen', 'all', '--mode', 'all', '-o', 'json']
    expect(scan.toString()).toBe((await run(['scan', ...asked], inCatalogue)).stdout)

    const elf = await downloadOf(page, () => page.click('#save-elf'))
    expect(elf.subarray(0, 4).toString('latin1')).toBe('\x7fELF')
    const hash = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64')
    expect(hash(elf)).toBe(hash(await unpacked('linux-3.13-pvh')))

    await page.locator('summary', { hasText: 'The walk of a loader' }).click()
    await page.selectOption('#walk-release', '4.1.6.1')
    await page.getByRole('button', { name: 'Walk through it' }).click()
    const text = await page.locator('.walk pre').textContent()
    expect(text).toBe((await run(['explain', 'linux-3.13-pvh', '--xen', '4.1.6.1'], inCatalogue)).stdout)
    expect(await page.locator('.walk .steps li').count()).toBeGreaterThan(5)
    await expectAccessible(page)
    expect(complaints).toEqual([])
    await page.context().close()
  })

  it('audits kernels on the hosts of an inventory, and gives the reports of the command, byte for byte', async () => {
    const { page, complaints } = await visitor.open()
    await page.clock.setFixedTime(NOW * 1000)
    const kernels = ['linux-3.13-pvh', 'linux-6.12-zstd', 'freebsd-10']
    await choose(page, ...kernels.map(name => `${CATALOGUE}/${name}`), fixture('inventory.yaml'))
    await page.locator('.fleet .counts').waitFor()
    const asked = ['audit', ...kernels.map(name => `catalogue/${name}`), '--inventory', 'inventory.yaml']
    await expectReports(page, asked)
    const opened = page.waitForEvent('popup')
    await page.getByRole('button', { name: 'Open the report' }).click()
    const tab = await opened
    await tab.locator('td.cell').first().waitFor()
    expect(await page.locator('summary', { hasText: 'On your hosts' }).count()).toBe(1)
    expect(complaints).toEqual([])
    await page.context().close()
  })

  it.each([
    ['one release', '4.17.4'],
    ['every later release', 'all'],
  ])('gives the reports of an upgrade to %s, byte for byte', async (_, to) => {
    const { page, complaints } = await visitor.open()
    await page.clock.setFixedTime(NOW * 1000)
    const kernels = ['linux-3.13-pvh', 'linux-6.12-zstd']
    await choose(page, ...kernels.map(name => `${CATALOGUE}/${name}`), fixture('inventory.yaml'))
    await page.selectOption('#report-about', 'upgrade')
    await page.fill('#report-versions', to)
    const asked = ['upgrade', ...kernels.map(name => `catalogue/${name}`), '--to', to]
    await expectReports(page, [...asked, '--inventory', 'inventory.yaml'])
    expect(complaints).toEqual([])
    await page.context().close()
  })

  it.each([
    ['4.13,4.17.4,XCP-ng 8.2', '', []],
    ['all', 'all', ['--mode', 'all']],
  ])(
    'gives the reports on releases of Xen without an inventory, byte for byte: %s',
    async (xen, mode, options) => {
      const { page, complaints } = await visitor.open()
      await page.clock.setFixedTime(NOW * 1000)
      const kernels = ['linux-3.13-pvh', 'linux-6.12-zstd', 'mini-os']
      await choose(page, ...kernels.map(name => `${CATALOGUE}/${name}`))
      await page.fill('#report-versions', xen)
      await page.selectOption('#report-mode', mode)
      const asked = ['audit', ...kernels.map(name => `catalogue/${name}`), '--xen', xen]
      await expectReports(page, [...asked, ...options])
      const opened = page.waitForEvent('popup')
      await page.press('#report-versions', 'Enter')
      await (await opened).locator('td.cell').first().waitFor()
      expect(complaints).toEqual([])
      await page.context().close()
    },
  )

  it('says what stands against a report', async () => {
    const { page, complaints } = await visitor.open()
    await choose(page, `${CATALOGUE}/mini-os`)
    const download = page.getByRole('button', { name: 'Download as' })
    const said = page.locator('.reports [role="status"]')
    await download.click()
    await said.filter({ hasText: 'Name releases of Xen, or all.' }).waitFor()
    await page.fill('#report-versions', '4.17,what')
    await download.click()
    await said.filter({ hasText: 'what' }).waitFor()
    await choose(page, fixture('inventory.yaml'))
    await page.selectOption('#report-about', 'upgrade')
    await page.fill('#report-versions', '3.1.0')
    await download.click()
    await said.filter({ hasText: 'Cannot upgrade anything to Xen 3.1.0' }).waitFor()
    expect(complaints).toEqual([])
    await page.context().close()
  })

  it('explains a line of a log that is pasted, and a log that is given', async () => {
    const { page, complaints } = await visitor.open()
    await page.fill('#why-lines', 'xc: error: panic: xc_dom_core.c:1: xc_dom_find_loader: no loader found')
    await page.getByRole('button', { name: 'What does it mean?' }).click()
    expect(await page.locator('#why-answer .log-line').textContent()).toContain('xc_dom_find_loader')
    await page.fill('#why-lines', 'nothing that Xen prints')
    await page.getByRole('button', { name: 'What does it mean?' }).click()
    await page.locator('#why-answer', { hasText: 'Nothing of it is known' }).waitFor()
    await page.setInputFiles('#files', {
      name: 'xl.log',
      mimeType: 'text/plain',
      buffer: Buffer.from('libxl: xc_dom_find_loader: no loader found\n'),
    })
    await settled(page)
    expect(await page.locator('.logs h2').textContent()).toBe('xl.log')
    expect(complaints).toEqual([])
    await page.context().close()
  })

  it('opens without a network once it was opened with one, and asks it for nothing but itself', async () => {
    const child = spawn(process.execPath, [...(isDeno ? ['run', '-A'] : []), '.ci/serve-web.mjs'], {
      cwd: root,
      env: { ...process.env, PORT: '0' },
    })
    try {
      const url = await new Promise<string>(resolve => {
        child.stdout.setEncoding('utf8').once('data', text => resolve(String(text).trim()))
      })
      const { page, complaints } = await visitor.open({}, url)
      await page.locator('[data-offline]').waitFor()
      child.kill()
      await page.reload()
      await page.locator('[data-ready]').waitFor()
      await choose(page, `${CATALOGUE}/mini-os`)
      expect(await page.textContent('#kernel-name')).toBe('mini-os')
      expect(complaints.filter(text => !text.includes('/sw.js'))).toEqual([])
      await page.context().close()
    } finally {
      child.kill()
    }
  })
})

/** The page gives the reports that the command writes. It knows files that were chosen by their names alone. */
async function expectReports(page: Page, words: readonly string[]): Promise<void> {
  const formats = ['html', 'json']
  const folder = mkdtempSync(join(tmpdir(), 'xen-preflight-reports-'))
  try {
    const outputs = formats.flatMap(format => ['-o', `${format}=${join(folder, format)}`])
    await run([...words, ...outputs], { cwd: fixture(''), env: { SOURCE_DATE_EPOCH: String(NOW) } })
    for (const format of formats) {
      await page.selectOption('#report-format', format)
      const report = await downloadOf(page, () => page.getByRole('button', { name: 'Download as' }).click())
      const written = readFileSync(join(folder, format), 'utf8').replaceAll('catalogue/', '')
      expect(report.toString(), format).toBe(written)
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function unpacked(name: string): Promise<Uint8Array> {
  const folder = mkdtempSync(`${tmpdir()}/xen-preflight-`)
  try {
    await run(['unpack', name, '-o', `${folder}/elf`], { cwd: CATALOGUE })
    return readFileSync(`${folder}/elf`)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
