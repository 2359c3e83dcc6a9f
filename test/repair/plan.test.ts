import { describe, expect, test } from 'vitest'
import { buildElf, NOTE, type NoteSpec, word } from '../../fixtures/builders/elf.ts'
import type { ElfFacts } from '../../src/facts/facts.ts'
import { differencesOf, unexpectedDifferences } from '../../src/repair/difference.ts'
import { targetName } from '../../src/repair/target.ts'
import { bootTarget, fixture, planFor, read, releaseTargets, repair } from './kernels.ts'

const BASE = 0xffff_ffff_8000_0000n
const KERNEL = 0x100_0000n

/** A 64-bit kernel as Linux is one. */
const notes = (features: string, supported?: bigint): NoteSpec[] => [
  { type: NOTE.GUEST_OS, value: 'linux' },
  { type: NOTE.XEN_VERSION, value: 'xen-3.0' },
  { type: NOTE.VIRT_BASE, value: BASE },
  { type: NOTE.ENTRY, value: BASE + KERNEL + 0x200n },
  { type: NOTE.FEATURES, value: features },
  ...(supported === undefined ? [] : [{ type: NOTE.SUPPORTED_FEATURES, value: word(supported) }]),
  { type: NOTE.LOADER, value: 'generic' },
]
const kernel = (features: string, supported?: bigint) =>
  buildElf({ bits: 64, notes: notes(features, supported) })

const OLD = ['4.1.6.1']
const PV = ['pv-domU', 'pv-dom0'] as const
const said = ({ notes: all }: ElfFacts, type: number) =>
  all.filter(note => note.type === type).map(({ text, desc }) => text ?? desc)
const open = (plan: { open: readonly { target: { label: string; mode?: string } }[] }) =>
  plan.open.map(({ target }) => target.label)

/** What an ELF says, without the places of what says it. */
function essence({ notes: all, segments, walks, ...rest }: ElfFacts) {
  return {
    ...rest,
    notes: all.map(({ offset: _, ...note }) => note),
    segments: segments.map(({ offset: _, ...segment }) => segment),
    walks: walks.map(({ from, index, stop }) => ({ from, index, stop })),
  }
}

describe('the kernel of Linux 3.13 with hvm_callback_vector', () => {
  const broken = fixture('catalogue/linux-3.13-pvh')
  const cure = read(fixture('catalogue/linux-3.14-pvh'))

  test('repaired for 4.1.6.1 says what Linux 3.14 says, in the same places', async () => {
    const { facts, plan, repacked } = await repair(broken, releaseTargets(PV, OLD))
    expect(plan.open).toEqual([])
    expect(plan.form).toEqual({ kind: 'bzimage', payload: 'gzip' })
    expect(essence(facts.elf!)).toEqual(essence(cure.elf!))
    expect(repacked!.inPlace).toBe(true)
    for (const target of releaseTargets(PV)) {
      expect(target.ask(facts).verdict, targetName(target)).toBe(target.ask(cure).verdict)
    }
  })

  test('repaired for all 138 releases becomes a vmlinux that each of them takes', async () => {
    const all = releaseTargets(PV)
    expect(all).toHaveLength(276)
    const { facts, plan } = await repair(broken, all)
    expect([plan.open, plan.form]).toEqual([[], { kind: 'elf' }])
    expect(all.filter(target => target.ask(facts).verdict !== 'accepts')).toEqual([])
    expect(said(facts.elf!, NOTE.SUPPORTED_FEATURES)).toEqual(['0d090000'])
  })

  test('keeps its old payload where a path starts it by its own code', async () => {
    const { facts, plan } = await repair(broken, [...releaseTargets(['pv-domU'], OLD), bootTarget('pvhgrub')])
    expect(plan.form).toEqual({ kind: 'bzimage-beside', payload: 'gzip' })
    const [layer] = facts.layers
    expect(layer).toMatchObject({
      kind: 'bzimage',
      payloadOffset: 256 + 2688,
    })
  })
})

