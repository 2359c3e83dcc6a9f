/** Kernels that are out there, by their notes, against what the releases' own code says of them. */

import { describe, expect, test } from 'vitest'
import { remedyText } from '../../src/xen/remedies/remedy-text.ts'
import { ask, outline } from './ask.ts'
import { bzImage, kernel, linux32, linuxNotes, packed } from './kernels.ts'

/** Linux 5.10 and later for amd64: PVH entry inside the physical range of the kernel. */
const modern = { PHYS32_ENTRY: 0x100_0100n, SUPPORTED_FEATURES: 0x8801 }
const debian61 = kernel({ notes: linuxNotes(modern) })
const debian612 = kernel({
  notes: linuxNotes({ ...modern, FEATURES: '!writable_page_tables', HV_START_LOW: undefined }),
})
const cloud612 = kernel({
  notes: linuxNotes({ ...modern, FEATURES: '!writable_page_tables', SUPPORTED_FEATURES: 0x8001 }),
})

describe('Linux 6.12 cloud (zstd, no dom0 bit)', () => {
  const image = bzImage(cloud612, 'zstd')

  test('is refused as PV dom0 by every release: for its codec before 4.15.0, for the dom0 bit from then on', () => {
    expect(outline(image, 'pv-dom0')).toBe('3.1.0-4.22.0 refuses')
    expect(ask(image, '3.3.0', 'pv-dom0').code).toBe('bzimage-unsupported')
    expect(ask(image, '4.14.6', 'pv-dom0').code).toBe('codec-unsupported')
    expect(ask(image, '4.15.0', 'pv-dom0').code).toBe('dom0-bit-missing')
    expect(ask(image, '4.17.7', 'pv-dom0').message).toBe('Kernel does not support Dom0 operation')
  })

  test('is refused as PVH dom0 before 4.15.0 and by 4.20.4, 4.21.2 and 4.22.0', () => {
    expect(outline(image, 'pvh-dom0')).toBe(
      '3.1.0-4.4.4 unavailable, 4.5.0-4.14.6 refuses, 4.15.0-4.20.3 accepts, 4.20.4 refuses, 4.21.0-4.21.1 accepts, 4.21.2-4.22.0 refuses',
    )
  })
})

test('Linux 6.1 cloud (lz4) runs only where the decoder works', () => {
  const image = bzImage(debian61, 'lz4')
  const spans =
    '4.4.0 accepts, 4.4.1-4.11.3 refuses, 4.11.4 accepts, 4.12.0-4.12.1 refuses, 4.12.2-4.22.0 accepts'
  expect(outline(image, 'pv-domU')).toBe(`3.1.0-4.3.4 refuses, ${spans}`)
  expect(outline(image, 'pv-dom0')).toBe(`3.1.0-4.3.4 refuses, ${spans}`)
})

test('Linux 6.1 (xz) runs on both PV sides from 4.1.5', () => {
  const image = bzImage(debian61, 'xz')
  expect(outline(image, 'pv-domU')).toBe('3.1.0-4.1.4 refuses, 4.1.5-4.22.0 accepts')
  expect(outline(image, 'pv-dom0')).toBe('3.1.0-4.1.4 refuses, 4.1.5-4.22.0 accepts')
})

test('Linux 6.12 (zstd) runs from 4.15.0', () => {
  const image = bzImage(debian612, 'zstd')
  expect(outline(image, 'pv-domU')).toBe('3.1.0-4.14.6 refuses, 4.15.0-4.22.0 accepts')
  expect(outline(image, 'pv-dom0')).toBe('3.1.0-4.14.6 refuses, 4.15.0-4.22.0 accepts')
  expect(outline(image, 'pvh-dom0')).toContain('4.15.0-4.22.0 accepts')
})

test('i386 686-pae of 5.10 and 6.1 is never PV, and PVH domU from 4.16.0', () => {
  // No ENTRY note, and a physical e_entry: the PV address check puts it out of bounds.
  const notes = linuxNotes({
    VIRT_BASE: 0xc000_0000,
    HV_START_LOW: 0xf580_0000,
    PADDR_OFFSET: 0,
    ENTRY: undefined,
    PHYS32_ENTRY: 0x100_0100,
    SUPPORTED_FEATURES: 0x8801,
  })
  const image = kernel({ bits: 32, notes })
  expect(outline(image, 'pv-domU')).toBe('3.1.0-4.22.0 refuses')
  expect(outline(image, 'pv-dom0')).toBe('3.1.0-4.22.0 refuses')
  expect(outline(image, 'pvh-domU')).toBe(
    '3.1.0-4.3.4 unavailable, 4.4.0-4.15.7 refuses, 4.16.0-4.22.0 accepts',
  )
  const packedImage = bzImage(image, 'xz')
  expect(ask(packedImage, '4.15.7', 'pvh-domU').message).toBe('xc_dom_find_loader: no loader found')
  expect(ask(packedImage, '4.16.0', 'pvh-domU').verdict).toBe('accepts')
})

