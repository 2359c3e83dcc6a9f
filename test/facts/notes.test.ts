import { describe, expect, it } from 'vitest'
import {
  concat,
  type ElfPlan,
  elf,
  latin1,
  linuxNotes,
  type NotePlan,
  number,
  PT_NOTE,
  type SegmentPlan,
  SHT_NOTE,
} from '../engine/elf-image.ts'
import { scan } from '../engine/elf-twins.ts'

/** An image that is its note segment, with nothing after: the notes end where the image does. */
const withNotes = (notes: NotePlan[], plan: ElfPlan = {}) =>
  scan(elf({ segments: [{ type: PT_NOTE, notes }], ...plan }))

/** A segment of these very bytes; what follows them in the image is `tail`. */
const withBytes = (data: Uint8Array, tail?: Uint8Array, filesz = BigInt(data.length)) =>
  scan(elf({ segments: [{ type: PT_NOTE, data, filesz }], ...(tail && { tail }) }))

const header = (namesz: number, descsz: number, type: number) =>
  concat([number(namesz, 4), number(descsz, 4), number(type, 4)])

describe('a note walk', () => {
  it('compares the name as a C string and never looks at its size', () => {
    const { notes } = withNotes([
      { owner: 'Xen', type: 1, namesz: 3 },
      { owner: 'Xen\0\0\0\0', type: 2 },
      { owner: 'xen', type: 3 },
      { owner: 'Xen!', type: 4 },
      { owner: 'XenX', type: 5, namesz: 3 },
    ])
    // The last one's header says 3: the walk goes on in the middle of its name.
    expect(notes.slice(0, 5).map(({ owner, type }) => [owner, type])).toEqual([
      ['Xen', 1],
      ['Xen', 2],
      ['xen', 3],
      ['Xen!', 4],
      ['XenX', 5],
    ])
    expect(notes[4]!.text).toBeUndefined()
  })

  it('steps by 4 bytes whatever the alignment says', () => {
    const notes = [
      { owner: 'Xen', type: 1, desc: new Uint8Array(12) },
      { owner: 'Xen', type: 2, desc: new Uint8Array(1) },
    ]
    const facts = scan(elf({ segments: [{ type: PT_NOTE, align: 8n, notes }] }))
    expect(facts.notes.map(({ offset }) => offset)).toEqual([120, 120 + 12 + 4 + 12])
  })

  it('rounds sizes modulo 2^32', () => {
    const { notes, walks } = withNotes([
      { owner: 'Xen', type: 1, namesz: 4, descsz: 0xffffffff },
      { owner: 'Xen', type: 2, namesz: 4, descsz: 0xfffffffd },
      { owner: 'Xen', type: 3, namesz: 4, descsz: 0xfffffffc },
    ])
    const read = notes.filter(({ walk }) => walk === 0)
    expect(read.map(({ type, descsz }) => [type, descsz])).toEqual([
      [1, 0xffffffff],
      [2, 0xfffffffd],
      [3, 0xfffffffc],
    ])
    // The last step leads 4 GiB further, past the end of the range.
    expect(walks[0]!.stop).toBe('end')
    // As a signed number it is -4, and leads into the last note's own owner.
    expect(walks[1]).toMatchObject({ signed: true, offset: walks[0]!.offset, end: walks[0]!.end })
    const again = notes.filter(({ walk }) => walk === 1)
    expect(again.slice(0, 4).map(({ offset }) => offset - read[0]!.offset)).toEqual([0, 16, 32, 44])
  })

  it('goes on at the range end only while bytes are left, though they be too few for a header', () => {
    const facts = withBytes(concat([header(0, 0, 1), new Uint8Array(8)]), new Uint8Array(64))
    expect(facts.notes.map(({ offset }) => offset)).toEqual([120, 132])
    expect(facts.walks[0]!.stop).toBe('end')
  })

  it('reads fields that lie outside the image as 0', () => {
    const facts = withBytes(header(0, 0, 7).subarray(0, 8), undefined, 12n)
    expect(facts.notes).toEqual([
      { walk: 0, offset: 120, owner: '', type: 0, namesz: 0, descsz: 0, desc: '', nameStop: 'image' },
    ])
    // The next one would start where the range ends.
    expect(facts.walks[0]).toEqual({ from: 'PT_NOTE', index: 0, offset: '0x78', end: '0x84', stop: 'end' })
  })

  it('leaves out what lies outside the image', () => {
    const facts = withBytes(concat([header(4, 0x1000, 1), latin1('Xen\0'), latin1('12345678')]))
    expect(facts.notes[0]).toMatchObject({ owner: 'Xen', descsz: 0x1000, desc: '3132333435363738' })
    expect(facts.walks[0]!.stop).toBe('end')
  })

  it('ends where the image does', () => {
    const facts = withBytes(concat([header(4, 0, 1), latin1('Xen\0')]), undefined, 0x1000n)
    expect(facts.notes).toHaveLength(1)
    expect(facts.walks[0]).toMatchObject({ end: '0x1078', stop: 'image' })
  })

  it('outside the image finds nothing', () => {
    const facts = scan(elf({ segments: [{ type: PT_NOTE, offset: 0x1000n, filesz: 0x100n }] }))
    expect(facts.walks).toEqual([
      { from: 'PT_NOTE', index: 0, offset: '0x1000', end: '0x1100', stop: 'image' },
    ])
    expect(facts.notes).toEqual([])
  })

  it('over a range that wraps around finds nothing', () => {
    const stops = (filesz: bigint) => {
      const { walks, notes } = scan(elf({ segments: [{ type: PT_NOTE, notes: linuxNotes(), filesz }] }))
      return [walks[0]!.end, walks[0]!.stop, notes.length > 0]
    }
    expect(stops(2n ** 64n - 16n)).toEqual(['0x68', 'wrap', false])
    // No sum of offsets wraps here, but one of any address with them does.
    expect(stops(2n ** 64n - 4096n)).toEqual(['0xfffffffffffff078', 'wrap', false])
    expect(stops(2n ** 64n - 2n ** 46n - 120n)).toEqual(['0xffffc00000000000', 'wrap', false])
    expect(stops(2n ** 64n - 2n ** 46n - 121n)).toEqual(['0xffffbfffffffffff', 'image', true])
  })

  it('of an empty range is one, and finds nothing', () => {
    const facts = scan(elf({ segments: [{ type: PT_NOTE, filesz: 0n }] }))
    expect(facts.walks).toMatchObject([{ stop: 'end' }])
  })

  it('passes over a segment at offset 0', () => {
    const facts = scan(
      elf({
        segments: [
          { type: PT_NOTE, offset: 0n, filesz: 64n },
          { type: PT_NOTE, notes: [{ owner: 'Xen', type: 1 }] },
        ],
      }),
    )
    expect(facts.segments).toHaveLength(2)
    expect(facts.walks).toMatchObject([{ index: 1 }])
  })
})

