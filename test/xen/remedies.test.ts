import { describe, expect, test } from 'vitest'
import type { BzImageLayer, Facts } from '../../src/facts/facts.ts'
import { type BootModeName, bootModes } from '../../src/xen/boot-mode.ts'
import { REPAIR, UNPACK } from '../../src/xen/remedies/own-command.ts'
import { remedy } from '../../src/xen/remedies/remedy.ts'
import { aimedAt, remedyDocument, remedyText } from '../../src/xen/remedies/remedy-text.ts'
import { ask } from './ask.ts'
import { bzImage, kernel, linux32, linuxNotes } from './kernels.ts'

const packed = bzImage(kernel(), 'lz4')
const upgrades = (release: string) =>
  ask(packed, release, 'pv-domU')
    .remedies.filter(({ text }) => text.includes('Upgrade'))
    .map(({ kind, text }) => `${kind}: ${text}`)

// LZ4 came with 4.4.0, was broken from 4.4.1, whole in 4.11.4, and broken again until 4.12.2.
describe('the release that takes it', () => {
  test('is one from which on all take it', () => {
    expect(upgrades('4.3.0')).toEqual([
      'release: Upgrade the toolstack to Xen 4.12.2 or later: it takes this kernel',
    ])
  })

  test('is a point release of the same series where there is one', () => {
    expect(upgrades('4.12.1')).toEqual([
      'point-release: Upgrade the toolstack to Xen 4.12.2 or later: it takes this kernel',
    ])
  })
})

describe('a host whose build differs from its release', () => {
  test('is not told to repack by a codec that it lacks', () => {
    // Of the codecs that 3.4.0's toolstack may have, gzip and then bzip2 would be the first.
    const repack = (options?: { gates: Record<string, string> }) =>
      ask(bzImage(kernel(), 'gzip'), '4.17.0', 'pv-domU', options)
        .remedies.map(({ text }) => text)
        .find(text => text.startsWith('Repack'))
    expect(repack()).toBeUndefined()
    expect(ask(bzImage(kernel(), 'zstd'), '4.14.0', 'pv-domU').remedies[0]!.text).toBe(
      'Repack the payload by gzip, or unpack the vmlinux and boot that',
    )
    const gzipLost = repackingOf({ 'lz4-decoder': 'broken' }, 'lz4')
    expect(gzipLost).toMatch(/^Repack the payload by gzip/)
    expect(repackingOf({ 'xz-toolstack': 'absent' }, 'xz')).toMatch(/^Repack the payload by gzip/)
  })

  test('loses its own gates by an upgrade', () => {
    const host = { gates: { 'bzimage-toolstack': 'unknown' } }
    const verdict = ask(bzImage(kernel(), 'gzip'), '4.14.0', 'pv-domU', host)
    expect(verdict.code).toBe('bzimage-unsupported')
    expect(verdict.remedies.map(({ text }) => text)).toContain(
      'Upgrade the toolstack to Xen 4.14.1 or later: it takes this kernel',
    )
  })

  test('has the last line of its own toolstack', () => {
    const host = { gates: { 'domU-final-text': 'xc_dom_parse_image failed' } }
    const lines = (options?: typeof host) =>
      ask(bzImage(kernel(), 'zstd'), '3.4.0', 'pv-domU', options).log?.lines.at(-1)
    expect(lines()).not.toBe('xc_dom_parse_image failed')
    expect(lines(host)).toBe('xc_dom_parse_image failed')
  })
})

/** The first remedy for a payload by `codec` on a host of 4.17 with `gates`. */
function repackingOf(gates: Record<string, string>, codec: 'lz4' | 'xz'): string {
  return ask(bzImage(kernel(), codec), '4.17.0', 'pv-domU', { gates }).remedies[0]!.text
}

