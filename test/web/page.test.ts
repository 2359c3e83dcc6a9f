import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ABSENT, executable, expectAccessible } from '../browser/chromium.ts'
import { run } from '../cli/run.ts'
import { choose, drop, fixture, Visitor } from './browser.ts'

const SKIPPED = executable === undefined ? ` (skipped: ${ABSENT})` : ''
if (SKIPPED !== '') console.warn(`The browser tests of the page do not run: ${ABSENT}`)

let visitor: Visitor

describe.skipIf(executable === undefined)(`the page in Chromium${SKIPPED}`, () => {
  beforeAll(async () => {
    visitor = await Visitor.start()
  })
  afterAll(() => visitor.stop())

  it('reads a dropped kernel, and says where it starts, what is wrong and what to do, without a request', async () => {
    const { page, complaints } = await visitor.open()
    await drop(page, { name: 'vmlinuz-3.13', path: fixture('catalogue/linux-3.13-pvh') })
    expect(await page.textContent('#status')).toBe('1 kernel read.')
    expect(await page.textContent('#kernel-name')).toBe('vmlinuz-3.13')
    const text = (await page.textContent('#detail'))!
    expect(text).toContain('Starts on 4.2.0 and later. Refused by 4.1.6.1 and older.')
    const first = page.locator('details.cause[open]')
    expect(await first.getAttribute('data-code')).toBe('unknown-feature')
    expect(await first.textContent()).toContain('hvm_callback_vector')
    expect(await first.locator('.remedies li').count()).toBeGreaterThan(0)
    expect(complaints).toEqual([])
    await page.context().close()
  })

  it('says in its matrix what the command says of each release in each mode', async () => {
    const { page } = await visitor.open()
    for (const name of ['linux-3.13-pvh', 'linux-6.12-zstd']) {
      await page.reload()
      await page.locator('[data-ready]').waitFor()
      await choose(page, fixture(`catalogue/${name}`))
      expect(await answersOf(page)).toEqual(await commandAnswers(fixture(`catalogue/${name}`)))
    }
    await page.context().close()
  })

  it('shows several kernels in a table, and what is no kernel with the reason', async () => {
    const { page, complaints } = await visitor.open()
    await choose(page, ...['catalogue/mini-os', 'catalogue/linux-6.1-lz4', 'broken/text'].map(fixture))
    expect(await page.locator('.overview tbody tr').count()).toBe(3)
    expect(await page.textContent('#kernel-name')).toBe('mini-os')
    await page.getByRole('button', { name: 'linux-6.1-lz4' }).click()
    expect(await page.textContent('#kernel-name')).toBe('linux-6.1-lz4')
    expect(await page.locator('.overview tbody tr').nth(2).textContent()).toContain('Cannot find')
    expect(complaints).toEqual([])
    await page.context().close()
  })

  it('leads through the matrix by arrow keys, and opens a series', async () => {
    const { page } = await visitor.open()
    await choose(page, fixture('catalogue/linux-3.13-pvh'))
    await page.locator('.series-matrix button[tabindex="0"]').focus()
    for (const key of ['End', 'ArrowDown', 'ArrowDown', 'Enter']) await page.keyboard.press(key)
    expect(await page.textContent('.place h4')).toBe('Xen 4.22 as PVH domU')
    expect(await page.textContent('.place')).toContain('Not PVH')
    expect(await page.locator('.series-matrix button[tabindex="0"]').count()).toBe(1)
    await page.context().close()
  })

  it.each([
    [1280, 'light'],
    [420, 'dark'],
  ] as const)('fits a window of %i px in %s, and hinders nobody', async (width, colorScheme) => {
    const { page, complaints } = await visitor.open({ viewport: { width, height: 860 }, colorScheme })
    await expectAccessible(page)
    await choose(page, fixture('catalogue/linux-3.13-pvh'), fixture('catalogue/freebsd-10'))
    await page.locator('.series-matrix button').first().click()
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0)
    await expectAccessible(page)
    expect(complaints).toEqual([])
    await page.context().close()
  })
})

/** The labels of all cells of the matrix: `PV domU on 4.1: refused`. */
const answersOf = (page: Awaited<ReturnType<Visitor['open']>>['page']) =>
  page.evaluate(
    "[...document.querySelectorAll('.series-matrix td button')].map(cell => cell.getAttribute('aria-label'))",
  ) as Promise<string[]>

interface Verdict {
  mode: string
  since: string
  until: string
  verdict: string
}

/** The same labels from what `scan` answers. */
async function commandAnswers(path: string): Promise<string[]> {
  const ask = async (...args: string[]) => (await run(args)).stdout
  const { images } = JSON.parse(await ask('scan', path, '--xen', 'all', '--mode', 'all', '-o', 'json')) as {
    images: { verdicts: Verdict[] }[]
  }
  const releases = JSON.parse(await ask('releases', '-o', 'json')) as { release: string }[]
  const names = releases.map(({ release }) => release)
  const words: Record<string, string> = { accepts: 'accepted', refuses: 'refused' }
  const modes = { 'pv-domU': 'PV domU', 'pv-dom0': 'PV dom0', 'pvh-domU': 'PVH domU', 'pvh-dom0': 'PVH dom0' }
  const series = [...new Set(names.map(name => name.split('.', 2).join('.')))]
  return Object.entries(modes).flatMap(([mode, word]) =>
    series.map(name => {
      const runs: { since: string; until: string; verdict: string }[] = []
      for (const release of names.filter(known => known.split('.', 2).join('.') === name)) {
        const at = names.indexOf(release)
        const { verdict } = images[0]!.verdicts.find(
          span => span.mode === mode && names.indexOf(span.since) <= at && at <= names.indexOf(span.until),
        )!
        if (runs.at(-1)?.verdict === verdict) runs.at(-1)!.until = release
        else runs.push({ since: release, until: release, verdict })
      }
      const said = runs.map(({ since, until, verdict }) => {
        const shown = words[verdict] ?? verdict
        if (runs.length === 1) return shown
        return `${since === until ? since : `${since} to ${until}`} ${shown}`
      })
      return `${word} on ${name}: ${said.join(', ')}`
    }),
  )
}