describe('a string note', () => {
  const chars = (count: number) => 'x'.repeat(count)

  it('runs on to the first NUL, past its descriptor and the range', () => {
    const data = concat([header(4, 2, 6), latin1('Xen\0lin')])
    const { notes } = withBytes(data.subarray(0, data.length), latin1('ux and more\0'))
    // The builder pads the segment to 8 bytes: so the string ends there.
    expect(notes[0]).toMatchObject({ descsz: 2, desc: '6c69', text: 'lin' })
    const on = withBytes(concat([header(4, 2, 6), latin1('Xen\0linux an')]), latin1('d more\0'), 18n)
    expect(on.notes[0]).toMatchObject({ desc: '6c69', text: 'linux and more' })
    expect(on.notes[0]!.textStop).toBeUndefined()
  })

  it('has at most 4096 characters', () => {
    const most = withNotes([{ owner: 'Xen', type: 10, desc: `${chars(4096)}\0` }]).notes[0]!
    expect(most.text).toBe(chars(4096))
    expect(most.textStop).toBeUndefined()
    expect(most.desc).toHaveLength(2 * 4096)
    const more = withNotes([{ owner: 'Xen', type: 10, desc: `${chars(4097)}\0` }]).notes[0]!
    expect(more).toMatchObject({ text: chars(4096), textStop: 'limit' })
  })

  it('that the image cuts off says so', () => {
    const { notes } = withBytes(concat([header(4, 64, 8), latin1('Xen\0'), latin1('generic.')]))
    expect(notes[0]).toMatchObject({ text: 'generic.', textStop: 'image' })
  })

  it('whose value lies outside the image has none', () => {
    const { notes } = withBytes(concat([header(0x10000, 4, 8), latin1('Xen\0')]))
    expect(notes[0]).toMatchObject({ owner: 'Xen', desc: '', text: '', textStop: 'image' })
  })

  it('is one by its type and its owner', () => {
    const types = Array.from({ length: 14 }, (_, type) => type)
    const plans = types.flatMap(type => [
      { owner: 'Xen', type, desc: 'a\0' },
      { owner: 'GNU', type, desc: 'a\0' },
    ])
    const { notes } = withNotes(plans)
    const strings = notes.filter(({ text }) => text !== undefined).map(({ owner, type }) => owner + type)
    expect(strings).toEqual(['Xen5', 'Xen6', 'Xen7', 'Xen8', 'Xen9', 'Xen10', 'Xen11'])
  })
})

