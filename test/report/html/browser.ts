/** The report in a real browser: Chromium, where the machine has one. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import axe from 'axe-core'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { expect } from 'vitest'
import type { Audit } from '../../../src/findings/model.ts'
import { documentOf } from './document.ts'

/** Where Debian, Ubuntu, Fedora and macOS put it; `CHROMIUM` says otherwise. */
const PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
]

const places = process.env.CHROMIUM === undefined ? PLACES : [process.env.CHROMIUM]

export const executable = places.find(place => existsSync(place))

export const ABSENT = 'no Chromium on this machine: apt-get install chromium, or name one in CHROMIUM'

export const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** An opened report, and what it did that it must not do. */
export interface Opened {
  page: Page
  /** Anything on the console, any error, any dialog, any request but the file itself. */
  complaints: string[]
}

export class Reader {
  readonly #folder = mkdtempSync(join(tmpdir(), 'xen-preflight-report-'))
  readonly #browser: Browser
  #files = 0

  private constructor(browser: Browser) {
    this.#browser = browser
  }

  /** Playwright gives each launch a new, empty profile. */
  static async start(): Promise<Reader> {
    return new Reader(await chromium.launch({ executablePath: executable!, headless: true, args: ARGUMENTS }))
  }

  open(audit: Audit, options: BrowserContextOptions = {}): Promise<Opened> {
    return this.openText(documentOf(audit), options)
  }

  async openText(text: string, options: BrowserContextOptions = {}): Promise<Opened> {
    const file = join(this.#folder, `report-${this.#files++}.html`)
    writeFileSync(file, text)
    const url = pathToFileURL(file).href
    const context = await this.#browser.newContext({
      viewport: { width: 1280, height: 900 },
      reducedMotion: 'reduce',
      ...options,
    })
    context.setDefaultTimeout(8_000)
    const page = await context.newPage()
    const complaints: string[] = []
    page.on('console', message => complaints.push(`${message.type()}: ${message.text()}`))
    page.on('pageerror', error => complaints.push(`error: ${error.message}`))
    page.on('dialog', dialog => complaints.push(`dialog: ${dialog.message()}`))
    context.on('request', request => {
      if (request.url() !== url) complaints.push(`request: ${request.url()}`)
    })
    await page.goto(url)
    return { page, complaints }
  }

  async stop(): Promise<void> {
    await this.#browser.close()
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

const axeSource = axe.source ?? createRequire(import.meta.url)('axe-core').source

/** Nothing that stops or hinders people who do not see, hear or point: axe finds nothing serious or critical. */
export async function expectAccessible(page: Page): Promise<void> {
  await page.evaluate(axeSource)
  const { violations, passes } = (await page.evaluate('axe.run()')) as axe.AxeResults
  expect(passes.length).toBeGreaterThan(10)
  const grave = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
  expect(
    grave.map(
      ({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map(node => `${node.html} ${node.failureSummary}`)}`,
    ),
  ).toEqual([])
}