describe('FEATURES', () => {
  test.each([
    ['an unknown name is left out', 'pae_pgdir_above_4gb|made_up', undefined, 'pae_pgdir_above_4gb', []],
    [
      'an empty name too',
      'pae_pgdir_above_4gb||writable_page_tables',
      undefined,
      'pae_pgdir_above_4gb|writable_page_tables',
      [],
    ],
    [
      'a bit is said by the note that is there',
      'hvm_callback_vector|pae_pgdir_above_4gb',
      0x801n,
      'pae_pgdir_above_4gb',
      ['01090000'],
    ],
    [
      'a bit that is said already is not said again',
      'dom0|pae_pgdir_above_4gb',
      0x801n,
      'pae_pgdir_above_4gb',
      ['01080000'],
    ],
  ])('%s', async (_, features, supported, expected, words) => {
    const bytes = kernel(features, supported)
    const { facts, plan } = await repair(bytes, releaseTargets(PV, OLD))
    expect([plan.open, plan.form.kind]).toEqual([[], 'same'])
    expect(said(facts.elf!, NOTE.FEATURES)).toEqual([expected])
    expect(said(facts.elf!, NOTE.SUPPORTED_FEATURES)).toEqual(words)
    expect(facts.size).toBe(bytes.length)
  })

  test('a note that has no room is moved to a segment of its own, to which the header leads', async () => {
    // Dropping "dom0" leaves five bytes: a new note takes twenty.
    const bytes = kernel('pae_pgdir_above_4gb|dom0')
    const { facts, plan } = await repair(bytes, releaseTargets(PV, OLD))
    expect(plan.edit.changes.map(({ kind }) => kind)).toEqual(['features', 'supported', 'moved'])
    expect(said(facts.elf!, NOTE.FEATURES)).toEqual(['pae_pgdir_above_4gb'])
    expect(said(facts.elf!, NOTE.SUPPORTED_FEATURES)).toEqual(['00080000'])
    expect(facts.elf!.walks.map(({ from }) => from)).toEqual(['PT_NOTE'])
    expect(facts.elf!.notes.every(({ offset }) => offset >= bytes.length)).toBe(true)
    for (const target of releaseTargets(PV, ['4.1.6.1', '4.2.0', '4.4.0', '4.22.0'])) {
      expect(target.ask(facts).verdict).toBe('accepts')
    }
  })

  test('a name that is required stays, and the kernel is refused with the reason', () => {
    const { plan, incurable } = planFor(
      kernel('!hvm_callback_vector'),
      releaseTargets(['pv-domU'], ['4.1.6.1', '4.4.0']),
    )
    expect(open(plan)).toEqual(OLD)
    expect(incurable.map(({ before }) => before.code)).toEqual(['unknown-required-feature'])
    expect(plan.open[0]!.after.remedies.length).toBeGreaterThan(0)
  })

  test('of a legacy string lose their unknown names, and the keys after them are read again', async () => {
    const guest =
      'GUEST_OS=Mini-OS,XEN_VER=xen-3.0,VIRT_BASE=0x0,FEATURES=made_up|writable_page_tables,LOADER=generic'
    const bytes = buildElf({ bits: 64, guest, paddr: 0n, vaddr: 0n, entry: 0x100n })
    expect(releaseTargets(['pv-domU'], OLD)[0]!.ask(read(bytes)).verdict).toBe('refuses')
    const { facts, plan } = await repair(bytes, releaseTargets(['pv-domU']))
    expect(plan.open).toEqual([])
    expect(facts.elf!.guest!.text).toBe(guest.replace('made_up|', ''))
  })
})

describe('where the notes are', () => {
  /** The only header of a segment of notes says that it is none. */
  function withoutSegment(bytes: Uint8Array): Uint8Array {
    const elf = bytes.slice()
    new DataView(elf.buffer).setUint32(64 + 56, 0x6474e551, true)
    return elf
  }

  test('a header is added for notes that only a section leads to, which GRUB 2.02 does not look at', async () => {
    const bytes = withoutSegment(kernel('pae_pgdir_above_4gb'))
    const targets = [...releaseTargets(PV, ['4.1.6.1', '4.22.0']), bootTarget('pvgrub2@2.02')]
    const { facts, plan } = await repair(bytes, targets)
    expect([plan.open, plan.edit.changes]).toEqual([[], [{ kind: 'segment', section: 2 }]])
    expect(facts.elf!.walks[0]).toMatchObject({ from: 'PT_NOTE', index: 2 })
    expect(facts.elf!.segments.map(({ type }) => type)).toEqual([1, 4])
  })

  test('moved notes of a section get a header too', async () => {
    const bytes = withoutSegment(kernel('pae_pgdir_above_4gb|dom0'))
    const { facts, plan } = await repair(bytes, releaseTargets(PV, OLD))
    expect(plan.edit.changes.at(-1)).toMatchObject({ kind: 'moved', from: 'SHT_NOTE' })
    expect(facts.elf!.walks[0]!.from).toBe('PT_NOTE')
  })

  test('a stripped kernel gets section names, which toolstacks before 4.13.0 want', async () => {
    const bytes = kernel('pae_pgdir_above_4gb')
    const view = new DataView(bytes.buffer)
    view.setBigUint64(40, 0n, true)
    view.setUint16(60, 0, true)
    view.setUint16(62, 0, true)
    const { facts, plan } = await repair(bytes, releaseTargets(['pv-domU']))
    expect([plan.open, plan.edit.changes]).toEqual([[], [{ kind: 'section-names' }]])
    expect([facts.elf!.shnum, facts.elf!.shstrndx]).toEqual([2, 1])
  })
})

