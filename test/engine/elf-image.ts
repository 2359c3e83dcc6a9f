/** Builds small ELF images, sound or broken at will: every field of a header can be overridden. */
export interface NotePlan {
  owner: string
  type: number
  desc?: Uint8Array | string
  namesz?: number
  descsz?: number
}

export interface SegmentPlan {
  type?: number
  flags?: number
  data?: Uint8Array
  notes?: NotePlan[]
  /** Fields that are not those of the laid-out data. */
  offset?: bigint
  vaddr?: bigint
  paddr?: bigint
  filesz?: bigint
  memsz?: bigint
  align?: bigint
}

export interface SectionPlan {
  name: string
  type?: number
  data?: Uint8Array
  notes?: NotePlan[]
  offset?: bigint
  size?: bigint
  link?: number
}

export interface ElfPlan {
  wide?: boolean
  big?: boolean
  segments?: SegmentPlan[]
  /** Section 0 and `.shstrtab` are added around them. */
  sections?: SectionPlan[]
  machine?: number
  entry?: bigint
  /** Header fields instead of those laid out. */
  header?: Partial<Record<HeaderField, number | bigint>>
  /** Bytes after everything else. */
  tail?: Uint8Array
}

export type HeaderField =
  | 'class'
  | 'data'
  | 'phoff'
  | 'shoff'
  | 'ehsize'
  | 'phentsize'
  | 'phnum'
  | 'shentsize'
  | 'shnum'
  | 'shstrndx'

export const PT_LOAD = 1
export const PT_NOTE = 4
export const SHT_SYMTAB = 2
export const SHT_STRTAB = 3
export const SHT_NOTE = 7

export const latin1 = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'latin1'))

/** The bytes of a number in the image's byte order. */
export function number(value: number | bigint, length: number, big = false): Uint8Array {
  const bytes = new Uint8Array(length)
  for (let index = 0; index < length; index++) {
    bytes[big ? length - 1 - index : index] = Number((BigInt(value) >> BigInt(8 * index)) & 0xffn)
  }
  return bytes
}

export function concat(parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    joined.set(part, at)
    at += part.length
  }
  return joined
}

const pad = (bytes: Uint8Array, alignment: number) =>
  concat([bytes, new Uint8Array(-bytes.length & (alignment - 1))])

/** Notes as every tool writes them: owner with its NUL, all of it padded to 4 bytes. */
export function notes(plans: readonly NotePlan[], big = false): Uint8Array {
  return concat(
    plans.map(({ owner, type, desc = new Uint8Array(), namesz, descsz }) => {
      const name = latin1(`${owner}\0`)
      const value = typeof desc === 'string' ? latin1(desc) : desc
      return concat([
        number(namesz ?? name.length, 4, big),
        number(descsz ?? value.length, 4, big),
        number(type, 4, big),
        pad(name, 4),
        pad(value, 4),
      ])
    }),
  )
}

export function elf(plan: ElfPlan): Uint8Array {
  const { wide = true, big = false, segments = [], machine = wide ? 62 : 3, entry = 0x1000000n } = plan
  const word = (value: number | bigint) => number(value, wide ? 8 : 4, big)
  const half = (value: number | bigint) => number(value, 2, big)
  const long = (value: number | bigint) => number(value, 4, big)
  const ehsize = wide ? 64 : 52
  const phentsize = wide ? 56 : 32
  const shentsize = wide ? 64 : 40

  const names = ['', ...(plan.sections ?? []).map(({ name }) => name), '.shstrtab']
  const sections = plan.sections && [
    ...plan.sections,
    { name: '.shstrtab', type: SHT_STRTAB, data: latin1(`${names.join('\0')}\0`) },
  ]
  const blobs: Uint8Array[] = []
  let position = ehsize + segments.length * phentsize
  const place = (blob: Uint8Array) => {
    const at = position
    const padded = pad(blob, 8)
    blobs.push(padded)
    position += padded.length
    return BigInt(at)
  }

  const programHeaders = segments.map(segment => {
    const data = segment.data ?? notes(segment.notes ?? [], big)
    const at = place(data)
    const { type = PT_LOAD, flags = 5, offset = at, vaddr = 0xc0000000n, paddr = 0x1000000n } = segment
    const { filesz = BigInt(data.length), memsz = filesz, align = 0x1000n } = segment
    const tail = [word(offset), word(vaddr), word(paddr), word(filesz), word(memsz)]
    return wide
      ? concat([long(type), long(flags), ...tail, word(align)])
      : concat([long(type), ...tail, long(flags), word(align)])
  })
  let nameAt = 1
  const sectionHeaders = (sections ?? []).map((section: SectionPlan) => {
    const data = section.data ?? notes(section.notes ?? [], big)
    const at = place(data)
    const { type = 1, offset = at, size = BigInt(data.length), link = 0 } = section
    const name = nameAt
    nameAt += section.name.length + 1
    const head = [long(name), long(type), word(0), word(0), word(offset), word(size)]
    return concat([...head, long(link), long(0), word(1), word(0)])
  })
  const shnum = sections === undefined ? 0 : sectionHeaders.length + 1
  const header = {
    class: wide ? 2 : 1,
    data: big ? 2 : 1,
    phoff: segments.length > 0 ? ehsize : 0,
    shoff: shnum > 0 ? position : 0,
    ehsize,
    phentsize,
    phnum: segments.length,
    shentsize,
    shnum,
    shstrndx: shnum > 0 ? shnum - 1 : 0,
    ...plan.header,
  }
  return concat([
    latin1('\x7fELF'),
    Uint8Array.of(Number(header.class), Number(header.data), 1, 0, 0, 0, 0, 0, 0, 0, 0, 0),
    half(2),
    half(machine),
    long(1),
    word(entry),
    word(header.phoff),
    word(header.shoff),
    long(0),
    half(header.ehsize),
    half(header.phentsize),
    half(header.phnum),
    half(header.shentsize),
    half(header.shnum),
    half(header.shstrndx),
    ...programHeaders,
    ...blobs,
    ...(shnum > 0 ? [new Uint8Array(shentsize), ...sectionHeaders] : []),
    plan.tail ?? new Uint8Array(),
  ])
}

