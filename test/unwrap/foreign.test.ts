import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createEngine } from '../../src/fleet/engines.ts'
import { MemorySource } from '../../src/source/memory.ts'
import { foreignFile } from '../../src/unwrap/foreign.ts'
import { readImage } from '../../src/unwrap/read-image.ts'
import { Judge } from '../../src/xen/judge.ts'
import { unreadAnswer } from '../../src/xen/unread.ts'

const engine = createEngine('wasm')

function image(fill: (view: DataView) => void): MemorySource {
  const bytes = new Uint8Array(4096)
  fill(new DataView(bytes.buffer))
  return new MemorySource(bytes)
}

const pe = (machine: number) =>
  image(view => {
    view.setUint16(0, 0x5a4d, true)
    view.setUint32(0x3c, 0x80, true)
    view.setUint32(0x80, 0x4550, true)
    view.setUint16(0x84, machine, true)
  })

test('kernels for other machines are named, and no x86 loader is asked about them', () => {
  // With an EFI stub, as distributions build it, an arm64 Image is a PE program too: its own magic counts.
  const arm64 = image(view => {
    view.setUint16(0, 0x5a4d, true)
    view.setUint32(0x38, 0x644d5241, true)
    view.setUint32(0x3c, 0x40, true)
    view.setUint32(0x40, 0x4550, true)
  })
  const riscv = image(view => view.setUint32(0x38, 0x05435352, true))
  for (const [source, kind, name] of [
    [arm64, 'arm64-image', 'an arm64 Image, a kernel for Xen on Arm'],
    [riscv, 'riscv-image', 'a RISC-V Image, a kernel for Xen on RISC-V'],
  ] as const) {
    const { facts, problem } = readImage(engine, source)
    expect(facts.kind).toBe(kind)
    expect(problem).toEqual({
      code: 'foreign-kernel',
      message: `Cannot find an x86 kernel in the file: it is ${name}`,
      offset: 0,
    })
    const [modelled] = new Judge(facts).spans('pv-domU')
    expect(unreadAnswer(problem, modelled!.verdict)?.verdict).toBe('unavailable')
  }
})

const be = (at: number, ...words: number[]) =>
  image(view => {
    for (const [index, word] of words.entries()) view.setUint32(at + 4 * index, word)
  })

test.each<[string, MemorySource]>([
  ['a zImage, a kernel for Arm', image(view => view.setUint32(0x24, 0x016f2818, true))],
  ['an image of Linux for IBM S/390', be(8, 0x02000018, 0x60000050, 0x02000068, 0x60000050)],
  [
    'a packed EFI kernel (zboot) for AArch64',
    image(view => {
      view.setUint32(0, 0x00005a4d, true)
      view.setUint32(4, 0x676d697a, true)
      view.setUint32(0x3c, 0x80, true)
      view.setUint32(0x80, 0x4550, true)
      view.setUint16(0x84, 0xaa64, true)
    }),
  ],
  [
    'a U-Boot image of a kernel for Arm',
    image(view => {
      view.setUint32(0, 0x27051956)
      view.setUint8(29, 2)
      view.setUint8(30, 2)
    }),
  ],
])('%s is a kernel, and no x86 loader is asked about it', (name, source) => {
  expect(readImage(engine, source).problem).toEqual({
    code: 'foreign-kernel',
    message: `Cannot find an x86 kernel in the file: it is ${name}`,
    offset: 0,
  })
})

test.each<[string, MemorySource]>([
  ['a device tree, or a FIT image of U-Boot', be(0, 0xd00dfeed)],
  ['a boot image of Android', be(0, 0x414e4452, 0x4f494421)],
  ['a U-Boot image', be(0, 0x27051956)],
])('%s is named, and is no kernel', (name, source) => {
  expect(readImage(engine, source).problem).toMatchObject({
    code: 'not-a-kernel',
    message: `Cannot find an x86 kernel in the file: it is ${name}`,
  })
})

test('any bytes are named or not', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), bytes => {
      expect(['undefined', 'object']).toContain(typeof foreignFile(bytes))
    }),
  )
})

test('PE programs are named with their machine, and are no kernels', () => {
  expect(readImage(engine, pe(0x8664))).toMatchObject({
    facts: { kind: 'efi-program' },
    problem: {
      code: 'not-a-kernel',
      message: expect.stringContaining('a PE program (UEFI or Windows) for x86-64'),
    },
  })
  expect(readImage(engine, pe(0x1234)).problem?.message).toContain('machine 0x1234')
})

test('a pointer to the PE header that leads out of the file names nothing', () => {
  const source = image(view => {
    view.setUint16(0, 0x5a4d, true)
    view.setUint32(0x3c, 0xffff_fff0, true)
  })
  expect(readImage(engine, source)).toMatchObject({
    facts: { kind: 'unknown' },
    problem: { code: 'not-a-kernel' },
  })
})

test('a kernel for another machine in a compressed file is named too, and others are none', () => {
  const packed = (source: MemorySource) => {
    const bytes = new Uint8Array(source.size)
    source.read(bytes, 0)
    return readImage(engine, new MemorySource(gzipSync(bytes)))
  }
  const arm64 = packed(image(view => view.setUint32(0x38, 0x644d5241, true)))
  expect(arm64.facts.kind).toBe('gzip')
  expect(arm64.problem).toEqual({
    code: 'foreign-kernel',
    message: 'Cannot find an x86 kernel in the file: it unpacks to an arm64 Image, a kernel for Xen on Arm',
    offset: 0,
  })
  const program = packed(pe(0x8664)).problem
  expect([program?.code, program?.message]).toEqual([
    'not-a-kernel',
    'Cannot find an x86 kernel in the file: it unpacks to a PE program (UEFI or Windows) for x86-64',
  ])
  expect(packed(image(() => {})).problem?.message).toContain('it is no ELF, no bzImage')
})
