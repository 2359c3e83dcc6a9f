import { describe, expect, it } from 'vitest'
import { elfProblem } from '../../src/facts/problem.ts'
import {
  concat,
  elf,
  latin1,
  linuxNotes,
  number,
  PT_LOAD,
  PT_NOTE,
  SHT_NOTE,
  SOUND,
} from '../engine/elf-image.ts'
import { scan, scanBoth, sparse } from '../engine/elf-twins.ts'

const notes = linuxNotes()
const problem = (image: Uint8Array) => elfProblem(scan(image))

describe('the problem of an ELF', () => {
  it('is none for sound x86 images', () => {
    const { foreign, ...x86 } = SOUND
    for (const image of Object.values(x86)) expect(problem(image)).toBeUndefined()
    expect(problem(foreign!)?.code).toBe('elf-big-endian')
  })

  it('names a header that is cut', () => {
    expect(problem(SOUND.linux32!.subarray(0, 51))).toEqual({
      code: 'elf-truncated',
      message: 'Cannot read the ELF header at 0x0: the image has 51 bytes, a header takes 52',
      offset: 51,
    })
    expect(problem(SOUND.linux64!.subarray(0, 63))?.message).toContain('63 bytes, a header takes 64')
  })

  it('names the gravest first: a header that is cut before a table that is outside', () => {
    const cut = elf({ header: { phoff: 0x1000, phnum: 2 } }).subarray(0, 60)
    expect(problem(cut)?.code).toBe('elf-truncated')
  })

  it('names where the bytes end before the size', () => {
    const { facts } = scanBoth(sparse(SOUND.linux64!.subarray(0, 200)), 5000)
    expect(elfProblem(facts)).toEqual({
      code: 'elf-truncated',
      message: 'Cannot read the ELF after 0xc8: its bytes end there, its size is 5000',
      offset: 200,
    })
  })

  it('names a table that ends outside', () => {
    expect(problem(elf({ header: { phoff: 0x1000, phnum: 2 } }))).toEqual({
      code: 'elf-table-outside-file',
      message: 'Cannot read the program header table at 0x1000: it ends at 0x1070, the image at 0x40',
      offset: 0x1000,
    })
    const sections = problem(
      elf({ segments: [{ type: PT_NOTE, notes }], header: { shoff: 2n ** 63n, shnum: 1 } }),
    )
    expect(sections?.code).toBe('elf-table-outside-file')
    expect(sections?.message).toContain('section header table at 0x8000000000000000')
    expect(sections).not.toHaveProperty('offset')
  })

  it('names section headers that no file of that size has', () => {
    const image = elf({ sections: [], header: { shnum: 65535, shentsize: 0 } })
    expect(problem(image)).toMatchObject({
      code: 'too-many-headers',
      message: expect.stringMatching(/claims 65535 headers, an image of \d+ bytes has room for \d+$/),
    })
  })

  it('names section headers that the first of them counts', () => {
    for (const wide of [true, false]) {
      const shoff = wide ? 64 : 52
      const counting = (count: number) => {
        const head = new Uint8Array(wide ? 64 : 40)
        head.set(number(count, 4 + 4 * Number(wide)), wide ? 32 : 20)
        const image = elf({ wide, header: { shoff }, tail: concat([head, new Uint8Array(4000)]) })
        return elfProblem(scanBoth(sparse(image)).facts)
      }
      expect(counting(2 ** 32 - Number(!wide))).toEqual({
        code: 'too-many-headers',
        message: expect.stringMatching(/first header counts 429496729\d headers, .* has room for 10\d$/),
        offset: shoff,
      })
      expect(counting(100)).toBeUndefined()
    }
  })

  it('names what filled the record', () => {
    const headers = elf({ segments: [{ type: PT_LOAD, flags: 5 }], header: { phentsize: 0, phnum: 65535 } })
    expect(problem(headers)).toMatchObject({
      code: 'too-many-headers',
      message: 'Cannot keep all program headers of the ELF: of 65535 segments the record lists 1024',
    })
    const many = Array.from({ length: 2500 }, () => ({ owner: 'Xen', type: 10, desc: 'x'.repeat(4096) }))
    expect(problem(elf({ segments: [{ type: PT_NOTE, notes: many }] }))?.code).toBe('too-many-notes')
  })

  it('names more notes than Xen reads', () => {
    const data = new Uint8Array(12 * 65537)
    expect(problem(elf({ segments: [{ type: PT_NOTE, data }] }))).toEqual({
      code: 'too-many-notes',
      message: 'Cannot read all notes of the ELF: it has more than 65536, and Xen reads no more',
      offset: 120,
    })
  })

  it('names the notes that the record leaves out', () => {
    const data = new Uint8Array(12 * 4000)
    expect(problem(elf({ segments: [{ type: PT_NOTE, data }] }))).toEqual({
      code: 'too-many-notes',
      message: 'Cannot keep all notes of the ELF: of 4000 the record leaves 1268 out, which no loader reads',
    })
  })

  it('names an image that is not for x86', () => {
    expect(problem(elf({ machine: 183 }))).toEqual({
      code: 'elf-machine-unsupported',
      message:
        'Cannot take the ELF for an x86 kernel: its machine at 0x12 is 183 (AArch64), expected 3 (x86) or 62 (x86-64)',
      offset: 0x12,
    })
    expect(problem(elf({ big: true }))?.message).toContain('byte order at 0x5 is 2')
  })

  it('names the note that runs out of the image', () => {
    const bytes = (data: Uint8Array, filesz: number) =>
      problem(elf({ segments: [{ type: PT_NOTE, data, filesz: BigInt(filesz) }] }))
    const xen = (descsz: number, desc: string) =>
      concat([number(4, 4), number(descsz, 4), number(1, 4), latin1(`Xen\0${desc}`)])
    expect(bytes(xen(9, '12345678'), 24)).toEqual({
      code: 'note-outside-file',
      message: "Cannot read the ELF note at 0x78: it runs past the image's end at 0x90",
      offset: 0x78,
    })
    expect(bytes(xen(8, '12345678'), 24)).toBeUndefined()
    expect(bytes(xen(8, '12345678'), 28)).toEqual({
      code: 'note-outside-file',
      message: 'Cannot read the ELF note at 0x90: the image ends at 0x90',
      offset: 0x90,
    })
  })

  it('names a range that lies outside the image', () => {
    expect(problem(elf({ segments: [{ type: PT_NOTE, offset: 0x9000n, filesz: 24n }] }))?.message).toBe(
      'Cannot read the ELF note at 0x9000: the image ends at 0x78',
    )
    expect(problem(elf({ segments: [{ type: PT_NOTE, filesz: 2n ** 64n - 24n }] }))?.message).toBe(
      'Cannot read the ELF notes at 0x78: their end 0x60 wraps around any address',
    )
    const section = { name: '.notes', type: SHT_NOTE, offset: 0x9000n, size: 24n }
    expect(problem(elf({ sections: [section] }))?.offset).toBe(0x9000)
  })
})