/** The notes of a Linux kernel with Xen's PV and PVH entries. */
export const linuxNotes = (wide = true, big = false): NotePlan[] => {
  const word = (value: bigint) => number(value, wide ? 8 : 4, big)
  return [
    { owner: 'GNU', type: 3, desc: latin1('0123456789abcdefghij') },
    { owner: 'Xen', type: 6, desc: 'linux\0' },
    { owner: 'Xen', type: 7, desc: '2.6\0' },
    { owner: 'Xen', type: 5, desc: 'xen-3.0\0' },
    { owner: 'Xen', type: 3, desc: word(0xffffffff80000000n) },
    { owner: 'Xen', type: 1, desc: word(0xffffffff81000000n) },
    // Linux from 4.11 on ends it without a NUL: the padding, or the next note, brings one.
    { owner: 'Xen', type: 10, desc: '!writable_page_tables|pae_pgdir_above_4gb' },
    { owner: 'Xen', type: 17, desc: number(0x8801, 4, big) },
    { owner: 'Xen', type: 9, desc: 'yes\0' },
    { owner: 'Xen', type: 8, desc: 'generic\0' },
    { owner: 'Xen', type: 18, desc: word(0x1000850n) },
  ]
}

const GUEST = 'GUEST_OS=Mini-OS,XEN_VER=xen-3.0,VIRT_BASE=0x0,ELF_PADDR_OFFSET=0x0,LOADER=generic\0'
const load: SegmentPlan = { data: latin1('code and data of the kernel') }

/** Sound images of every kind that the scanner tells apart. */
export const SOUND: Record<string, Uint8Array> = {
  linux64: elf({ segments: [load, { type: PT_NOTE, notes: linuxNotes() }] }),
  linux32: elf({ wide: false, segments: [load, { type: PT_NOTE, notes: linuxNotes(false) }] }),
  sections: elf({ segments: [load], sections: [{ name: '.notes', type: SHT_NOTE, notes: linuxNotes() }] }),
  guest32: elf({
    wide: false,
    segments: [load],
    sections: [
      { name: '.text', data: latin1('text') },
      { name: '__xen_guest', data: latin1(GUEST) },
    ],
  }),
  bsd: elf({
    segments: [load, { type: PT_NOTE, notes: [...linuxNotes(), { owner: 'Xen', type: 11, desc: 'yes\0' }] }],
    sections: [
      { name: '.symtab', type: SHT_SYMTAB, data: new Uint8Array(48), link: 2 },
      { name: '.strtab', type: SHT_STRTAB, data: latin1('\0main\0') },
    ],
  }),
  foreign: elf({
    big: true,
    machine: 21,
    segments: [load, { type: PT_NOTE, notes: linuxNotes(true, true) }],
  }),
  plain: elf({
    segments: [load, { type: PT_NOTE, notes: [{ owner: 'GNU', type: 1, desc: new Uint8Array(16) }] }],
    sections: [{ name: '.note', type: SHT_NOTE, notes: [{ owner: 'GNU', type: 3, desc: 'id' }] }],
  }),
}
