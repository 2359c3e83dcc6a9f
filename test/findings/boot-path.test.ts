import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { createTypeScriptEngine } from '../../src/engine/typescript.ts'
import type { Facts } from '../../src/facts/facts.ts'
import { byBootPath } from '../../src/findings/boot-path.ts'
import { MemorySource } from '../../src/source/memory.ts'
import { readImage } from '../../src/unwrap/read-image.ts'
import { remedyText } from '../../src/xen/remedies/remedy-text.ts'
import { image, run, word } from './fleet.ts'

const engine = createTypeScriptEngine()

function factsOf(name: string): Facts {
  const file = new URL(`../../fixtures/boot-paths/${name}`, import.meta.url)
  return readImage(engine, new MemorySource(readFileSync(file))).facts
}

const gzip = factsOf('codec-images/gzip.bzimage')
const zstd = factsOf('codec-images/zstd.bzimage')

describe('a loader that is not of the host', () => {
  test.each(['accepts', 'refuses'] as const)('counts instead of a toolstack that %s', answer => {
    const by = (facts: Facts, path: string) => byBootPath(word(answer), facts, 'pv-domU', [path])
    expect(by(gzip, 'pvgrub2').verdict).toBe('accepts')
    expect(by(zstd, 'pvgrub2@2.06')).toMatchObject({
      verdict: 'refuses',
      code: 'codec-unsupported',
      message: 'not xen image',
      remedies: expect.arrayContaining([
        expect.objectContaining({ action: { does: 'repair', targets: ['pvgrub2@2.06'] } }),
      ]),
    })
    expect(by(zstd, 'pvgrub2@2.14').verdict).toBe('accepts')
    expect(by(zstd, 'pvhgrub').verdict).toBe('accepts')
  })

  test('is uncertain only where its versions differ, and says which', () => {
    const { verdict, reason } = byBootPath(word('accepts'), zstd, 'pv-domU', ['pvgrub2'])
    expect(verdict).toBe('uncertain')
    expect(reason).toContain('2.14 takes it')
    expect(reason).toContain('2.12 refuses it ("not xen image")')
  })

  test('decides nothing about a dom0, nor about a mode that is not there', () => {
    expect(byBootPath(word('accepts'), zstd, 'pv-dom0', ['pvgrub2@2.06']).verdict).toBe('accepts')
    expect(byBootPath(word('unavailable'), gzip, 'pvh-domU', ['pvgrub2']).verdict).toBe('unavailable')
  })

  test('next to the own one: a refusal by one of them counts, with a remark', () => {
    const mixed = byBootPath(word('accepts'), zstd, 'pv-domU', ['direct', 'pvgrub2@2.06'])
    expect([mixed.verdict, mixed.assumptions.at(-1)]).toEqual([
      'refuses',
      'These guests do not all boot alike: by direct it starts, by pvgrub2@2.06 it is refused',
    ])
    expect(byBootPath(word('accepts'), gzip, 'pv-domU', ['direct', 'pvgrub2']).verdict).toBe('accepts')
  })

  test.each(['hvm', 'ovmf'])('%s asks no loader of Xen, and says why', path => {
    const { verdict, reason } = byBootPath(word('refuses'), gzip, 'pv-domU', [path])
    expect(verdict).toBe('not-asked')
    expect(reason).toContain('no Xen note is read')
  })
})

describe('what can be done where a loader refuses a kernel', () => {
  const catalogue = (name: string) => factsOf(`../catalogue/${name}`)
  const texts = (name: string, path: string, own: 'accepts' | 'refuses') =>
    byBootPath(word(own), catalogue(name), 'pvh-domU', [path]).remedies.map(remedyText)

  test('is about its cause: gzip helps a packing, and nothing else', () => {
    const [unikernel] = [
      byBootPath(word('accepts'), catalogue('unikernel-pvh'), 'pv-domU', ['pv-grub@4.14.6']),
    ]
    expect(unikernel).toMatchObject({ verdict: 'refuses', code: 'no-pae' })
    expect(unikernel.remedies.map(remedyText).join()).not.toContain('gzip')
    expect(
      byBootPath(word('accepts'), zstd, 'pv-domU', ['pv-grub@4.14.6']).remedies.map(remedyText)[0],
    ).toContain('Pack the kernel by gzip')
  })

  test('is a bzImage where there is one, and the way past GRUB where the toolstack takes the kernel', () => {
    expect(texts('mini-os', 'pvhgrub', 'accepts')).toEqual([
      expect.stringContaining('Boot it directly, from a file of dom0'),
    ])
    expect(texts('unikernel-pvh', 'pvhgrub', 'accepts').join()).toContain('Give the guest the bzImage')
    expect(texts('mini-os', 'pvhgrub', 'refuses')).toEqual(word('refuses').remedies.map(remedyText))
  })
})

