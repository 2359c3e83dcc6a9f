/** Pages in a real browser: Chromium, where the machine has one, with all that a page asks for and says noted. */
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import axe from 'axe-core'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { expect } from 'vitest'

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

const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** Playwright gives each launch a new, empty profile. */
export const launch = (): Promise<Browser> =>
  chromium.launch({ executablePath: executable!, headless: true, args: ARGUMENTS })

/** An open page, and what it did that it must not do. */
export interface OpenPage {
  page: Page
  /** Anything on the console, any error, any dialog, any request that is not allowed. */
  complaints: string[]
}

export interface Opening {
  url: string
  /** Which requests a page may make. */
  isAllowed: (url: string) => boolean
  /** How long an action may take, in milliseconds. */
  timeout: number
}

/** Opens a page in a context of its own. */
export async function openPage(
  browser: Browser,
  { url, isAllowed, timeout }: Opening,
  options: BrowserContextOptions = {},
): Promise<OpenPage> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 900 },
    reducedMotion: 'reduce',
    ...options,
  })
  context.setDefaultTimeout(timeout)
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('console', message => complaints.push(`${message.type()}: ${message.text()}`))
  page.on('pageerror', error => complaints.push(`error: ${error.message}`))
  page.on('dialog', dialog => complaints.push(`dialog: ${dialog.message()}`))
  context.on('request', request => {
    if (!isAllowed(request.url())) complaints.push(`request: ${request.url()}`)
  })
  await page.goto(url)
  return { page, complaints }
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
