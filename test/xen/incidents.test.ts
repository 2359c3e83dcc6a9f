/** What operators met, by release, boot mode and message. */
import { describe, expect, test } from 'vitest'
import { ask, outline } from './ask.ts'
import { bzImage, kernel, linux32, linuxNotes } from './kernels.ts'

const NO_LOADER = 'xc_dom_find_loader: no loader found'
const modern = linuxNotes({ PHYS32_ENTRY: 0x100_0100n, SUPPORTED_FEATURES: 0x8801 })

describe('bzImage and its codecs', () => {
  test('a bzImage of LZMA fails where only gzip was known', () => {
    const fedora = bzImage(kernel(), 'lzma')
    expect(ask(fedora, '3.4.0', 'pv-domU').message).toBe(NO_LOADER)
    expect(ask(fedora, '3.4.0', 'pv-domU').code).toBe('codec-unsupported')
    expect(ask(bzImage(kernel(), 'gzip'), '3.4.0', 'pv-domU').verdict).toBe('accepts')
  })

  test('no vmlinuz starts before 3.3', () => {
    const vmlinuz = ask(bzImage(kernel(), 'gzip'), '3.2.0', 'pv-domU')
    expect(vmlinuz).toMatchObject({ verdict: 'refuses', message: NO_LOADER, code: 'bzimage-unsupported' })
    expect(vmlinuz.remedies[0]!.action).toEqual({ does: 'unpack' })
  })

  test('standard Debian kernels do not boot as PV where the tools were built without liblzma', () => {
    const image = bzImage(kernel(), 'xz')
    const without = { build: { decoders: { xz: false } } }
    expect(ask(image, '4.5.0', 'pv-domU', without)).toMatchObject({
      verdict: 'refuses',
      code: 'decoder-not-built',
    })
    expect(ask(image, '4.5.0', 'pv-domU', {})).toMatchObject({
      verdict: 'uncertain',
      code: 'build-unknown',
      assumptions: [{ code: 'decoder-library' }],
    })
    expect(ask(image, '4.5.0', 'pv-dom0', without).verdict).toBe('accepts')
  })

  test('Ubuntu 19.10 (lz4) as dom0 on 4.9.2: decoding fails, the machine panics', () => {
    const verdict = ask(bzImage(kernel(), 'lz4'), '4.9.2', 'pv-dom0')
    expect(verdict).toMatchObject({
      verdict: 'refuses',
      stage: 'bzimage_parse',
      message: 'Decoding failed',
      code: 'lz4-decoder-broken',
    })
    expect(verdict.log!.lines.slice(-2)).toEqual(['Panic on CPU 0:', 'Could not set up DOM0 guest OS'])
    expect(verdict.remedies[0]!.text).toContain('Repack the payload by gzip')
  })

  test('Ubuntu 20.04 (lz4) as domU on a host with the broken decoder', () => {
    const verdict = ask(bzImage(kernel(), 'lz4'), '4.11.3', 'pv-domU')
    expect(verdict).toMatchObject({ message: NO_LOADER, code: 'lz4-decoder-broken' })
    expect(verdict.remedies.find(({ kind }) => kind === 'point-release')!.text).toContain('4.11.4')
  })

  test.each(['NixOS 21.05', 'Flatcar', 'Debian 13'])('%s (zstd) on tools without zstd', () => {
    const verdict = ask(bzImage(kernel(), 'zstd'), '4.14', 'pv-domU')
    expect(verdict).toMatchObject({ verdict: 'refuses', message: NO_LOADER, code: 'codec-unsupported' })
    expect(ask(bzImage(kernel(), 'zstd'), '4.15', 'pv-domU').verdict).toBe('accepts')
  })

  test('Linux 6.12 (xz with a dictionary of 128 MiB) needs 4.18.5, 4.19.2 or 4.20.0', () => {
    const image = bzImage(kernel({ notes: modern }), 'xz', { dictionary: 128 * 2 ** 20 })
    expect(outline(image, 'pv-domU')).toBe(
      '3.1.0-4.18.4 refuses, 4.18.5-4.18.6 accepts, 4.19.0-4.19.1 refuses, 4.19.2-4.22.0 accepts',
    )
    expect(ask(image, '4.19.0', 'pv-domU').code).toBe('dictionary-too-large')
    expect(outline(image, 'pv-dom0')).toContain('4.1.5-4.22.0 accepts')
  })

  test('a payload that lies outside the file is not checked before 4.0.2 and in 4.1.0', () => {
    const image = bzImage(kernel(), 'gzip')
    const cut = { ...image, size: image.size - 0x800 }
    expect(outline(cut, 'pv-domU')).toBe(
      '3.1.0-3.2.0 refuses, 3.3.0-4.0.1 uncertain, 4.0.2-4.0.4 refuses, 4.1.0 uncertain, 4.1.1-4.22.0 refuses',
    )
  })
})