describe('remedies know the guest', () => {
  const texts = (facts: Facts, mode: BootModeName = 'pv-domU', xen = '4.17.4') =>
    ask(facts, xen, mode).remedies.map(remedyText)
  const patched = (os: string) =>
    kernel({ notes: linuxNotes({ GUEST_OS: os, FEATURES: 'hvm_callback_vector' }) })

  test('no Linux advice for a BSD', () => {
    const freebsd = texts(patched('FreeBSD'), 'pv-domU', '4.1.6.1')
    expect(freebsd.join()).not.toMatch(/Linux|CONFIG_/)
    expect(freebsd.join()).toContain('xen-locore.S')
    expect(texts(patched('linux'), 'pv-domU', '4.1.6.1')[0]).toContain('xen-preflight repair IMAGE')
    expect(texts(patched('linux'), 'pv-domU', '4.1.6.1')[1]).toContain('Use Linux 3.14')
  })

  test('no older Linux than the one that is there', () => {
    const facts = bzImage(patched('linux'), 'gzip')
    const [header, ...rest] = facts.layers
    const newer = {
      ...facts,
      layers: [{ ...header, kernelVersion: '4.9.0-1-amd64 (x)' } as BzImageLayer, ...rest],
    }
    expect(texts(newer, 'pv-domU', '4.1.6.1').join()).not.toContain('Use Linux 3.14')
  })

  test.each([
    ['NetBSD', 'netbsd-XEN3_DOMU'],
    ['OpenBSD', 'type = "hvm"'],
    ['Mini-OS', 'unikernel'],
    ['GRUB', 'grub-mkstandalone -O x86_64-xen'],
  ])('%s without the right loader', (os, what) => {
    const facts = kernel({ notes: linuxNotes({ GUEST_OS: os, LOADER: 'other' }) })
    const found = texts(facts)
    expect(found.join()).toContain(what)
    expect(found.join()).not.toContain('CONFIG_XEN')
  })

  test.each([
    ['GRUB', 'Use the 64-bit build of GRUB: grub-mkstandalone -O x86_64-xen -o grub-x86_64-xen.bin'],
    ['Mini-OS', 'Build the unikernel for x86_64'],
    ['linux', 'Use the 64-bit kernel of the same system: it runs 32-bit programs too'],
  ])('%s of 32 bits where there are no 32-bit PV guests', (os, what) => {
    const { remedies } = ask(linux32({ GUEST_OS: os }), '4.17.7', 'pv-domU', { build: { pv32: false } })
    const found = remedies.map(remedyText)
    expect(found).toContain(what)
    expect(found.filter(text => text.includes('64'))).toHaveLength(1)
  })

  test('an ELF for another machine needs another kernel, and no other boot mode', () => {
    for (const mode of bootModes) {
      const verdict = ask(
        kernel({ machine: 183, notes: { ...linuxNotes(), PHYS32_ENTRY: 0x100_0000 } }),
        '4.17.4',
        mode,
      )
      if (verdict.verdict !== 'refuses') continue
      expect(verdict.remedies.map(remedyText)).toEqual([
        'Use a kernel for x86: this one is built for AArch64',
      ])
    }
  })

  test("the tenant's come before the host's, but dom0 has no tenant", () => {
    const facts = patched('linux')
    const actors = (mode: BootModeName) => ask(facts, '4.1.6.1', mode).remedies.map(({ by }) => by)
    const sorted = (found: readonly string[]) => found.toSorted((a, b) => (a < b ? 1 : -1))
    expect(new Set(actors('pv-domU'))).toEqual(new Set(['tenant', 'host']))
    expect(actors('pv-domU')).toEqual(sorted(actors('pv-domU')))
  })

  test('another boot mode comes with the line that sets it', () => {
    const pvhOnly = linux32({ PHYS32_ENTRY: 0x100_0000, PAE_MODE: undefined })
    const found = (xen: string) =>
      ask(pvhOnly, xen, 'pv-domU').remedies.find(({ kind }) => kind === 'boot-mode')?.action
    const file = "the guest's configuration (/etc/xen/NAME.cfg)"
    expect(found('4.17.4')).toEqual({ does: 'write', line: 'type = "pvh"', file })
    expect(found('4.8.5')).toEqual({
      does: 'write',
      line: 'builder = "hvm", device_model_version = "none"',
      file,
    })
  })

  test('a damaged package is fetched again by its own tool', () => {
    const broken = { verified: false, error: { code: 'stream-corrupt' as const, offset: 1, message: 'x' } }
    const [header, ...rest] = bzImage(kernel(), 'xz', broken).layers
    const versioned = (kernelVersion: string): Facts => ({
      ...bzImage(kernel(), 'xz', broken),
      layers: [{ ...header, kernelVersion } as BzImageLayer, ...rest],
    })
    expect(texts(versioned('6.1.0-50-amd64 (x)'))[0]).toContain(
      'apt-get install --reinstall linux-image-6.1.0-50-amd64',
    )
    expect(texts(versioned('6.5.6-300.fc39.x86_64 (x)'))[0]).toContain(
      'dnf reinstall kernel-core-6.5.6-300.fc39.x86_64',
    )
    expect(texts(versioned('7.0.0-custom (x)'))).toEqual(['Get the image again: it is damaged or cut short'])
  })
})