describe('a note of another owner', () => {
  it('is kept with 64 bytes of its name and of its descriptor', () => {
    const { notes } = withNotes([{ owner: 'O'.repeat(100), type: 1, desc: 'd'.repeat(100) }])
    expect(notes[0]).toMatchObject({ owner: 'O'.repeat(64), namesz: 101, descsz: 100, desc: '64'.repeat(64) })
    expect(notes[0]!.nameStop).toBeUndefined()
  })

  it('whose name has no NUL within 4096 bytes, or in the image, says so', () => {
    const limit = withNotes([{ owner: 'O'.repeat(4097), type: 1 }]).notes[0]!
    expect(limit.nameStop).toBe('limit')
    expect(withNotes([{ owner: 'O'.repeat(4096), type: 1 }]).notes[0]!.nameStop).toBeUndefined()
    const image = withBytes(concat([header(8, 0, 1), latin1('OOOOOOOO123456781234')])).notes[0]!
    expect(image).toMatchObject({ owner: 'OOOOOOOO123456781234', nameStop: 'image' })
  })

  it('is not read outside its range', () => {
    const { notes } = withBytes(concat([header(4, 60, 1), latin1('GNU\0abcd')]), latin1('beyond'), 20n)
    expect(notes[0]!.desc).toBe(Buffer.from('abcd').toString('hex'))
  })
})

