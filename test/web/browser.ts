/** The page that reads kernels, in Chromium: opened from the file system. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { launch, type OpenPage, openPage } from '../browser/chromium.ts'

export const PAGE = new URL('../../dist/web/index.html', import.meta.url)
export const fixture = (path: string) => fileURLToPath(new URL(`../../fixtures/${path}`, import.meta.url))

/** The page's own files, by the ends of their addresses. */
const OWN = /\/(?:index\.html|icon\.svg|manifest\.webmanifest)?$/

export class Visitor {
  readonly #browser: Browser

  private constructor(browser: Browser) {
    this.#browser = browser
  }

  static async start(): Promise<Visitor> {
    return new Visitor(await launch())
  }

  async open(options: BrowserContextOptions = {}, url: string = PAGE.href): Promise<OpenPage> {
    const isAllowed = (asked: string) => asked.startsWith('blob:') || OWN.test(asked)
    const open = await openPage(this.#browser, { url, isAllowed, timeout: 60_000 }, options)
    await open.page.locator('[data-ready]').waitFor()
    return open
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