test('a boot path that is not known is not taken for direct', () => {
  const fleet = `
hosts:
  - {name: a, xen: 4.5.0}
placements:
  - {host: a, images: one, boot: lilo}
`
  const { cells, verdicts, inventory } = run([image('one', 1)], {}, fleet)
  expect(cells.map(({ verdict }) => verdicts[verdict]!)).toMatchObject([
    { verdict: 'uncertain', code: 'boot-path' },
  ])
  expect(inventory.problems.map(({ message }) => message)).toEqual([expect.stringContaining('found "lilo"')])
})

describe('where the version of a loader decides and is not known', () => {
  const texts = (facts: Facts, ...paths: string[]) =>
    byBootPath(word('accepts'), facts, 'pv-domU', paths).remedies.map(remedyText)
  const xz = factsOf('reports/debian8-3.16-xz')

  test.each([
    ['pvgrub', 'boot: pv-grub@4.1.4'],
    ['pv-grub@1.04', 'boot: pv-grub@4.1.4'],
    ['pvgrub2@1.99', 'boot: pvgrub2@2.06'],
    ['pvhgrub@1.99', 'boot: pvhgrub@2.06'],
  ])('%s is asked for its own version, as in "%s"', (path, line) => {
    const [first] = texts(xz, path)
    expect(first).toContain(line)
  })

  test('a path that is none is asked for by all there are', () => {
    const [first] = texts(xz, 'lilo')
    expect(first).toContain('direct, pygrub, pv-grub, pvgrub2, pvhgrub, ovmf, hvm')
  })

  test('guests that boot in several ways are asked for the versions of those in doubt', () => {
    expect(texts(xz, 'direct', 'pvgrub').filter(text => text.includes('boot: '))).toEqual([
      expect.stringContaining('boot: pv-grub@4.1.4'),
    ])
    expect(texts(gzip, 'direct', 'hvm').join()).not.toContain('boot: ')
  })

  test('the verdict says that it is the version which is not known', () => {
    const { reason } = byBootPath(word('accepts'), xz, 'pv-domU', ['pv-grub@1.04'])
    expect(reason).toContain('a version of pv-grub that is not known')
  })
})

test('PV-GRUB unpacks what the release that built it unpacks: gzip always, xz from 4.3.0 on', () => {
  const by = (name: string, path: string) => byBootPath(word('refuses'), factsOf(name), 'pv-domU', [path])
  expect(by('reports/debian7-3.2-gzip', 'pvgrub').verdict).toBe('accepts')
  const unknown = by('reports/debian8-3.16-xz', 'pvgrub')
  expect(unknown.verdict).toBe('uncertain')
  expect(unknown.reason).toContain('unknown compression format')
  expect(by('reports/debian8-3.16-xz', 'pv-grub@4.1.4').verdict).toBe('refuses')
  expect(by('reports/debian8-3.16-xz', 'pv-grub@4.4.4').verdict).toBe('accepts')
})

test('PVH GRUB starts a bzImage of any codec, and no bare ELF', () => {
  const by = (name: string) => byBootPath(word('refuses'), factsOf(name), 'pvh-domU', ['pvhgrub'])
  expect(by('reports/linux-6.6.64-zstd').verdict).toBe('accepts')
  expect(by('reports/pvhonly-64')).toMatchObject({ verdict: 'refuses', message: 'no multiboot header found' })
})

test('pygrub goes through the loader of Xen, and rests on the image being the one', () => {
  const { verdict, assumptions } = byBootPath(word('accepts'), gzip, 'pv-domU', ['pygrub'])
  expect([verdict, assumptions.length]).toEqual(['accepts', 1])
  expect(byBootPath(word('accepts'), gzip, 'pv-domU', ['direct'])).toEqual(word('accepts'))
})

test('an upgrade tells what changes for guests by their boot path alone', () => {
  const fleet = `
hosts:
  - {name: a, xen: 4.12.4}
  - {name: b, xen: 4.12.4, build: {pv32: false}}
placements:
  - {host: a, images: one, boot: pygrub}
  - {host: b, images: one}
`
  const upgrade = { upgrade: { to: '4.19.0', hosts: () => true } }
  const { builds, causes, counts, verdicts } = run([image('one', 10)], upgrade, fleet)
  expect(builds.map(({ remarks }) => remarks)).toEqual([[], []])
  expect(causes.map(({ code, reason, remedies }) => [code, reason, remedyText(remedies[0]!)])).toEqual([
    [
      'pygrub-default-by-title',
      expect.any(String),
      expect.stringContaining('set GRUB_DEFAULT to the number'),
    ],
    ['pygrub-path-gone', expect.any(String), expect.stringContaining('bootloader = "pygrub"')],
    ['pygrub-python', expect.stringContaining('Python 3'), expect.stringContaining('which Python')],
  ])
  expect(causes.map(({ builds }) => builds)).toEqual([[0], [0], [0]])
  expect(counts.changes).toMatchObject({ uncertain: 1, 'still-fine': 1 })
  expect(verdicts.find(({ also }) => also !== undefined)!.also!.map(({ code }) => code)).toEqual([
    'pygrub-python',
    'pygrub-path-gone',
  ])
})
