/** The report in Chromium, opened from the file system. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Browser, BrowserContextOptions } from 'playwright-core'
import type { Audit } from '../../../src/findings/model.ts'
import { launch, type OpenPage, openPage } from '../../browser/chromium.ts'
import { documentOf } from './document.ts'

export class Reader {
  readonly #folder = mkdtempSync(join(tmpdir(), 'xen-preflight-report-'))
  readonly #browser: Browser
  #files = 0

  private constructor(browser: Browser) {
    this.#browser = browser
  }

  static async start(): Promise<Reader> {
    return new Reader(await launch())
  }

  open(audit: Audit, options: BrowserContextOptions = {}): Promise<OpenPage> {
    return this.openText(documentOf(audit), options)
  }

  /** A report may ask for nothing but itself. */
  openText(text: string, options: BrowserContextOptions = {}): Promise<OpenPage> {
    const file = join(this.#folder, `report-${this.#files++}.html`)
    writeFileSync(file, text)
    const url = pathToFileURL(file).href
    return openPage(this.#browser, { url, isAllowed: asked => asked === url, timeout: 60_000 }, options)
  }

  async stop(): Promise<void> {
    await this.#browser.close()
    rmSync(this.#folder, { recursive: true, force: true })
  }
}