describe('the form', () => {
  test.each([
    ['a bzImage that 3.4 takes', ['3.4.0', '4.22.0'], 'bzimage'],
    ['a packed ELF where bzImages are not known', ['3.1.0', '4.22.0'], 'gzip'],
  ])('is %s', async (_, named, kind) => {
    const bytes = fixture('catalogue/linux-6.12-zstd')
    const { plan, facts } = await repair(bytes, releaseTargets(['pv-domU'], named))
    expect([plan.open, plan.form.kind]).toEqual([[], kind])
    for (const target of releaseTargets(['pv-domU'], named)) expect(target.ask(facts).verdict).toBe('accepts')
  })

  test('of a kernel that every target takes stays as it is', () => {
    const { plan } = planFor(fixture('catalogue/linux-3.14-pvh'), releaseTargets(PV, OLD))
    expect([plan.form, plan.edit.changes, plan.open]).toEqual([{ kind: 'same' }, [], []])
  })

  test('is not found where targets exclude each other: each is cured by a file of its own', () => {
    const targets = [...releaseTargets(['pv-domU'], ['3.1.0']), bootTarget('pvhgrub')]
    const { plan, incurable } = planFor(fixture('catalogue/linux-3.12-pv'), targets)
    expect(plan.open).toHaveLength(1)
    expect(incurable).toEqual([])
  })
})

test('a boot mode that a release does not have is left out, and is no refusal', () => {
  const { plan, unavailable } = planFor(
    fixture('catalogue/linux-5.10-xz'),
    releaseTargets(['pv-domU', 'pvh-domU'], ['4.1.6.1', '4.22.0']),
  )
  expect(unavailable.map(({ target }) => targetName(target))).toEqual(['4.1.6.1 as pvh-domU'])
  expect(plan.open).toEqual([])
})

test.each([
  ['linux-6.12-nodom0', ['pv-dom0'], ['4.17.4'], 'dom0-bit-missing'],
  ['unikernel-pvh', ['pv-domU'], ['4.17.4'], 'loader-not-supported'],
  ['linux-3.12-pv', ['pvh-domU'], ['4.17.4'], 'not-pvh'],
] as const)('%s as %s stays refused on %s: %s', (name, modes, named, code) => {
  const { plan, incurable } = planFor(fixture(`catalogue/${name}`), releaseTargets([...modes], [...named]))
  expect(incurable.map(({ before }) => before.code)).toEqual([code])
  expect(plan.open[0]!.after.remedies.length).toBeGreaterThan(0)
})

test('a 32-bit PV kernel stays refused where PV32 is off, and the host can cure it', () => {
  const bytes = buildElf({
    bits: 32,
    entry: 0xc100_0100n,
    notes: [
      { type: NOTE.GUEST_OS, value: 'linux' },
      { type: NOTE.XEN_VERSION, value: 'xen-3.0' },
      { type: NOTE.VIRT_BASE, value: 0xc000_0000n },
      { type: NOTE.PAE_MODE, value: 'yes' },
    ],
  })
  const { plan } = planFor(bytes, releaseTargets(['pv-domU'], ['4.17.4']))
  expect(plan.open.map(({ after }) => after.code)).toEqual(['pv32-not-built'])
  expect(plan.open[0]!.after.remedies.map(({ by }) => by)).toContain('host')
})

describe('the difference', () => {
  test('names what a repair changed, and nothing else', async () => {
    const before = read(fixture('catalogue/linux-3.13-pvh'))
    const { facts, plan } = await repair(fixture('catalogue/linux-3.13-pvh'), releaseTargets(PV, OLD))
    const { changes } = plan.edit
    expect(unexpectedDifferences(before.elf!, facts.elf!, changes)).toEqual([])
    expect(differencesOf(before, facts, changes).map(({ what }) => what)).toEqual([
      'payload',
      'FEATURES',
      'SUPPORTED_FEATURES',
    ])
    expect(unexpectedDifferences(before.elf!, facts.elf!, [])).toHaveLength(1)
  })

  test('notices another entry, another segment and another note', () => {
    const { elf } = read(kernel('pae_pgdir_above_4gb'))
    const other = (change: Partial<ElfFacts>) => unexpectedDifferences(elf!, { ...elf!, ...change }, [])
    expect(other({ entry: '0x1' })).toEqual([`the ELF header's entry is 0x1, expected ${elf!.entry}`])
    expect(other({ segments: [] })).toEqual(['the PT_LOAD headers are others'])
    expect(other({ notes: elf!.notes.slice(1) })[0]).toContain('note 0 is Xen XEN_VERSION')
  })
})
