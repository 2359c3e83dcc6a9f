import { describe, expect, test } from 'vitest'
import { reasonText } from '../../src/xen/reason-text.ts'
import { ask, outline } from './ask.ts'
import { kernel, linuxNotes } from './kernels.ts'

const PVH_FEATURES =
  '!writable_page_tables|pae_pgdir_above_4gb|writable_descriptor_tables|auto_translated_physmap|supervisor_mode_kernel'

/** Linux with the PVH patches of 2013, the cure of 3.14, and a kernel from before. */
const patched = kernel({ notes: linuxNotes({ FEATURES: `${PVH_FEATURES}|hvm_callback_vector` }) })
const cured = kernel({ notes: linuxNotes({ FEATURES: PVH_FEATURES, SUPPORTED_FEATURES: 0x90d }) })
const before = kernel()

describe('hvm_callback_vector in FEATURES', () => {
  test.each(['pv-domU', 'pv-dom0'] as const)('is refused as %s to 4.1.6.1 and taken from 4.2.0', mode => {
    expect(outline(patched, mode)).toBe('3.1.0-4.1.6.1 refuses, 4.2.0-4.22.0 accepts')
  })

  test('is refused for the name, silently, and the cures are named', () => {
    const domU = ask(patched, '4.1.6.1', 'pv-domU')
    expect(domU.code).toBe('unknown-feature')
    expect(reasonText(domU.reason)).toContain('hvm_callback_vector')
    expect(domU.gates).toContain('unknown-optional-feature')
    expect(domU.log?.silent).toContain('of the cause itself nothing is said')
    expect(domU.log?.lines.at(-1)).toBe('xc_dom_parse_image failed')
    const remedies = domU.remedies.map(({ text }) => text).join('\n')
    expect(remedies).toContain('Linux 3.14')
    expect(remedies).toContain('SUPPORTED_FEATURES')
    expect(remedies).toContain('Xen 4.2.0 or later')

    const dom0 = ask(patched, '4.0.4', 'pv-dom0')
    expect(dom0.message).toBeUndefined()
    expect(dom0.log).toEqual({
      lines: ['Panic on CPU 0:', 'Could not set up DOM0 guest OS'],
      silent: 'The loader says nothing of the cause: only the panic shows',
    })
  })

  test('is cured by SUPPORTED_FEATURES 0x90d', () => {
    expect(outline(cured, 'pv-domU')).toBe('3.1.0-4.22.0 accepts')
    expect(outline(before, 'pv-domU')).toBe('3.1.0-4.22.0 accepts')
    // 3.1 refuses every required feature of dom0, as in the kernel from before.
    expect(outline(cured, 'pv-dom0')).toBe('3.1.0 refuses, 3.2.0-4.22.0 accepts')
    expect(outline(before, 'pv-dom0')).toBe('3.1.0 refuses, 3.2.0-4.22.0 accepts')
  })

  test('starts as PVH version 1 where that is, once it says what PVH needs', () => {
    expect(outline(cured, 'pvh-domU')).toMatch(/^3\.1\.0-4\.3\.4 unavailable, 4\.4\.0-4\.6\.6 accepts, /)
    expect(ask(before, '4.4.4', 'pvh-domU').message).toBe('xc_dom_parse_image: unsupported feature requested')
    expect(ask(before, '4.8.0', 'pvh-dom0').verdict).toBe('accepts')
    const noVector = kernel({ notes: linuxNotes({ SUPPORTED_FEATURES: 0x801 }) })
    expect(ask(noVector, '4.8.0', 'pvh-dom0').message).toBe('Kernel does not support PVH mode')
  })

  test('can be back-ported: the host says so', () => {
    const options = { gates: { 'unknown-optional-feature': 'accepts' } }
    expect(ask(patched, '4.1.6.1', 'pv-domU', options).verdict).toBe('accepts')
    expect(outline(patched, 'pv-domU', options)).toBe('3.1.0-4.22.0 accepts')
  })
})
