import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fixture, PAGE } from './browser.ts'
import { Firefox, firefox, NO_FIREFOX } from './firefox.ts'

const SKIPPED = firefox === undefined ? ` (skipped: ${NO_FIREFOX})` : ''
if (SKIPPED !== '') console.warn(`The tests of the page in Firefox do not run: ${NO_FIREFOX}`)

let browser: Firefox

describe.skipIf(firefox === undefined)(`the page in Firefox${SKIPPED}`, () => {
  beforeAll(async () => {
    browser = await Firefox.start()
  })
  afterAll(() => browser.stop())

  it('reads a kernel and an inventory, opened from the file system', async () => {
    await browser.open(PAGE.href)
    await browser.choose(fixture('catalogue/linux-3.13-pvh'), fixture('inventory.yaml'))
    expect(await browser.run('return document.getElementById("status").textContent')).toBe('1 kernel read.')
    expect(await browser.run('return document.querySelector(".answers dd").textContent')).toBe(
      '• accepted Starts on 4.2.0 and later. Refused by 4.1.6.1 and older.',
    )
    await browser.until('return document.querySelector(".fleet .counts") !== null')
    expect(await browser.run('return document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(
      0,
    )
    // The whole way of a repair: unpacked, packed by this browser's gzip, read and compared again.
    await browser.run(`
      for (const summary of document.querySelectorAll('.part summary'))
        if (summary.textContent.includes('repair it')) summary.click()`)
    await browser.until('return document.getElementById("repair-for") !== null')
    await browser.run(`
      document.getElementById('repair-for').value = '4.1.6.1'
      document.querySelector('.part form').requestSubmit()`)
    await browser.until('return document.getElementById("repair-make") !== null')
    await browser.run('document.getElementById("repair-make").click()')
    await browser.until(
      'return document.querySelector(".repair .problem, .repair .differences tbody tr") !== null',
    )
    expect(await browser.run('return document.querySelector(".repair").textContent')).toContain(
      'it was unpacked from the new file, and both engines read the same',
    )
  })
})
