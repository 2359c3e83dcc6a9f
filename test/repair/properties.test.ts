import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { buildBzImage, withSizeWord } from '../../fixtures/builders/bzimage.ts'
import { buildElf, NOTE, type NoteSpec, word } from '../../fixtures/builders/elf.ts'
import { unexpectedDifferences } from '../../src/repair/difference.ts'
import { untouched } from '../../src/repair/patched-source.ts'
import { targetName } from '../../src/repair/target.ts'
import { MemorySource, readBytes } from '../../src/source/memory.ts'
import { openImage, readImage } from '../../src/unwrap/read-image.ts'
import { bootModes } from '../../src/xen/boot-mode.ts'
import { releases } from '../../src/xen/releases.ts'
import { bootTarget, engine, read, releaseTargets, repair } from './kernels.ts'
import { PACKERS } from './packers.ts'

const NAMES = [
  'writable_page_tables',
  'pae_pgdir_above_4gb',
  'hvm_callback_vector',
  'dom0',
  'made_up',
  '',
  'auto_translated_physmap',
  'x'.repeat(70),
]
const features = fc
  .array(fc.tuple(fc.constantFrom('', '', '', '!'), fc.constantFrom(...NAMES)), { maxLength: 6 })
  .map(items => items.map(([mark, name]) => mark + name).join('|'))

const BASE = 0xffff_ffff_8000_0000n
const notes = fc
  .record({
    guest: fc.constantFrom('linux', 'FreeBSD', undefined),
    features: fc.array(features, { maxLength: 2 }),
    supported: fc.constantFrom(undefined, 0x800n, 0x801n, 0n),
    entry: fc.constantFrom(BASE + 0x100_0100n, BASE + 0x100_0100n, 0x10n),
    phys: fc.boolean(),
    order: fc.boolean(),
  })
  .map(({ guest, features: all, supported, entry, phys, order }): NoteSpec[] => {
    const list: NoteSpec[] = [
      ...(guest === undefined ? [] : [{ type: NOTE.GUEST_OS, value: guest }]),
      { type: NOTE.XEN_VERSION, value: 'xen-3.0' },
      { type: NOTE.VIRT_BASE, value: BASE },
      { type: NOTE.ENTRY, value: entry },
      ...all.map(value => ({ type: NOTE.FEATURES, value })),
      ...(supported === undefined ? [] : [{ type: NOTE.SUPPORTED_FEATURES, value: word(supported) }]),
      ...(phys ? [{ type: NOTE.PHYS32_ENTRY, value: 0x100_0100n }] : []),
      { type: NOTE.LOADER, value: 'generic' },
    ]
    return order ? list : list.reverse()
  })

/** How an ELF is stored, and what is broken about it. */
const FORMS: Record<string, (elf: Uint8Array) => Uint8Array> = {
  elf: elf => elf,
  ...Object.fromEntries(
    Object.entries(PACKERS).flatMap(([codec, pack]) => [
      [`packed by ${codec}`, (elf: Uint8Array) => pack(elf)],
      [`bzimage of ${codec}`, (elf: Uint8Array) => buildBzImage({ payload: pack(elf) })],
    ]),
  ),
  'bzimage with a trailing word': elf =>
    buildBzImage({ payload: withSizeWord(new Uint8Array(gzipSync(elf)), elf.length + 7) }),
  'bzimage of an ELF': elf => buildBzImage({ payload: elf }),
  'no segment of notes': elf => {
    new DataView(elf.buffer).setUint32(64 + 56, 0x6474e551, true)
    return elf
  },
  stripped: elf => {
    const view = new DataView(elf.buffer)
    view.setBigUint64(40, 0n, true)
    view.setUint32(60, 0, true)
    return elf
  },
}
const image = fc
  .record({ notes, form: fc.constantFrom(...Object.keys(FORMS)) })
  .map(({ notes: all, form }) =>
    FORMS[form]!(buildElf({ bits: 64, notes: all, bodySize: 600, tailSize: 100 })),
  )

const targets = fc
  .record({
    named: fc.uniqueArray(fc.constantFrom(...releases), { minLength: 1, maxLength: 6 }),
    modes: fc.uniqueArray(fc.constantFrom(...bootModes), { minLength: 1 }),
    boot: fc.constantFrom(undefined, 'pvgrub2@2.02', 'pvgrub2@2.12', 'pvhgrub', 'pv-grub@4.4.0'),
  })
  .map(({ named, modes, boot }) => [
    ...releaseTargets(modes, named),
    ...(boot === undefined ? [] : [bootTarget(boot)]),
  ])

const RANK = { refuses: 0, uncertain: 1, unavailable: 1, accepts: 2, 'not-asked': 2 } as const

test('a repair makes no verdict worse that was asked for, keeps its word, and changes nothing else', async () => {
  await fc.assert(
    fc.asyncProperty(image, targets, async (bytes, asked) => {
      const before = read(bytes)
      fc.pre(before.elf !== undefined)
      const { bytes: after, facts, plan } = await repair(bytes, asked)
      for (const target of asked) {
        const [was, is] = [target.ask(before), target.ask(facts)]
        expect(RANK[is.verdict], `${targetName(target)}: ${is.reason}`).toBeGreaterThanOrEqual(
          RANK[was.verdict],
        )
      }
      for (const { target } of plan.accepted) {
        expect(['accepts', 'not-asked'], targetName(target)).toContain(target.ask(facts).verdict)
      }
      expect(unexpectedDifferences(before.elf!, facts.elf!, plan.edit.changes)).toEqual([])
      expect(sameBytes(bytes, after, plan.edit.patches)).toBe(true)
    }),
    { numRuns: 120 },
  )
})

test.each(Object.keys(FORMS))('the form %s is one that the reader knows', form => {
  const [bytes] = fc
    .sample(notes, { numRuns: 1, seed: 1 })
    .map(all => FORMS[form]!(buildElf({ bits: 64, notes: all })))
  const { facts, problem } = readImage(engine, new MemorySource(bytes!), { verify: true })
  expect(facts.elf, problem?.message).toBeDefined()
  for (const layer of facts.layers) if (layer.kind === 'stream') expect(layer.error).toBeUndefined()
})

/** The ELF of an image. */
function elfOf(bytes: Uint8Array): Uint8Array {
  const { elf, close } = openImage(engine, new MemorySource(bytes), { verify: true })
  const all = readBytes(elf!, 0, elf!.size)
  close()
  return all
}

function sameBytes(before: Uint8Array, after: Uint8Array, patches: Parameters<typeof untouched>[1]): boolean {
  const [was, is] = [elfOf(before), elfOf(after)]
  return untouched(was.length, patches).every(({ start, end }) =>
    was.subarray(start, end).every((byte, index) => byte === is[start + index]),
  )
}
