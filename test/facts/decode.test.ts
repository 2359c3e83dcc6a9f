import { describe, expect, it } from 'vitest'
import { elf, latin1, number, PT_NOTE, SHT_NOTE, SHT_STRTAB, SHT_SYMTAB, SOUND } from '../engine/elf-image.ts'
import { scan } from '../engine/elf-twins.ts'

describe('the facts of an ELF', () => {
  it('hold the header, segments and notes of a 64-bit image', () => {
    const image = elf({
      entry: 0x1000000n,
      segments: [
        { flags: 5, data: latin1('code'), vaddr: 0xffffffff81000000n, paddr: 0x1000000n, memsz: 0x2000n },
        { type: 6, data: latin1('a PT_PHDR is not kept') },
        {
          type: PT_NOTE,
          flags: 4,
          notes: [{ owner: 'Xen', type: 3, desc: number(0xffffffff80000000n, 8) }],
          vaddr: 0n,
          paddr: 0n,
          align: 4n,
        },
      ],
    })
    expect(scan(image)).toEqual({
      size: 288,
      class: 2,
      data: 1,
      type: 2,
      machine: 62,
      entry: '0x1000000',
      phoff: '0x40',
      shoff: '0x0',
      ehsize: 64,
      phentsize: 56,
      phnum: 3,
      shentsize: 64,
      shnum: 0,
      shstrndx: 0,
      segments: [
        {
          index: 0,
          type: 1,
          flags: 5,
          offset: '0xe8',
          vaddr: '0xffffffff81000000',
          paddr: '0x1000000',
          filesz: '0x4',
          memsz: '0x2000',
          align: '0x1000',
        },
        {
          index: 2,
          type: 4,
          flags: 4,
          offset: '0x108',
          vaddr: '0x0',
          paddr: '0x0',
          filesz: '0x18',
          memsz: '0x18',
          align: '0x4',
        },
      ],
      walks: [{ from: 'PT_NOTE', index: 2, offset: '0x108', end: '0x120', stop: 'end' }],
      notes: [
        { walk: 0, offset: 264, owner: 'Xen', type: 3, namesz: 4, descsz: 8, desc: '00000080ffffffff' },
      ],
    })
  })

  it('have their keys in one order, and no key without a value', () => {
    for (const image of Object.values(SOUND)) {
      const facts = scan(image)
      const keys = Object.keys(facts)
      const order = [
        ...['size', 'class', 'data', 'type', 'machine', 'entry', 'phoff', 'shoff', 'ehsize', 'phentsize'],
        ...['phnum', 'shentsize', 'shnum', 'shstrndx', 'segments', 'sections', 'walks', 'notes', 'guest'],
      ]
      expect(keys).toEqual(order.filter(key => keys.includes(key)))
      expect(JSON.parse(JSON.stringify(facts))).toEqual(facts)
    }
  })

  it('hold the string of a note that runs on past its descriptor', () => {
    const { notes } = scan(SOUND.linux64!)
    expect(notes.map(({ owner, type, text }) => [owner, type, text])).toEqual([
      ['GNU', 3, undefined],
      ['Xen', 6, 'linux'],
      ['Xen', 7, '2.6'],
      ['Xen', 5, 'xen-3.0'],
      ['Xen', 3, undefined],
      ['Xen', 1, undefined],
      // descsz is 41 and there is no NUL among these bytes: the padding ends it.
      ['Xen', 10, '!writable_page_tables|pae_pgdir_above_4gb'],
      ['Xen', 17, undefined],
      ['Xen', 9, 'yes'],
      ['Xen', 8, 'generic'],
      ['Xen', 18, undefined],
    ])
    expect(notes[7]!.desc).toBe('01880000')
    expect(notes[0]!.desc).toBe(Buffer.from('0123456789abcdefghij').toString('hex'))
  })

  it('read a 32-bit image by its own layout', () => {
    const facts = scan(SOUND.linux32!)
    expect(facts).toMatchObject({
      class: 1,
      machine: 3,
      ehsize: 52,
      phentsize: 32,
      phnum: 2,
      entry: '0x1000000',
    })
    expect(facts.segments[0]).toEqual({
      index: 0,
      type: 1,
      flags: 5,
      offset: '0x74',
      vaddr: '0xc0000000',
      paddr: '0x1000000',
      filesz: '0x1b',
      memsz: '0x1b',
      align: '0x1000',
    })
    expect(facts.notes.find(({ type, owner }) => owner === 'Xen' && type === 18)?.desc).toBe('50080001')
  })

  it('read a big-endian image byte-swapped', () => {
    const facts = scan(SOUND.foreign!)
    expect(facts).toMatchObject({ data: 2, machine: 21, phnum: 2, entry: '0x1000000' })
    expect(facts.notes.find(({ type, owner }) => owner === 'Xen' && type === 18)?.desc).toBe(
      '0000000001000850',
    )
    expect(facts.notes).toHaveLength(11)
  })

  it('take every class but 64-bit for 32-bit, and every byte order but little for big', () => {
    expect(scan(elf({ wide: false, header: { class: 0 } }))).toMatchObject({
      class: 0,
      ehsize: 52,
      machine: 3,
    })
    expect(scan(elf({ wide: false, header: { class: 7 } }))).toMatchObject({
      class: 7,
      ehsize: 52,
      machine: 3,
    })
    expect(scan(elf({ header: { data: 0 } }))).toMatchObject({ data: 0, machine: 62 << 8 })
  })

  it('hold sections only where Xen looks at them', () => {
    expect(scan(SOUND.linux64!).sections).toBeUndefined()
    expect(scan(SOUND.bsd!).sections).toMatchObject([
      { index: 1, type: SHT_SYMTAB, size: '0x30', link: 2 },
      { index: 2, type: SHT_STRTAB },
      { index: 3, type: SHT_STRTAB },
    ])
    expect(scan(SOUND.bsd!).guest).toBeUndefined()
    const facts = scan(SOUND.sections!)
    expect(facts.sections).toMatchObject([
      { index: 1, type: SHT_NOTE },
      { index: 2, type: SHT_STRTAB },
    ])
    expect(facts.walks).toMatchObject([{ from: 'SHT_NOTE', index: 1, stop: 'end' }])
    expect(facts.notes).toHaveLength(11)
  })

  it('hold the guest section, and where it is among the others', () => {
    const facts = scan(SOUND.guest32!)
    expect(facts.guest).toEqual({
      index: 2,
      offset: facts.sections![0]!.offset,
      size: '0x53',
      text: 'GUEST_OS=Mini-OS,XEN_VER=xen-3.0,VIRT_BASE=0x0,ELF_PADDR_OFFSET=0x0,LOADER=generic',
    })
    expect(facts.sections).toMatchObject([
      { index: 2, type: 1, guest: true },
      { index: 3, type: SHT_STRTAB },
    ])
  })

  it('keep the sections in the order of their table', () => {
    const sections = [
      { name: '.symtab', type: SHT_SYMTAB },
      { name: '__xen_guest', data: latin1('A=B\0') },
    ]
    expect(scan(elf({ sections })).sections!.map(({ index }) => index)).toEqual([1, 2, 3])
  })

  it('mark a guest section that is listed for its type', () => {
    const { sections, guest } = scan(
      elf({ sections: [{ name: '__xen_guest', type: SHT_NOTE, notes: [{ owner: 'BSD', type: 1 }] }] }),
    )
    expect(sections).toMatchObject([
      { index: 1, type: SHT_NOTE, guest: true },
      { index: 2, type: SHT_STRTAB },
    ])
    expect(guest).toMatchObject({ index: 1, text: '\x04' })
  })

  it('hold text as Latin-1, one character a byte', () => {
    const bytes = Uint8Array.from({ length: 255 }, (_, index) => index + 1)
    const { notes } = scan(
      elf({ segments: [{ type: PT_NOTE, notes: [{ owner: 'Xen', type: 6, desc: bytes }] }] }),
    )
    expect(notes[0]!.text).toBe(Buffer.from(bytes).toString('latin1'))
    expect(notes[0]!.desc).toBe(Buffer.from(bytes).toString('hex'))
  })
})
