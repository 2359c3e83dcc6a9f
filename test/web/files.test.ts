import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ABSENT, executable } from '../browser/chromium.ts'
import { records, run } from '../cli/run.ts'
import { diskOf } from '../containers/container-suite.ts'
import { choose, fixture, settled, Visitor } from './browser.ts'

const SKIPPED = executable === undefined ? ` (skipped: ${ABSENT})` : ''
/** Disks, one that names another, packages and archives. */
const DISKS = [
  'overlay.qcow2',
  'base.qcow2',
  'gzip.deb',
  'bzip2.rpm',
  'pax.tar',
  'dynamic.vhdx',
  'plain.qcow2',
]
const BROKEN = readdirSync(fixture('broken'))

let visitor: Visitor
let folder: string

/** Address and problem of each image, as the page shows them. */
async function shown(files: readonly string[]): Promise<string[]> {
  const { page, complaints } = await visitor.open()
  await choose(page, ...files)
  const rows = await page
    .locator('.overview tbody tr')
    .evaluateAll(all =>
      all.map(
        row => `${row.querySelector('small')?.textContent ?? ''}${row.querySelector('bdi')?.textContent}`,
      ),
    )
  const problems: string[] = []
  for (const link of await page.locator('.overview tbody th button').all()) {
    await link.click()
    const problem = page.locator('#detail p.problem code')
    problems.push((await problem.count()) === 0 ? 'none' : (await problem.first().textContent())!)
  }
  expect(complaints).toEqual([])
  await page.context().close()
  return rows.map((row, index) => `${row} ${problems[index]}`)
}

/** The same from `scan`. */
async function scanned(files: readonly string[], cwd: string): Promise<string[]> {
  const { stdout } = await run(['scan', ...files, '-o', 'ndjson', '--fail-on', 'never'], { cwd })
  return records(stdout).map(({ image, problem }) => `${image} ${problem?.code ?? 'none'}`)
}

describe.skipIf(executable === undefined)(`files on the page${SKIPPED}`, () => {
  beforeAll(async () => {
    visitor = await Visitor.start()
    folder = mkdtempSync(join(tmpdir(), 'xen-preflight-page-'))
    for (const name of DISKS) writeFileSync(join(folder, name), diskOf(name))
  })
  afterAll(async () => {
    await visitor.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  it('finds in disks, packages and archives what scan finds, by the same addresses', async () => {
    const found = await shown(DISKS.map(name => join(folder, name)))
    expect(found).toEqual(await scanned(DISKS, folder))
    expect(found.length).toBeGreaterThan(2 * DISKS.length - 3)
  })

  it('says of broken files what scan says, and goes on', async () => {
    const found = await shown(BROKEN.map(name => fixture(`broken/${name}`)))
    expect(found).toEqual(await scanned(BROKEN, fixture('broken')))
  })

  it('reads a folder in the order of its names, and only counts what is no kernel', async () => {
    const { page } = await visitor.open()
    await page.setInputFiles('#folder', fixture('catalogue'))
    await settled(page)
    const names = await page.locator('.overview bdi').allTextContents()
    const expected = await scanned(['catalogue'], fixture(''))
    expect(names.map(name => `catalogue/${name} none`)).toEqual(expected)
    await page.context().close()
  })
})
