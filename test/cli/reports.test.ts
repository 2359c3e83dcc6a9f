/** What people reported, from end to end: the right cause, every line of the log, and what to do first. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { root, run } from './run.ts'

interface Line {
  verdict: string
  code?: string
  xen: string
  reason: string
  log?: { lines: string[]; noise?: string[]; silent?: string }
  remedies: string[]
  assumptions: string[]
  kernel: { images: string[] }
}

let directory: string
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'xen-preflight-'))
})
afterAll(() => rmSync(directory, { recursive: true }))

const REPORTS = join(root, 'fixtures/reports')
const PROBE = 'xc_dom_probe_bzimage_kernel'
const END = ['xc_dom_find_loader: no loader found', 'xc_dom_parse_image failed']

async function audit(inventory: string, images: readonly string[], ...args: string[]) {
  const file = join(directory, 'fleet.yaml')
  writeFileSync(file, inventory)
  const { stdout, stderr } = await run(['audit', ...images, '--inventory', file, '-o', 'ndjson', ...args], {
    cwd: REPORTS,
  })
  expect(stderr).not.toContain('    at ')
  const lines = stdout
    .split('\n')
    .filter(text => text !== '')
    .map(text => JSON.parse(text) as Line)
  return (image: string, xen: string) => {
    const found = lines.find(
      line => line.xen === xen && line.kernel.images.some(name => name.endsWith(image)),
    )
    expect(found, `${image} on ${xen}`).toBeDefined()
    return found!
  }
}

describe.each([[[]], [['--verify']]])('the log names the cause, and damage is blamed (%j)', args => {
  test('of every kind', async () => {
    const broken = ['../broken/bzimage-cut', '../broken/bzimage-unknown']
    const rotten = ['rotten-gzip-early', 'rotten-gzip-middle', 'rotten-gzip-late']
    const found = await audit(
      'hosts:\n  - {name: new, xen: 4.17.7, build: full}\n  - {name: old, xen: 4.9.2, build: full}\n',
      [...rotten, ...broken, 'ubuntu2004-5.4-lz4'],
      ...args,
    )
    for (const [image, rc] of rotten.map((image, index) => [image, index === 0 ? -3 : -5] as const)) {
      const { code, log, remedies } = found(image, '4.17.7')
      expect([image, code, log?.lines]).toEqual([
        image,
        'stream-broken',
        [`xc_dom_do_gunzip: inflate failed (rc=${rc})`, `${PROBE}: unable to gzip decompress kernel`, ...END],
      ])
      expect(remedies[0]).toMatch(/^Get the image again/)
    }
    expect(found('bzimage-cut', '4.17.7').log?.lines).toEqual([`${PROBE}: payload length overflow`, ...END])
    expect(found('bzimage-unknown', '4.17.7').log?.lines).toEqual([
      `${PROBE}: unknown compression format`,
      ...END,
    ])
    expect(found('ubuntu2004-5.4-lz4', '4.9.2')).toMatchObject({
      code: 'lz4-decoder-broken',
      log: { lines: [`${PROBE} unable to LZ4 decompress kernel`, ...END] },
    })
    expect(found('ubuntu2004-5.4-lz4', '4.17.7').verdict).toBe('accepts')
  })
})

test('the version of PV-GRUB decides, and not that of Xen', async () => {
  const placed = ['debian7-3.2-gzip', 'debian8-3.16-xz']
  const place = (boot: string) =>
    `hosts:\n  - {name: ec2, xen: 3.4.3}\nplacements:\n${placed.map(image => `  - {host: ec2, images: ${image}, boot: ${boot}, mode: pv-domU}\n`).join('')}`
  const unknown = await audit(place('pvgrub'), placed)
  expect(unknown(placed[0]!, '3.4.3').verdict).toBe('accepts')
  expect(unknown(placed[1]!, '3.4.3')).toMatchObject({
    verdict: 'uncertain',
    reason: expect.stringContaining('unknown compression format'),
  })
  const old = await audit(place('pv-grub@4.1.2'), placed)
  expect(old(placed[1]!, '3.4.3')).toMatchObject({
    verdict: 'refuses',
    code: 'codec-unsupported',
    log: { lines: expect.arrayContaining([`${PROBE}: unknown compression format`]) },
  })
  const later = await audit(place('pv-grub@4.3.0'), placed)
  expect(placed.map(image => later(image, '3.4.3').verdict)).toEqual(['accepts', 'accepts'])
})

test('GRUB for PVH starts a bzImage by its boot protocol, and no ELF without a multiboot header', async () => {
  const images = ['pvhonly-64', 'linux-6.6.64-zstd']
  const found = await audit(
    `hosts:\n  - {name: q41, xen: 4.14.6}\nplacements:\n${images.map(image => `  - {host: q41, images: ${image}, mode: pvh-domU, boot: pvhgrub}\n`).join('')}`,
    images,
  )
  expect(found('linux-6.6.64-zstd', '4.14.6').verdict).toBe('accepts')
  expect(found('pvhonly-64', '4.14.6')).toMatchObject({
    verdict: 'refuses',
    log: { lines: ['no multiboot header found'] },
  })
})

test('a kernel that Xen 4.1 calls no bzImage starts there; notes that only Xen reads whole are told', async () => {
  const found = await audit('hosts:\n  - {name: a, xen: 4.1.6.1}\n  - {name: b, xen: 4.17.7}\n', [
    'halvm',
    'osv-loader',
  ])
  expect(found('halvm', '4.1.6.1').verdict).toBe('accepts')
  const osv = found('osv-loader', '4.17.7')
  expect(osv.verdict).toBe('accepts')
  expect(osv.assumptions).toContainEqual(
    expect.stringMatching(/^Only Xen reads the notes: they are packed at 4/),
  )
  const { stdout } = await run([
    'why',
    `xc: error: panic: xc_dom_bzimageloader.c:588: ${PROBE}: kernel is not a bzImage: Invalid kernel`,
  ])
  expect(stdout).toContain('It means nothing: it is logged of kernels that load, too.')
})