describe('the kind of kernel', () => {
  test('a 32-bit kernel without PAE', () => {
    const image = kernel({
      bits: 32,
      notes: linuxNotes({
        VIRT_BASE: 0xc000_0000,
        ENTRY: 0xc100_0000,
        PAE_MODE: undefined,
        HV_START_LOW: undefined,
      }),
    })
    expect(ask(image, '4.0.4', 'pv-domU')).toMatchObject({
      verdict: 'refuses',
      stage: 'guest-type',
      code: 'no-pae',
      guestType: 'xen-3.0-x86_32',
    })
    expect(ask(image, '4.17.0', 'pv-domU').message).toBe(
      'xc_dom_compat_check: guest type xen-3.0-x86_32 not supported by xen kernel, sorry',
    )
    expect(ask(image, '4.0.4', 'pv-dom0').message).toBe('Mismatch between Xen and DOM0 kernel')
  })

  test('a 32-bit PV kernel where the hypervisor has no 32-bit PV: to 4.15 the log speaks of memory', () => {
    const image = linux32()
    const without = { build: { pv32: false } }
    expect(ask(image, '4.15.5', 'pv-domU', without)).toMatchObject({
      verdict: 'refuses',
      code: 'pv32-not-built',
    })
    expect(ask(image, '4.15.5', 'pv-domU', without).log!.lines).toEqual([
      "xc_dom_boot_mem_init: can't allocate low memory for domain",
      'xc_dom_boot_mem_init failed',
    ])
    expect(ask(image, '4.16.0', 'pv-domU', without).log!.lines).toEqual([
      'xc_dom_compat_check: guest type xen-3.0-x86_32p not supported by xen kernel, sorry',
      'xc_dom_parse_image failed',
    ])
  })

  test('a domU-only kernel as dom0: nothing tells before 4.2, a clear line from then on', () => {
    const image = kernel({ notes: linuxNotes({ SUPPORTED_FEATURES: 0x8001 }) })
    expect(ask(image, '4.1.6.1', 'pv-dom0').verdict).toBe('accepts')
    expect(ask(image, '4.2.0', 'pv-dom0').message).toBe('Kernel does not support Dom0 operation')
  })

  test('Linux 4.9 as PVH on 4.8: no PHYS32_ENTRY, and what comes of it is not known', () => {
    expect(ask(kernel(), '4.8.0', 'pvh-domU')).toMatchObject({
      verdict: 'uncertain',
      code: 'hvm-container-undecided',
    })
  })

  test('a PV-only kernel as PVH', () => {
    const verdict = ask(bzImage(kernel(), 'gzip'), '4.14.0', 'pvh-domU')
    expect(verdict).toMatchObject({
      verdict: 'refuses',
      code: 'not-pvh',
      message: 'xc_dom_guest_type: image not capable of booting inside a HVM container',
    })
    expect(verdict.remedies.find(({ kind }) => kind === 'boot-mode')).toMatchObject({
      text: 'Boot it as pv-domU: this release takes it so',
    })
    expect(ask(bzImage(kernel(), 'gzip'), '4.10.2', 'pvh-domU')).toMatchObject({
      stage: 'guest-type',
      code: 'not-pvh',
      guestType: 'xen-3.0-unknown',
    })
  })

  test('PHYS32_ENTRY without ENTRY (XEN_PV=n) is refused as PVH to 4.15', () => {
    const image = bzImage(
      kernel({
        notes: {
          PHYS32_ENTRY: 0x100_0100,
          GUEST_OS: 'linux',
          VIRT_BASE: 0xffff_ffff_8000_0000n,
          PADDR_OFFSET: 0n,
        },
      }),
      'xz',
    )
    const old = ask(image, '4.15.7', 'pvh-domU')
    expect(old).toMatchObject({ message: NO_LOADER, code: 'address-out-of-bounds' })
    expect(ask(image, '4.16.0', 'pvh-domU').verdict).toBe('accepts')
  })

  test('a 32-bit PV kernel where CONFIG_PV32 is off', () => {
    const off = { build: { pv32: false } }
    expect(ask(linux32(), '4.15.3', 'pv-dom0', off).message).toBe('Mismatch between Xen and DOM0 kernel')
    const named = ask(linux32(), '4.16.0', 'pv-dom0', off)
    expect(named.message).toBe('Found 32-bit PV kernel, but CONFIG_PV32 missing')
    expect(named.log!.lines.slice(-2)).toEqual(['Panic on CPU 0:', 'Could not construct domain 0'])
    expect(ask(linux32(), '4.13.1', 'pv-domU', off)).toMatchObject({
      verdict: 'refuses',
      code: 'pv32-not-built',
    })
    const caps = { capabilities: { xen: ['xen-3.0-x86_64', 'hvm-3.0-x86_32'] } }
    expect(ask(linux32(), '4.13.1', 'pv-domU', caps)).toMatchObject({
      verdict: 'refuses',
      code: 'pv32-not-built',
    })
  })

  test('a PVH dom0 is placed on free memory at its address', () => {
    const verdict = ask(kernel({ notes: modern }), '4.17.0', 'pvh-dom0')
    expect(verdict.verdict).toBe('accepts')
    expect(verdict.assumptions.map(({ code }) => code)).toContain('placement-not-asked')
  })

  test('notes outside PT_NOTE are found by the toolstack', () => {
    expect(outline(kernel({ from: 'SHT_NOTE' }), 'pv-domU')).toBe('3.1.0-4.22.0 accepts')
  })

  test('a kernel without HYPERCALL_PAGE is taken', () => {
    expect(linuxNotes().HYPERCALL_PAGE).toBeUndefined()
    expect(outline(kernel(), 'pv-domU')).toBe('3.1.0-4.22.0 accepts')
    const outside = kernel({ notes: linuxNotes({ HYPERCALL_PAGE: 0x1000n }) })
    expect(ask(outside, '4.17.0', 'pv-dom0').message).toBe('Invalid HYPERCALL_PAGE field in ELF notes.')
    expect(ask(outside, '4.17.0', 'pv-domU').verdict).toBe('accepts')
  })
})
