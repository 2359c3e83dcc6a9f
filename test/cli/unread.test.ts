import { copyFileSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Audit } from '../../src/findings/model.ts'
import { records, root, run } from './run.ts'

const FLEET = ['--inventory', 'fixtures/inventory.yaml']
const REASON = 'The image could not be read: Cannot open the file: it is not there (ENOENT)'
const UNREAD = { verdict: 'uncertain', code: 'image-unread', reason: REASON }

let catalogue: string
beforeAll(() => {
  catalogue = mkdtempSync(join(tmpdir(), 'xen-preflight-'))
  copyFileSync(join(root, 'fixtures/catalogue/mini-os'), join(catalogue, 'mini-os'))
  symlinkSync('nowhere', join(catalogue, 'a'))
  symlinkSync('nowhere', join(catalogue, 'b'))
})
afterAll(() => rmSync(catalogue, { recursive: true }))

describe('an image that could not be read', () => {
  test('is judged by no release', async () => {
    const { stdout } = await run(['scan', catalogue, '--xen', 'all', '--mode', 'all', '-o', 'ndjson'])
    expect(records(stdout)[0].verdicts).toEqual([
      { mode: 'pv-domU', since: '3.1.0', until: '4.22.0', ...UNREAD },
      { mode: 'pv-dom0', since: '3.1.0', until: '4.22.0', ...UNREAD },
      // Earlier releases do not have the mode, whatever the image is.
      { mode: 'pvh-domU', since: '3.1.0', until: '4.3.4', ...UNAVAILABLE('domU') },
      { mode: 'pvh-domU', since: '4.4.0', until: '4.22.0', ...UNREAD },
      { mode: 'pvh-dom0', since: '3.1.0', until: '4.4.4', ...UNAVAILABLE('dom0') },
      { mode: 'pvh-dom0', since: '4.5.0', until: '4.22.0', ...UNREAD },
    ])
  })

  test('is judged by no host', async () => {
    const { stdout } = await run(['scan', catalogue, ...FLEET, '-o', 'ndjson'])
    const [unread] = records(stdout)
    expect(unread.verdicts).toHaveLength(8)
    for (const verdict of unread.verdicts) expect(verdict).toMatchObject(UNREAD)
  })

  test('is in doubt in an audit, which fails as with an inventory that has faults', async () => {
    const { code, stdout, stderr } = await run(['audit', catalogue, ...FLEET, '-o', 'json'])
    const { kernels, counts, causes } = JSON.parse(stdout) as Audit
    // Nobody knows whether the two are one kernel.
    expect(kernels).toHaveLength(3)
    expect(counts).toMatchObject({ accepts: 8, refuses: 0, uncertain: 16 })
    expect(causes.map(({ code }) => code)).toEqual(['image-unread'])
    expect(code).toBe(2)
    expect(stderr).toBe(
      `xen-preflight: 2 images not read: the first is ${catalogue}/a: Cannot open the file: it is not there (ENOENT)\n` +
        'xen-preflight: 16 findings fail the run\n',
    )
    expect((await run(['audit', catalogue, ...FLEET, '--fail-on', 'never'])).code).toBe(0)
    expect((await run(['audit', catalogue, ...FLEET, '--fail-on', 'refuses'])).code).toBe(2)
  })

  test('is no refusal of a new kernel', async () => {
    const { code, stdout } = await run(['upgrade', ...FLEET, '--add', join(catalogue, 'a'), '-o', 'json'])
    expect(code).toBe(2)
    expect((JSON.parse(stdout) as Audit).counts.changes).toMatchObject({ breaks: 0, uncertain: 8 })
  })
})

const UNAVAILABLE = (side: string) => ({
  verdict: 'unavailable',
  reason: `This release has no PVH for ${side}`,
})
