import { describe, expect, it } from 'vitest'
import { ENTRIES, FULL_ROOM, NOTE_BYTES, NOTES_ROOM, TABLE_WINDOW } from '../../src/engine/record.ts'
import { concat, elf, linuxNotes, number, PT_NOTE, SHT_NOTE, SHT_STRTAB } from './elf-image.ts'
import { type Sparse, scanBoth, sparse } from './elf-twins.ts'

const TEBIBYTE = 2 ** 40
const GIBIBYTE = 2 ** 30

/** An image of which only the first bytes are there, and the rest is what `pattern` says. */
function far(size: number, head: Uint8Array, pattern?: (into: Uint8Array, start: number) => void): Sparse {
  return {
    size,
    fill(into, start) {
      pattern?.(into, start)
      if (start < head.length) into.set(head.subarray(start, start + into.length))
    },
  }
}

const noteSegment = (offset: number | bigint, filesz: number | bigint) =>
  elf({ segments: [{ type: PT_NOTE, offset: BigInt(offset), filesz: BigInt(filesz) }] })

describe('a hostile image', () => {
  it('with a note range of 1 GiB of zeros ends at 65,536 notes', () => {
    const { facts, bytes } = scanBoth(far(2 * GIBIBYTE, noteSegment(4096, GIBIBYTE)))
    expect(facts.walks).toMatchObject([{ offset: '0x1000', stop: 'limit' }])
    const kept = FULL_ROOM / NOTE_BYTES
    expect(facts.notes).toHaveLength(Math.ceil(kept))
    expect(facts.walks[0]!.unkept).toEqual({ notes: 65536 - facts.notes.length, xen: 0 })
    expect(facts.notes.at(-1)).toMatchObject({ offset: 4096 + Math.floor(kept) * 12, owner: '', namesz: 0 })
    expect(bytes).toBeLessThan(2 ** 20 + TABLE_WINDOW)
  })

  it('with notes that jump by 4 GiB is read at their headers only', () => {
    // Each note is 12 bytes and a descriptor that takes it to the next multiple of 4 GiB.
    const jump = concat([number(0, 4), number(2 ** 32 - 12, 4), number(1, 4)])
    const source = far(TEBIBYTE, noteSegment(2 ** 32, TEBIBYTE), (into, start) => {
      if (start % 2 ** 32 === 0) into.set(jump.subarray(0, into.length))
    })
    const { facts, bytes, asked } = scanBoth(source)
    expect(facts.notes.filter(({ walk }) => walk === 0)).toHaveLength(255)
    // As a signed number the size leads back to where the note is.
    expect(facts.walks).toMatchObject([{ stop: 'image' }, { stop: 'limit', signed: true }])
    expect(facts.notes.filter(({ walk, offset }) => walk === 1 && offset === 2 ** 32)).toHaveLength(1024)
    expect(asked.length).toBeLessThan(3 * 256)
    expect(bytes).toBeLessThan(256 * (TABLE_WINDOW + 64))
  })

  it('with descriptors of 4 GiB of strings keeps 4096 bytes of each', () => {
    const head = concat([
      number(4, 4),
      number(2 ** 32 - 16, 4),
      number(10, 4),
      Uint8Array.of(88, 101, 110, 0),
    ])
    const source = far(TEBIBYTE, noteSegment(2 ** 32, 2 ** 35), (into, start) => {
      into.fill(0x41)
      if (start % 2 ** 32 === 0) into.set(head.subarray(0, into.length))
    })
    const { facts } = scanBoth(source)
    expect(facts.notes.filter(({ walk }) => walk === 0)).toHaveLength(8)
    expect(facts.notes[0]).toMatchObject({ owner: 'Xen', textStop: 'limit', text: 'A'.repeat(4096) })
    expect(facts.notes[0]!.desc).toBe('41'.repeat(4096))
  })

  it('with 65,535 note segments, all over 1 TiB, is read through', () => {
    const count = 65535
    const headers = Array.from({ length: count }, (_, index) =>
      concat([
        number(PT_NOTE, 4),
        number(4, 4),
        number(16 * 2 ** 20 * (index + 1), 8),
        number(0, 16),
        number(GIBIBYTE, 8),
        number(0, 16),
      ]),
    )
    const head = concat([elf({ header: { phnum: count, phoff: 64 } }), ...headers])
    const huge = far(TEBIBYTE, head, (into, start) => {
      // A header that takes its walk out of its range.
      if (start % (16 * 2 ** 20) === 0) into.set(number(0xfffffff0n << 32n, 8).subarray(0, into.length))
    })
    const { facts, asked } = scanBoth(huge)
    expect(facts.segments).toHaveLength(1024)
    expect(facts.moreSegments).toEqual({ count: count - 1024 })
    expect(asked.length).toBeLessThan(2 * count)
    expect(facts.truncated).toBe('notes')
    expect(facts.walks.length).toBeGreaterThan(1000)
  })

  it('with program headers of size 0 stays at the same header and ends', () => {
    const image = elf({
      segments: [{ type: PT_NOTE, notes: linuxNotes() }],
      header: { phentsize: 0, phnum: 65535 },
    })
    const { facts } = scanBoth(sparse(image))
    expect(facts.segments).toHaveLength(1024)
    expect(facts.moreSegments).toEqual({ count: 65535 - 1024 })
    expect(facts.segments.every(({ offset }) => offset === facts.segments[0]!.offset)).toBe(true)
    expect(facts.truncated).toBe('notes')
  })

  it('with 65,535 sections, in a file that has room for them, is read through', () => {
    const count = 65535
    const header = concat([number(0, 4), number(SHT_STRTAB, 4), number(0, 56)])
    const head = concat([
      elf({ header: { shnum: count, shoff: 64, shstrndx: 7 } }),
      ...Array.from({ length: count }, () => header),
    ])
    const { facts, asked } = scanBoth(far(GIBIBYTE, head))
    expect(facts.sections).toHaveLength(4096)
    expect(facts.truncated).toBe('sections')
    expect(facts.guest).toBeUndefined()
    // Twice through the table, and the names in turns with it.
    expect(asked.length).toBeLessThan((2 * 64 * count) / TABLE_WINDOW + (2 * count) / 64 + 10)
  })

  it('with more sections than its size allows is read as far as libelf reads it', () => {
    const image = elf({
      sections: [{ name: '.notes', type: SHT_NOTE, notes: linuxNotes() }],
      header: { shnum: 65535, shentsize: 0 },
    })
    const { facts } = scanBoth(sparse(image))
    expect(facts.shnum).toBe(65535)
    expect(facts.sections).toEqual([])
  })

  it('with tables at the end of the address space reads nothing outside', () => {
    const phoff = 2n ** 64n - 56n
    const { facts, asked } = scanBoth(sparse(elf({ header: { phoff, phnum: 2 }, tail: new Uint8Array(200) })))
    expect(facts.phoff).toBe('0xffffffffffffffc8')
    expect(facts.segments).toEqual([])
    expect(asked).toHaveLength(1)
  })

  it('with more notes than a record holds says so and stops', () => {
    const long = Array.from({ length: 3000 }, (_, index) => ({
      owner: 'Xen',
      type: 10,
      desc: `${'x'.repeat(4000)}${index}\0`,
    }))
    const { facts, record } = scanBoth(sparse(elf({ segments: [{ type: PT_NOTE, notes: long }] })))
    expect(facts.truncated).toBe('notes')
    expect(facts.notes.length).toBeGreaterThan(100)
    expect(facts.notes.length).toBeLessThan(150)
    expect(record.length).toBeLessThanOrEqual(ENTRIES + 1024 + NOTES_ROOM)
  })

  it('with 65,536 names that never end is read through', () => {
    // A note of 0xff: both sizes round up to 0, and no name has a NUL.
    const { facts } = scanBoth(
      far(GIBIBYTE, noteSegment(4096, GIBIBYTE), into => {
        into.fill(0xff)
      }),
    )
    expect(facts.notes[0]).toMatchObject({ nameStop: 'limit', owner: '\xff'.repeat(64), namesz: 0xffffffff })
    expect(facts.truncated).toBe('notes')
  })
})
