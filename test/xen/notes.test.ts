import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Note } from '../../src/facts/facts.ts'
import { splitFeatures } from '../../src/xen/libelf/features.ts'
import { parseUnsigned, splitGuestString } from '../../src/xen/libelf/guest-section.ts'
import { decodeGuestSection, decodeNote, noteReadings } from '../../src/xen/mod.ts'
import { kernel, linuxNotes } from './kernels.ts'

const LITTLE = { data: 1 }
const note = (type: number, desc: string, more: Partial<Note> = {}): Note => ({
  walk: 0,
  offset: 0x40,
  owner: 'Xen',
  type,
  namesz: 4,
  descsz: desc.length / 2,
  desc,
  ...more,
})

describe('notes in words', () => {
  test('numbers, texts and feature bits', () => {
    const { elf } = kernel({ notes: linuxNotes({ SUPPORTED_FEATURES: 0x8801, SUSPEND_CANCEL: 1 }) })
    const decoded = Object.fromEntries(elf!.notes.map(n => [decodeNote(n, elf!).name, decodeNote(n, elf!)]))
    expect(decoded.GUEST_OS).toMatchObject({ value: '"linux"', text: 'linux' })
    expect(decoded.ENTRY).toMatchObject({ number: '0xffffffff81000000' })
    expect(decoded.FEATURES!.features).toEqual(['!writable_page_tables', 'pae_pgdir_above_4gb'])
    expect(decoded.SUPPORTED_FEATURES).toMatchObject({
      number: '0x8801',
      features: ['writable_page_tables', 'dom0', 'linux_rsdp_unrestricted'],
    })
    expect(decoded.SUSPEND_CANCEL!.value).toBe('yes')
  })

  test('pairs of L1_MFN_VALID, of 4 and of 8 bytes', () => {
    expect(decodeNote(note(13, '0100000001000000'), LITTLE).pairs).toEqual([{ mask: '0x1', value: '0x1' }])
    expect(decodeNote(note(13, '01000000000000000100000000000000'), LITTLE).pairs).toEqual([
      { mask: '0x1', value: '0x1' },
    ])
  })

  test('PHYS32_RELOC as far as it goes', () => {
    expect(decodeNote(note(19, '0000200000000001ffffff3f'), LITTLE)).toMatchObject({
      name: 'PHYS32_RELOC',
      relocation: { align: 0x200000, min: 0x1000000, max: 0x3fffffff },
      value: 'align 0x200000, min 0x1000000, max 0x3fffffff',
    })
    expect(decodeNote(note(19, '00002000'), LITTLE).relocation).toEqual({ align: 0x200000 })
  })

  test('sizes that Xen does not read, big-endian numbers, other owners and unknown types', () => {
    expect(decodeNote(note(1, '000000'), LITTLE)).toMatchObject({
      number: '0x0',
      remark: expect.stringContaining('3 bytes'),
    })
    expect(decodeNote(note(17, '0008'), LITTLE)).toMatchObject({
      features: [],
      remark: expect.stringContaining('2 bytes'),
    })
    expect(decodeNote(note(1, '00000102'), { data: 2 }).number).toBe('0x102')
    const gnu = decodeNote(note(3, 'a1b2c3', { owner: 'GNU' }), LITTLE)
    expect(gnu).toMatchObject({ owner: 'GNU', value: 'a1 b2 c3' })
    expect(gnu.name).toBeUndefined()
    expect(decodeNote(note(0x99, 'ff'), LITTLE)).toMatchObject({ type: 0x99, value: 'ff' })
  })

  test('which releases read them', () => {
    expect(noteReadings(17)).toEqual([
      { since: '3.1.0', until: '4.1.6.1', reads: false },
      { since: '4.2.0', until: '4.22.0', reads: true },
    ])
    expect(noteReadings(8)).toEqual([{ since: '3.1.0', until: '4.22.0', reads: true }])
    expect(noteReadings(0x99)).toEqual([{ since: '3.1.0', until: '4.22.0', reads: false }])
  })

  test('any note is decoded', () => {
    const bytes = fc
      .uint8Array({ maxLength: 40 })
      .map(b => Array.from(b, x => x.toString(16).padStart(2, '0')).join(''))
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 0x2000004 }),
        bytes,
        fc.nat(60),
        fc.option(fc.string()),
        (type, desc, size, text) => {
          const decoded = decodeNote(
            note(type, desc, { descsz: size, ...(text !== null && { text }) }),
            LITTLE,
          )
          expect(typeof decoded.value).toBe('string')
        },
      ),
      { numRuns: 1000 },
    )
  })
})

describe('feature strings', () => {
  const names = (text: string) =>
    splitFeatures(text).map(({ name, required }) => `${required ? '!' : ''}${name}`)

  test('are cut at bars, and at 63 characters', () => {
    expect(names('a|!b|c')).toEqual(['a', '!b', 'c'])
    expect(names('')).toEqual([])
    expect(names('a|')).toEqual(['a'])
    expect(names('|a||b')).toEqual(['', 'a', '', 'b'])
    expect(names(`${'x'.repeat(63)}!y`)).toEqual(['x'.repeat(63), '!y'])
    // The bar after a full piece is not swallowed with it.
    expect(names(`${'x'.repeat(63)}|y`)).toEqual(['x'.repeat(63), '', 'y'])
    expect(names(`${'x'.repeat(62)}|y`)).toEqual(['x'.repeat(62), 'y'])
  })

  test('lose nothing and come to an end', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('|', '!', 'a', 'b'.repeat(30)), { maxLength: 40 }), parts => {
        const text = parts.join('')
        const items = splitFeatures(text)
        expect(items.length).toBeLessThanOrEqual(text.length)
        expect(items.map(({ name, required }) => (required ? '!' : '') + name).join('')).toBe(
          text.replaceAll('|', ''),
        )
      }),
    )
  })
})

describe('__xen_guest', () => {
  test('is cut into keys and values, and numbers are read as strtoull does', () => {
    const text = 'GUEST_OS=linux,XEN_VER=xen-3.0,VIRT_BASE=0xC0000000,HYPERCALL_PAGE=0x2,LOADER=generic,FOO,'
    const keys = decodeGuestSection({ index: 1, offset: '0x0', size: '0x0', text })
    expect(keys.map(({ name, known }) => [name, known])).toEqual([
      ['GUEST_OS', true],
      ['XEN_VER', true],
      ['VIRT_BASE', true],
      ['HYPERCALL_PAGE', true],
      ['LOADER', true],
      ['FOO', false],
    ])
    expect(keys[2]!.number).toBe('0xc0000000')
    expect(['0x10', '010', '10', '-1', ' +7x', '0xg', '', '99999999999999999999'].map(parseUnsigned)).toEqual(
      [16n, 8n, 10n, 2n ** 64n - 1n, 7n, 0n, 0n, 2n ** 64n - 1n],
    )
  })

  test('comes to an end whatever it says', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('=', ',', 'A', 'x'.repeat(40)), { maxLength: 60 }), parts => {
        const text = parts.join('')
        expect(splitGuestString(text).length).toBeLessThanOrEqual(text.length)
      }),
    )
  })
})
