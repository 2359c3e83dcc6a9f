/** What the tests of the HTML report find in its page. */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe } from 'vitest'
import { ABSENT, executable } from '../../browser/chromium.ts'
import { Reader } from './browser.ts'
import { fleetAudit } from './fleet.ts'

const SKIPPED = executable === undefined ? ` (skipped: ${ABSENT})` : ''
if (SKIPPED !== '') console.warn(`The browser tests of the HTML report do not run: ${ABSENT}`)

/** Tests with a browser that opens reports; skipped where there is none. */
export function describeReport(name: string, tests: (open: Reader['open']) => void): void {
  describe.skipIf(executable === undefined)(`${name}${SKIPPED}`, () => {
    let reader: Reader
    beforeAll(async () => {
      reader = await Reader.start()
    })
    afterAll(() => reader.stop())
    tests((audit, options) => reader.open(audit, options))
  })
}

export const fleet = () => fleetAudit({ kernels: 60, builds: 35, images: 500, hosts: 800 })
export const small = () => fleetAudit({ kernels: 8, builds: 8, images: 12, hosts: 8 })

export const PV32 =
  '32-bit PV is not built into this hypervisor: The kernel is a 32-bit PV one, and this rele…'
export const statusOf = (page: Page) => page.locator('.status').textContent()
export const focusedRow = (page: Page) =>
  ask(page, `document.activeElement?.closest('tr')?.getAttribute('aria-rowindex')`)
export const rows = (page: Page) => page.locator('tr.kernel')
export const cell = (page: Page, kernel: string, column: number) =>
  rows(page).filter({ hasText: kernel }).first().locator(`td[data-column="${column}"]`)
export const panel = (page: Page) => page.locator('#panel')
/** Asks the page itself; the expression is text because the tests know no DOM. */
export const ask = <Answer>(page: Page, expression: string) => page.evaluate(expression) as Promise<Answer>
export const focusedLabel = (page: Page) => ask(page, `document.activeElement?.getAttribute('aria-label')`)
export const chip = (page: Page, word: string) => page.locator('button.chip', { hasText: word })
