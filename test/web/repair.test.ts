import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Facts } from '../../src/facts/facts.ts'
import { MemorySource, readBytes } from '../../src/source/memory.ts'
import { openWholeElf } from '../../src/unwrap/whole-elf.ts'
import { gzipByStream } from '../../src/web/worker/gzip.ts'
import { ABSENT, executable, expectAccessible } from '../browser/chromium.ts'
import { run } from '../cli/run.ts'
import { diskOf } from '../containers/container-suite.ts'
import { engine, read } from '../repair/kernels.ts'
import { choose, fixture, Visitor } from './browser.ts'

const SKIPPED = executable === undefined ? ` (skipped: ${ABSENT})` : ''
const CATALOGUE = fixture('catalogue')

it('packs by a compression stream what gzip unpacks', async () => {
  const pieces = fc.array(fc.uint8Array({ maxLength: 3000 }), { maxLength: 8 })
  await fc.assert(
    fc.asyncProperty(pieces, async bytes => {
      const packed: Uint8Array[] = []
      const gzip = gzipByStream(6, piece => packed.push(piece))
      for (const piece of bytes) await gzip.write(new Uint8Array(piece))
      await gzip.end()
      expect(gunzipSync(Buffer.concat(packed))).toEqual(Buffer.concat(bytes))
    }),
    { numRuns: 50 },
  )
})

let visitor: Visitor
let folder: string

/** Asks what would be changed in the kernel that is shown. */
async function ask(page: Page, targets: string, mode = ''): Promise<void> {
  const repair = page.locator('summary', { hasText: 'repair it' })
  if ((await page.locator('#repair-for:visible').count()) === 0) await repair.click()
  await page.fill('#repair-for', targets)
  await page.selectOption('#repair-mode', mode)
  await page.getByRole('button', { name: 'What would be changed?' }).click()
  await page.locator('.repair', { hasText: 'Looking for the smallest change …' }).waitFor({ state: 'hidden' })
}

/** Makes the kernel, and returns the path of what is saved. */
async function make(page: Page): Promise<string> {
  const download = page.waitForEvent('download')
  await page.click('#repair-make')
  const saved = await download
  const path = join(folder, saved.suggestedFilename())
  await saved.saveAs(path)
  return path
}

/** The ELF inside a kernel, whole. */
function elfOf(bytes: Uint8Array): Buffer {
  const { elf, finish, close } = openWholeElf(engine, new MemorySource(bytes))
  finish()
  const unpacked = readBytes(elf, 0, elf.size)
  close()
  return Buffer.from(unpacked)
}

/** How tightly gzip packs is no matter. */
const LENGTHS = { payloadLength: 0, length: 0, consumed: 0 }
const withoutLengths = (facts: Facts) => ({
  ...facts,
  size: 0,
  layers: facts.layers.map(layer => ({ ...layer, ...LENGTHS })),
})

