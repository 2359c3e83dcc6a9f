import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { elfUse, isOrdinary, speaksToXen } from '../../src/facts/elf-use.ts'
import { featureBitNames, isFeatureName } from '../../src/facts/feature-names.ts'
import type { ElfFacts } from '../../src/facts/facts.ts'

const [ET_REL, ET_EXEC, ET_DYN] = [1, 2, 3]
const [PT_LOAD, PT_DYNAMIC, PT_INTERP] = [1, 2, 3]

interface Head {
  bits: 32 | 64
  bigEndian?: boolean
  type: number
  segments: number[]
  /** Where the program headers start; after the header where it is not set. */
  start?: number
}

function head({ bits, bigEndian = false, type, segments, start }: Head): Uint8Array {
  const [header, size] = bits === 64 ? [64, 56] : [52, 32]
  const bytes = new Uint8Array(header + segments.length * size)
  const view = new DataView(bytes.buffer)
  bytes.set([0x7f, 0x45, 0x4c, 0x46, bits === 64 ? 2 : 1, bigEndian ? 2 : 1])
  view.setUint16(16, type, !bigEndian)
  if (bits === 64) view.setBigUint64(32, BigInt(start ?? header), !bigEndian)
  else view.setUint32(28, start ?? header, !bigEndian)
  view.setUint16(header - 10, size, !bigEndian)
  view.setUint16(header - 8, segments.length, !bigEndian)
  for (const [index, segment] of segments.entries())
    view.setUint32(header + index * size, segment, !bigEndian)
  return bytes
}

describe.each<Pick<Head, 'bits' | 'bigEndian'>>([
  { bits: 64 },
  { bits: 32 },
  { bits: 64, bigEndian: true },
  { bits: 32, bigEndian: true },
])('an ELF of $bits bits, big-endian: $bigEndian,', kind => {
  it('is an object where it is not linked, and a program where it has an interpreter', () => {
    expect(elfUse(head({ ...kind, type: ET_REL, segments: [] }))).toBe('object')
    expect(elfUse(head({ ...kind, type: ET_EXEC, segments: [PT_LOAD, PT_INTERP] }))).toBe('program')
    expect(elfUse(head({ ...kind, type: ET_DYN, segments: [PT_INTERP] }))).toBe('program')
  })

  it('is a library where it is shared and dynamic, and a kernel else', () => {
    expect(elfUse(head({ ...kind, type: ET_DYN, segments: [PT_LOAD, PT_DYNAMIC] }))).toBe('library')
    expect(elfUse(head({ ...kind, type: ET_DYN, segments: [PT_LOAD] }))).toBe('kernel')
    expect(elfUse(head({ ...kind, type: ET_EXEC, segments: [PT_LOAD, PT_DYNAMIC] }))).toBe('kernel')
  })

  it('is a kernel where its program headers are not in its head', () => {
    const bytes = head({ ...kind, type: ET_EXEC, segments: [PT_INTERP], start: 0x10000 })
    expect(elfUse(bytes)).toBe('kernel')
    expect(elfUse(bytes.subarray(0, 40))).toBe('kernel')
  })
})

it('an ELF of any bytes is one of the three', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), bytes => {
      expect(['kernel', 'object', 'program', 'library']).toContain(elfUse(bytes))
    }),
  )
})

it('an ELF speaks to Xen by a note of Xen or by a __xen_guest section', () => {
  const facts = (more: object) => ({ notes: [{ owner: 'GNU' }], ...more }) as unknown as ElfFacts
  expect(speaksToXen(facts({}))).toBe(false)
  expect(speaksToXen(facts({ guest: { text: '' } }))).toBe(true)
  expect(speaksToXen(facts({ notes: [{ owner: 'GNU' }, { owner: 'Xen' }] }))).toBe(true)
})

it('bits of features have names, and those without one their number', () => {
  expect(featureBitNames(0)).toEqual([])
  expect(featureBitNames(0x101)).toEqual(['writable_page_tables', 'hvm_callback_vector'])
  expect(featureBitNames(0x88000000 | 0)).toEqual(['bit 27', 'bit 31'])
  expect([isFeatureName('dom0'), isFeatureName('!dom0')]).toEqual([true, false])
})

it('is no kernel where it is an object, or says nothing to Xen and looks like a program or a library', () => {
  const silent = { notes: [], walks: [] } as unknown as ElfFacts
  // FreeBSD's kernel names an interpreter, /red/herring.
  const freebsd = { ...silent, notes: [{ owner: 'FreeBSD' }, { owner: 'Xen' }] } as unknown as ElfFacts
  const told = (elf: ElfFacts) =>
    ([undefined, 'kernel', 'object', 'program', 'library'] as const).map(use => isOrdinary(use, elf))
  expect(told(silent)).toEqual([false, false, true, true, true])
  expect(told(freebsd)).toEqual([false, false, true, false, false])
  expect(isOrdinary('program', undefined, JSON.stringify(freebsd))).toBe(false)
  expect(isOrdinary('program', undefined, JSON.stringify(silent))).toBe(true)
})