describe('commands of our own', () => {
  const repack = remedy('repack', 'Repack it', REPAIR)
  const fill = (image: string | undefined, ...targets: string[]) => aimedAt(repack, { image, targets })

  test('get the image, what has to take it, and a name for the new file; they are quoted when they are printed', () => {
    const filled = fill("web's.qcow2!/part2/boot/vmlinuz 5", '4.1.6.1', '4.17.4:pv-dom0')
    expect(remedyDocument(filled).words).toEqual([
      ...['xen-preflight', 'repair', "web's.qcow2!/part2/boot/vmlinuz 5"],
      ...['--for', '4.1.6.1,4.17.4:pv-dom0', '-o', 'vmlinuz 5.repaired'],
    ])
    expect(remedyText(filled)).toBe(
      "Repack it: xen-preflight repair 'web'\\''s.qcow2!/part2/boot/vmlinuz 5' --for 4.1.6.1,4.17.4:pv-dom0 -o 'vmlinuz 5.repaired'",
    )
    expect(
      remedyText(aimedAt(remedy('repack', 'Unpack it', UNPACK), { image: '/boot/vmlinuz', targets: [] })),
    ).toBe('Unpack it: xen-preflight unpack /boot/vmlinuz -o vmlinux')
  })

  test('keep their words where the image, or what refuses it, is not known', () => {
    const general = 'Repack it: xen-preflight repair IMAGE --for TARGET -o OUT'
    expect(remedyText(fill('vmlinuz'))).toBe(general)
    expect(remedyText(fill(undefined, '4.1.6.1'))).toBe(general)
  })

  test('keep the targets that they have: a loader of guests, for one', () => {
    const loader = remedy('repack', 'Repack it', { does: 'repair', targets: ['pvgrub2@2.06'] })
    expect(remedyText(aimedAt(loader, { image: 'k', targets: ['4.1.6.1'] }))).toBe(
      'Repack it: xen-preflight repair k --for pvgrub2@2.06 -o k.repaired',
    )
  })
})

describe('an entry outside of a 32-bit Linux', () => {
  const remedies = (version: string) => {
    const facts = bzImage(linux32({ ENTRY: 0x100_0000 }), 'gzip')
    const layer = facts.layers[0] as BzImageLayer
    layer.kernelVersion = `${version} (debian-kernel@lists.debian.org) #1 SMP`
    return ask(facts, '4.4.0', 'pv-domU').remedies.map(remedyText)
  }

  test('is no mistake in its notes from 5.9 on, which has no PV entry', () => {
    expect(remedies('5.10.0-32-686-pae')[0]).toContain('a 32-bit Linux has no PV entry from 5.9 on')
    expect(remedies('5.10.0-32-686-pae').join()).not.toContain('ELFNOTE')
  })

  test('is one before, and the line that has to be changed is named with its file', () => {
    expect(remedies('4.19.0-27-686-pae')[0]).toContain(
      'ELFNOTE(Xen, XEN_ELFNOTE_ENTRY, _ASM_PTR startup_xen) in arch/x86/xen/xen-head.S of Linux',
    )
  })
})
