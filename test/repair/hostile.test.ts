import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { buildElf, NOTE } from '../../fixtures/builders/elf.ts'
import { unexpectedDifferences } from '../../src/repair/difference.ts'
import { untouched } from '../../src/repair/patched-source.ts'
import { MemorySource } from '../../src/source/memory.ts'
import { openImage } from '../../src/unwrap/read-image.ts'
import { engine, planFor, read, releaseTargets, repair } from './kernels.ts'

const BASE = 0xffff_ffff_8000_0000n
const elf = buildElf({
  bits: 64,
  notes: [
    { type: NOTE.GUEST_OS, value: 'linux' },
    { type: NOTE.XEN_VERSION, value: 'xen-3.0' },
    { type: NOTE.VIRT_BASE, value: BASE },
    { type: NOTE.ENTRY, value: BASE + 0x100_0100n },
    { type: NOTE.FEATURES, value: 'pae_pgdir_above_4gb|hvm_callback_vector' },
    { type: NOTE.LOADER, value: 'generic' },
  ],
  bodySize: 300,
})
const targets = releaseTargets(['pv-domU', 'pv-dom0'], ['3.4.0', '4.1.6.1', '4.17.4'])
const features = read(elf).elf!.notes.find(({ type }) => type === NOTE.FEATURES)!

/** The kernel with some words changed: sizes and places that may lie anywhere. */
const damaged = fc
  .array(
    fc.tuple(
      fc.oneof(
        fc.nat({ max: elf.length - 9 }),
        fc.constantFrom(
          32,
          40,
          54,
          56,
          58,
          60,
          64 + 56 + 8,
          64 + 56 + 32,
          features.offset,
          features.offset + 4,
        ),
      ),
      fc.constantFrom(
        0n,
        1n,
        4n,
        0x40n,
        0xfff0n,
        0xffff_fff0n,
        0x7fff_ffff_ffff_fff0n,
        0xffff_ffff_ffff_fff0n,
      ),
      fc.constantFrom(2, 4, 8),
    ),
    { minLength: 1, maxLength: 3 },
  )
  .map(words => {
    const bytes = elf.slice()
    const view = new DataView(bytes.buffer)
    for (const [at, value, size] of words) {
      if (size === 2) view.setUint16(at, Number(value & 0xffffn), true)
      else if (size === 4) view.setUint32(at, Number(value & 0xffff_ffffn), true)
      else view.setBigUint64(at, value, true)
    }
    return bytes
  })

test('a damaged kernel is repaired or not, and never more of it is changed than was said', async () => {
  await fc.assert(
    fc.asyncProperty(damaged, async bytes => {
      const before = read(bytes)
      fc.pre(before.elf !== undefined && before.kind === 'elf')
      const { bytes: after, facts, plan } = await repair(bytes, targets)
      expect(unexpectedDifferences(before.elf!, facts.elf!, plan.edit.changes)).toEqual([])
      expect(after.length).toBeLessThan(bytes.length + 4096)
      if (facts.kind !== 'elf') return
      for (const { start, end } of untouched(bytes.length, plan.edit.patches)) {
        expect(Buffer.from(after.subarray(start, end)).equals(Buffer.from(bytes.subarray(start, end)))).toBe(
          true,
        )
      }
    }),
    { numRuns: 80 },
  )
})

describe('a note', () => {
  const withDescsz = (size: number, bytes = elf.slice()) => {
    new DataView(bytes.buffer).setUint32(features.offset + 4, size, true)
    return bytes
  }

  test.each([0xffff_fff0, 0x7fff_ffff, 1_000_000])('of %i bytes is not written out', size => {
    const { plan } = planFor(withDescsz(size), targets)
    expect(plan.edit.patches.every(({ bytes }) => bytes.length < elf.length)).toBe(true)
  })
})

test('section headers that overlap the notes are left alone', async () => {
  const bytes = elf.slice()
  new DataView(bytes.buffer).setBigUint64(40, BigInt(features.offset), true)
  const { close, facts } = openImage(engine, new MemorySource(bytes), { verify: true })
  close()
  const { plan, bytes: after } = await repair(bytes, targets)
  expect(facts.elf!.shoff).toBe(`0x${features.offset.toString(16)}`)
  if (plan.open.length === 0) expect(read(after).elf!.shoff).toBe(facts.elf!.shoff)
})