describe('the search for notes', () => {
  const xen = [{ owner: 'Xen', type: 3, desc: new Uint8Array(8) }]
  const gnu = [{ owner: 'GNU', type: 3, desc: 'id' }]
  const guest = { name: '__xen_guest', data: latin1('LOADER=generic\0') }

  it('takes every PT_NOTE in order', () => {
    const facts = scan(
      elf({
        segments: [
          { type: PT_NOTE, notes: gnu },
          { type: PT_NOTE, notes: xen },
        ],
      }),
    )
    expect(facts.notes.map(({ walk, owner }) => [walk, owner])).toEqual([
      [0, 'GNU'],
      [1, 'Xen'],
    ])
  })

  it('goes to the sections only without a Xen note in a segment', () => {
    const sections = [{ name: '.notes', type: SHT_NOTE, notes: xen }, guest]
    expect(scan(elf({ segments: [{ type: PT_NOTE, notes: xen }], sections })).walks).toHaveLength(1)
    const facts = scan(elf({ segments: [{ type: PT_NOTE, notes: gnu }], sections }))
    expect(facts.walks.map(({ from }) => from)).toEqual(['PT_NOTE', 'SHT_NOTE'])
    expect(facts.guest).toBeUndefined()
  })

  it('goes to __xen_guest only without a Xen note anywhere', () => {
    const sections = [{ name: '.notes', type: SHT_NOTE, notes: gnu }, guest]
    expect(scan(elf({ sections })).guest).toMatchObject({ index: 2, text: 'LOADER=generic' })
  })

  it('takes the first section of that name, however many there are', () => {
    const many = Array.from({ length: 150 }, (_, index) => ({ name: `.s${index}` }))
    const facts = scan(elf({ sections: [...many, guest, { ...guest, data: latin1('LOADER=other\0') }] }))
    expect(facts.guest).toMatchObject({ index: 151, text: 'LOADER=generic' })
  })

  it('takes no section of a longer name, nor without a table of names', () => {
    expect(scan(elf({ sections: [{ ...guest, name: '__xen_guest2' }] })).guest).toBeUndefined()
    expect(scan(elf({ sections: [guest], header: { shstrndx: 9 } })).guest).toBeUndefined()
  })

  it('reads a guest string on past the section, to 4096 bytes or the image end', () => {
    const long = { name: '__xen_guest', data: latin1('x'.repeat(5000)) }
    expect(scan(elf({ sections: [{ ...long, size: 0n }] })).guest).toMatchObject({
      size: '0x0',
      text: 'x'.repeat(4096),
      textStop: 'limit',
    })
    const image = elf({ sections: [{ ...guest, offset: 0n }] })
    const at = image.length
    const off = scan(elf({ sections: [{ ...guest, offset: BigInt(at) }], tail: latin1('LOADER') })).guest
    expect(off).toMatchObject({ text: 'LOADER', textStop: 'image' })
    expect(scan(elf({ sections: [{ ...guest, offset: 2n ** 63n }] })).guest).toMatchObject({
      offset: '0x8000000000000000',
      text: '',
      textStop: 'image',
    })
  })

  it('counts the notes of section 0, which old Xen walks, but goes on', () => {
    const image = elf({ sections: [{ name: '.notes', type: SHT_NOTE, notes: xen }, guest] })
    // Header 0 becomes a copy of header 1, and that one loses its type.
    const shoff = Number(new DataView(image.buffer).getBigUint64(40, true))
    image.copyWithin(shoff, shoff + 64, shoff + 128)
    image.set(number(1, 4), shoff + 64 + 4)
    const facts = scan(image)
    expect(facts.walks).toMatchObject([{ from: 'SHT_NOTE', index: 0 }])
    expect(facts.notes).toMatchObject([{ owner: 'Xen' }])
    expect(facts.guest).toMatchObject({ text: 'LOADER=generic' })
  })

  it('looks at the symbol tables only for BSD_SYMTAB "yes"', () => {
    const sections = [{ name: '.symtab', type: 2 }]
    const ask = (desc: string) =>
      scan(elf({ segments: [{ type: PT_NOTE, notes: [{ owner: 'Xen', type: 11, desc }] }], sections }))
        .sections
    expect(ask('yes\0')).toHaveLength(2)
    expect(ask('no\0')).toBeUndefined()
    expect(ask('yes!\0')).toBeUndefined()
  })

  it('stops at 65,536 notes over all ranges', () => {
    const many = Array.from({ length: 40000 }, () => ({ owner: '', type: 1, namesz: 0 }))
    const data = concat(many.map(({ namesz, type }) => header(namesz, 0, type)))
    const facts = scan(
      elf({
        segments: [
          { type: PT_NOTE, data },
          { type: PT_NOTE, data },
          { type: PT_NOTE, notes: xen },
        ],
      }),
    )
    expect(facts.walks.map(({ stop }) => stop)).toEqual(['end', 'limit', 'limit'])
    const unkept = facts.walks.reduce((sum, walk) => sum + (walk.unkept?.notes ?? 0), 0)
    expect(facts.notes.length + unkept).toBe(65536)
  })

  it('counts a note outside the image as one of these', () => {
    const data = new Uint8Array(12 * 65536)
    const outside = { type: PT_NOTE, offset: 2n ** 40n, filesz: 12n }
    const stops = (segments: SegmentPlan[]) => scan(elf({ segments })).walks.map(({ stop }) => stop)
    expect(stops([{ type: PT_NOTE, data }, outside])).toEqual(['end', 'limit'])
    expect(stops([outside, { type: PT_NOTE, data }])).toEqual(['image', 'limit'])
  })

  it('adds up offsets modulo 2^64, as pointers do', () => {
    const image = elf({ sections: [guest] })
    const name = Buffer.from(image).indexOf('__xen_guest\0')
    const shoff = Number(new DataView(image.buffer).getBigUint64(40, true))
    // The names start 16 bytes below 0, and the name of section 1 that much further on.
    image.set(number(-16n, 8), shoff + 128 + 24)
    image.set(number(name + 16, 4), shoff + 64)
    expect(scan(image).guest).toMatchObject({ index: 1, text: 'LOADER=generic' })
  })

  it('finds nothing where the program header table ends outside the image', () => {
    const facts = scan(elf({ segments: [{ type: PT_NOTE, notes: xen }], header: { phnum: 100 } }))
    expect(facts).toMatchObject({ phnum: 100, segments: [], walks: [], notes: [] })
  })

  it('finds the notes in segments, but looks at no section, where their table ends outside', () => {
    const plan = { sections: [guest], header: { shoff: 0x10000 } }
    expect(scan(elf({ segments: [{ type: PT_NOTE, notes: xen }], ...plan })).notes).toHaveLength(1)
    const without = scan(elf({ segments: [{ type: PT_NOTE, notes: gnu }], ...plan }))
    expect(without.sections).toBeUndefined()
  })
})