describe.skipIf(executable === undefined)(`repairs on the page${SKIPPED}`, () => {
  beforeAll(async () => {
    visitor = await Visitor.start()
    folder = mkdtempSync(join(tmpdir(), 'xen-preflight-repair-'))
  })
  afterAll(async () => {
    await visitor.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  it.each([
    ['linux-3.13-pvh', '4.1.6.1', 'all'],
    ['linux-6.12-zstd', '3.4.3..4.17', 'pv-domU'],
    ['linux-6.1-lz4', 'all', 'pv-domU'],
    ['freebsd-10', '4.1.6.1', ''],
  ])('says of %s for %s what the command says, and makes what it makes', async (name, targets, mode) => {
    const { page, complaints } = await visitor.open()
    await choose(page, `${CATALOGUE}/${name}`)
    await ask(page, targets, mode)
    const modes = mode === '' ? [] : ['--mode', mode]
    const output = join(folder, `${name}-by-command`)
    const { stdout } = await run(['repair', name, '--for', targets, ...modes, '--level', '6', '-o', output], {
      cwd: CATALOGUE,
    })
    const said = (await page.locator('.repair pre').textContent())!
    // The command goes on with what it has written.
    expect(stdout.slice(0, said.length)).toBe(said)
    expect(stdout.slice(said.length)).toMatch(/^ {2}written /)
    expect(await page.locator('.repair dt').allTextContents()).toContain('changes')

    const made = await make(page)
    expect(made).toBe(join(folder, `${name}-repaired`))
    const [ours, theirs] = [made, output].map(path => new Uint8Array(readFileSync(path))) as [
      Uint8Array,
      Uint8Array,
    ]
    expect(withoutLengths(read(ours))).toEqual(withoutLengths(read(theirs)))
    expect(elfOf(ours).equals(elfOf(theirs))).toBe(true)
    const proved = await page.locator('.repair').textContent()
    expect(proved).toContain('it was unpacked from the new file, and both engines read the same')
    expect(await page.locator('.differences tbody tr').count()).toBeGreaterThan(0)
    expect(complaints).toEqual([])
    await page.context().close()
  })

  it('repairs a kernel inside a container, for the hosts of an inventory', async () => {
    const disk = join(folder, 'disk.qcow2')
    writeFileSync(disk, diskOf('plain.qcow2'))
    const { page, complaints } = await visitor.open()
    await choose(page, disk, fixture('inventory.yaml'))
    const address = (await page.textContent('#kernel-name'))!
    const path = (await page.locator('#kernel-name small').textContent())!
    await ask(page, '')
    const { stdout } = await run(['repair', address, '--inventory', fixture('inventory.yaml'), '--dry-run'], {
      cwd: folder,
    })
    expect(path).toContain('disk.qcow2!/')
    expect(await page.locator('.repair pre').textContent()).toBe(stdout)
    expect(complaints).toEqual([])
    await page.context().close()
  })

  it('says who can help where no change does, and what it does not understand', async () => {
    const { page, complaints } = await visitor.open()
    await choose(page, `${CATALOGUE}/linux-6.12-nodom0`)
    await ask(page, '4.17.4', 'pv-dom0')
    const said = (await page.locator('.repair dl').textContent())!
    expect(said).toContain('Its SUPPORTED_FEATURES note lacks the dom0 bit')
    expect(said).toContain('who runs the host: Build the kernel with CONFIG_XEN_DOM0=y')
    expect(await page.locator('#repair-make').count()).toBe(0)
    await ask(page, 'what')
    await page.locator('.repair p.problem', { hasText: 'Cannot repair for what' }).waitFor()
    await ask(page, '')
    await page
      .locator('.repair p.problem', { hasText: 'Cannot tell what the kernel is to start on' })
      .waitFor()
    expect(complaints).toEqual([])
    await page.context().close()
  })

  it('is not hindered by broken files: each is refused with a reason, or planned as the command plans it', async () => {
    const { page, complaints } = await visitor.open()
    const names = ['bzimage-corrupt', 'bzimage-cut', 'elf-cut', 'note-past-end']
    await choose(page, ...names.map(name => fixture(`broken/${name}`)))
    const command = (name: string) =>
      run(['repair', name, '--for', 'all', '--dry-run'], { cwd: fixture('broken') })
    const said = await Promise.all(names.map(command))
    for (const [index, name] of names.entries()) {
      await page.locator('.overview').getByRole('button', { name, exact: true }).click()
      await ask(page, 'all')
      const { stdout, stderr } = said[index]!
      const plan = page.locator('.repair pre')
      if ((await plan.count()) > 0) expect(await plan.textContent()).toBe(stdout)
      else expect(stderr).toContain(await page.locator('.repair p.problem').textContent())
    }
    expect(complaints).toEqual([])
    await page.context().close()
  })

  it.each([
    [1280, 'dark'],
    [420, 'light'],
  ] as const)('fits a window of %i px in %s, and hinders nobody', async (width, colorScheme) => {
    const { page } = await visitor.open({ viewport: { width, height: 860 }, colorScheme })
    await choose(page, `${CATALOGUE}/linux-3.13-pvh`, fixture('inventory.yaml'))
    await page.selectOption('#report-about', 'upgrade')
    await ask(page, '4.1.6.1')
    await make(page)
    await page.locator('.differences').waitFor()
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0)
    await expectAccessible(page)
    await page.context().close()
  })
})
