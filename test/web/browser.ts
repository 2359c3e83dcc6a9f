/** The page that reads kernels, in Chromium: opened from the file system, with all that it asks for and says noted. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { ARGUMENTS, executable } from '../report/html/browser.ts'

export const PAGE = new URL('../../dist/web/index.html', import.meta.url)
export const fixture = (path: string) => fileURLToPath(new URL(`../../fixtures/${path}`, import.meta.url))

/** The page's own files, by the ends of their addresses. */
const OWN = /\/(?:index\.html|icon\.svg|manifest\.webmanifest)?$/

/** An open page, and what it did that it must not do. */
export interface OpenPage {
  page: Page
  /** Anything on the console, any error, any dialog, any request but for the page's own files. */
  complaints: string[]
}

export class Visitor {
  readonly #browser: Browser

  private constructor(browser: Browser) {
    this.#browser = browser
  }

  static async start(): Promise<Visitor> {
    return new Visitor(
      await chromium.launch({ executablePath: executable!, headless: true, args: ARGUMENTS }),
    )
  }

  async open(options: BrowserContextOptions = {}, url: string = PAGE.href): Promise<OpenPage> {
    const context = await this.#browser.newContext({
      viewport: { width: 1280, height: 900 },
      reducedMotion: 'reduce',
      ...options,
    })
    context.setDefaultTimeout(20_000)
    const page = await context.newPage()
    const complaints: string[] = []
    page.on('console', message => complaints.push(`${message.type()}: ${message.text()}`))
    page.on('pageerror', error => complaints.push(`error: ${error.message}`))
    page.on('dialog', dialog => complaints.push(`dialog: ${dialog.message()}`))
    context.on('request', request => {
      const asked = request.url()
      if (!asked.startsWith('blob:') && !OWN.test(asked)) complaints.push(`request: ${asked}`)
    })
    await page.goto(url)
    await page.locator('[data-ready]').waitFor()
    return { page, complaints }
  }

  stop(): Promise<void> {
    return this.#browser.close()
  }
}

/** Waits until nothing is read any more. */
export const settled = (page: Page): Promise<void> => page.locator('#status[data-state="done"]').waitFor()

/** Gives files by the button. */
export async function choose(page: Page, ...files: string[]): Promise<void> {
  await page.setInputFiles('#files', files)
  await settled(page)
}

/** Drops files as from a desktop: by their names and bytes. */
export async function drop(page: Page, ...files: { name: string; path: string }[]): Promise<void> {
  const contents = files.map(({ name, path }) => ({ name, base64: readFileSync(path).toString('base64') }))
  await page.evaluate(
    `(() => {
      const transfer = new DataTransfer()
      for (const { name, base64 } of ${JSON.stringify(contents)})
        transfer.items.add(new File([Uint8Array.from(atob(base64), char => char.charCodeAt(0))], name))
      for (const type of ['dragenter', 'dragover', 'drop'])
        document.getElementById('drop').dispatchEvent(new DragEvent(type, { dataTransfer: transfer, bubbles: true, cancelable: true }))
    })()`,
  )
  await settled(page)
}
