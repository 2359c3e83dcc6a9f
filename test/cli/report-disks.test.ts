/** Systems of public reports as whole disks: what pygrub and GRUB's loaders make of them. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliDecompressSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { records, root, run } from './run.ts'

const REPORTS = join(root, 'fixtures/boot-paths/reports')
let directory: string
const disk = (name: string) => join(directory, `${name}.img`)
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'xen-preflight-'))
  for (const name of ['nixos', 'flatcar', 'k3os', 'fedora-bls'])
    writeFileSync(disk(name), brotliDecompressSync(readFileSync(join(REPORTS, `${name}.img.br`))))
})
afterAll(() => rmSync(directory, { recursive: true }))

const NO_CONFIG = "RuntimeError: couldn't find bootloader config file in the image provided."
const NO_KERNEL = 'RuntimeError: Unable to find partition containing kernel'

/** The spans of one disk's line, short. */
const spans = ({ answers }: { answers: Record<string, string>[] }) =>
  answers.map(({ since, until, python, error, kernel, args }) => [
    since,
    until,
    python,
    kernel ?? error,
    args,
  ])

test('pygrub finds no kernel in a squashfs, in BLS entries or behind a variable, and one by menu.lst', async () => {
  const disks = ['k3os', 'fedora-bls', 'nixos', 'flatcar'].map(disk)
  const { code, stdout } = await run(['boot', ...disks, '--path', 'pygrub', '--xen', 'all', '-o', 'ndjson'])
  expect(code).toBe(0)
  const [k3os, fedora, nixos, flatcar] = records(stdout)
  const wrongNumber = (text: string) => `ValueError: invalid literal for int() with base 10: ${text}`
  expect(spans(k3os)).toEqual([
    ['3.1.0', '3.4.0', null, NO_CONFIG, undefined],
    ['4.0.0', '4.0.4', null, wrongNumber("'oot'"), undefined],
    ['4.1.0', '4.22.0', null, NO_KERNEL, undefined],
  ])
  expect(spans(fedora)).toEqual([
    ['3.1.0', '4.0.4', null, NO_CONFIG, undefined],
    ['4.1.0', '4.22.0', null, NO_KERNEL, undefined],
  ])
  expect(spans(nixos).at(-1)).toEqual(['4.1.0', '4.22.0', null, NO_KERNEL, undefined])
  expect(spans(flatcar).at(-1)).toEqual([
    '4.2.1',
    '4.22.0',
    null,
    '/flatcar/vmlinuz-a',
    'console=hvc0 root=LABEL=ROOT',
  ])
})

test('zstd kernels on disks: pvgrub2 takes them from 2.14 on, PVH GRUB always, and never a unikernel without multiboot', async () => {
  const versions = ['2.06', '2.12', '2.14']
  const asked = [
    ...versions.map(version => `pvgrub2@${version}`),
    ...versions.map(version => `pvhgrub@${version}`),
  ]
  const images = [
    disk('nixos'),
    disk('flatcar'),
    join(REPORTS, 'linux-6.6.64-zstd'),
    join(REPORTS, 'pvhonly-64'),
  ]
  const { stdout } = await run(['scan', ...images, '--boot', asked.join(','), '-o', 'ndjson'])
  const found = records(stdout)
  expect(found).toHaveLength(images.length)
  const by = (image: string) => {
    const { verdicts } = found.find(record => record.image.startsWith(image))
    return asked.map(path => {
      const [boot, version] = path.split('@')
      const own = verdicts.filter(
        (one: Record<string, string>) =>
          one.boot === boot && one.since === version && one.arch !== 'i386-xen',
      )
      expect(own).toHaveLength(1)
      return [own[0].verdict, own[0].code, own[0].message]
    })
  }
  const refused = ['refuses', 'codec-unsupported', 'not xen image']
  const taken = ['accepts', undefined, undefined]
  for (const image of images.slice(0, 3))
    expect(by(image)).toEqual([refused, refused, taken, taken, taken, taken])
  const noHeader = ['refuses', 'not-a-kernel', 'no multiboot header found']
  expect(by(images[3]!)).toEqual([taken, taken, taken, noHeader, noHeader, noHeader])
})

test('a walk of the disk by pvgrub2 says the same of the kernel that it boots', async () => {
  const outcomes = await Promise.all(
    ['2.12', '2.14'].map(async version => {
      const { stdout } = await run(['boot', disk('nixos'), '--path', `pvgrub2@${version}`, '-o', 'ndjson'])
      const [{ entry }] = records(stdout)
      return [entry.kernel, entry.verdict.verdict]
    }),
  )
  const { stdout } = await run(['boot', disk('k3os'), '--path', 'pvgrub2', '-o', 'ndjson'])
  const [{ entry }] = records(stdout)
  expect(entry).toMatchObject({
    at: 'k3os/system/kernel/current/kernel.squashfs!/vmlinuz',
    verdict: { verdict: 'accepts' },
  })
  expect(entry.missing).toBeUndefined()
  const kernel = '/boot/kernels/abcd-linux-5.10.37-bzImage'
  expect(outcomes).toEqual([
    [kernel, 'refuses'],
    [kernel, 'accepts'],
  ])
})