test('PHYS32_ENTRY alone (xen-shim, GRUB pvh) is PVH only, from 4.10.1', () => {
  const image = kernel({ bits: 32, notes: { PHYS32_ENTRY: 0x100_0000 } })
  expect(outline(image, 'pvh-domU')).toBe(
    '3.1.0-4.3.4 unavailable, 4.4.0-4.10.0 refuses, 4.10.1-4.22.0 accepts',
  )
  expect(ask(image, '4.9.0', 'pvh-domU').code).toBe('hvm-firmware')
  expect(outline(image, 'pvh-dom0')).toContain('4.10.1-4.22.0 accepts')
  expect(outline(image, 'pv-domU')).toBe('3.1.0-4.22.0 refuses')
})

test.each([32, 64] as const)('GRUB for PV, %i-bit, runs as domU on all releases', bits => {
  const notes = {
    GUEST_OS: 'GRUB',
    LOADER: 'generic',
    XEN_VERSION: 'xen-3.0',
    ENTRY: 0x0,
    VIRT_BASE: 0x0,
    PAE_MODE: 'yes[extended-cr3]',
  }
  const pae = { ...notes, PAE_MODE: 'yes' }
  const image = kernel({ bits, pstart: 0n, entry: 0n, notes: bits === 32 ? pae : notes })
  expect(outline(image, 'pv-domU')).toBe('3.1.0-4.22.0 accepts')
})

test('GNU Mach (gzip of an ELF with a __xen_guest string) runs as domU on all, as dom0 from 4.2.0', () => {
  const guest =
    'GUEST_OS=GNU Mach,GUEST_VERSION=1.3,XEN_VER=xen-3.0,VIRT_BASE=0x40000000,ELF_PADDR_OFFSET=0x40000000,HYPERCALL_PAGE=0x2,LOADER=generic,PAE=yes[extended-cr3]'
  const image = packed(kernel({ bits: 32, pstart: 0x4000_0000n, notes: {}, guest }), 'gzip')
  expect(outline(image, 'pv-domU')).toBe('3.1.0-4.22.0 accepts')
  expect(outline(image, 'pv-dom0')).toBe('3.1.0-4.1.6.1 refuses, 4.2.0-4.22.0 accepts')
})

test('FreeBSD says hvm_callback_vector in FEATURES, and is refused as Linux was', () => {
  const image = kernel({
    notes: linuxNotes({
      GUEST_OS: 'FreeBSD',
      FEATURES:
        'writable_descriptor_tables|auto_translated_physmap|supervisor_mode_kernel|hvm_callback_vector',
    }),
  })
  expect(outline(image, 'pv-domU')).toBe('3.1.0-4.1.6.1 refuses, 4.2.0-4.22.0 accepts')
})

describe('a 32-bit PV kernel on builds of which nothing is known', () => {
  const at = (xen: string, mode: 'pv-domU' | 'pv-dom0' = 'pv-domU') => ask(linux32(), xen, mode, {})
  const codes = (xen: string) => at(xen).assumptions.map(({ code }) => code)

  test('is refused from where a default build has no 32-bit PV guests', () => {
    const outlined = '4.14.3 refuses, 4.15.0 accepts, 4.15.1-4.22.0 refuses'
    for (const mode of ['pv-domU', 'pv-dom0'] as const) {
      expect(outline(linux32(), mode, {})).toContain(outlined.replace('4.14.3', '4.14.3-4.14.6'))
    }
    expect(codes('4.13.5')).toEqual(['pv-default-on'])
    expect(codes('4.14.2')).toEqual(['pv-default-on', 'pv32-default-on'])
    expect(codes('4.14.3')).toEqual(['pv-default-on', 'pv32-default-off'])
    expect(codes('4.22.0')).toEqual(['pv-default-on', 'pv32-default-off'])
  })

  test('has the option of the build as its first remedy', () => {
    const { code, remedies } = at('4.17.7')
    expect(code).toBe('pv32-not-built')
    expect(remedies[0]!.text).toContain('CONFIG_PV32=y')
    expect(remedyText(remedies[0]!)).toContain('--build pv32=true')
    expect(ask(linux32(), '4.17.7', 'pv-domU', { build: { pv32: false } }).remedies[0]!.text).not.toContain(
      '--build',
    )
  })
})
