import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { createTypeScriptEngine } from '../../src/engine/typescript.ts'
import { MemorySource } from '../../src/source/memory.ts'
import { readImage } from '../../src/unwrap/read-image.ts'
import { noteReaders, packingRemark } from '../../src/xen/note-readers.ts'
import { kernel, linuxNotes } from './kernels.ts'

const packed = readImage(
  createTypeScriptEngine(),
  new MemorySource(readFileSync(new URL('../../fixtures/boot-paths/reports/osv-loader', import.meta.url))),
).facts

test('notes packed at 4 in a segment aligned to 8: Xen reads all, others lose those after GUEST_OS', () => {
  expect(packingRemark(packed)).toContain('p_align 8: Xen reads all')
})

test('a bzImage has no notes for anybody else', () => {
  const facts = {
    ...kernel(),
    layers: [
      {
        kind: 'bzimage' as const,
        protocol: 0x20f,
        setupSects: 1,
        payloadOffset: 0,
        payloadLength: 9,
        payloadStart: 1024,
      },
    ],
  }
  expect(noteReaders(facts).map(({ finds }) => finds)).toEqual([false, false, false])
})

test('a note in a PT_NOTE segment is found by those who read its class', () => {
  const facts = kernel({ notes: linuxNotes({ PHYS32_ENTRY: 0x100_0000n }) })
  const { walks } = facts.elf!
  const { offset, end } = walks[0]!
  const filesz = `0x${(Number(end) - Number(offset)).toString(16)}` as const
  facts.elf!.segments.push({ ...facts.elf!.segments[0]!, index: 1, type: 4, offset, filesz, align: '0x4' })
  expect(noteReaders(facts).map(({ finds }) => finds)).toEqual([true, true, true])
  expect(packingRemark(facts)).toBeUndefined()
})

test('a note in a section only, or none', () => {
  const section = kernel({ notes: linuxNotes({ PHYS32_ENTRY: 0x100_0000n }), from: 'SHT_NOTE' })
  expect(noteReaders(section)[0]).toMatchObject({
    finds: false,
    reason: expect.stringContaining('section only'),
  })
  expect(noteReaders(kernel())[0]).toMatchObject({ finds: false, reason: 'there is no note 18' })
})
