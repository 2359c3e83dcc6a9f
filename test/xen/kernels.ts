/** Facts of kernels, written by hand: what a scan would say of images that nobody has to store. */
import { NOTE } from '../../fixtures/builders/elf.ts'
import type { Codec, Facts, Hex, Layer, Note, StreamLayer } from '../../src/facts/facts.ts'

export type NoteName = keyof typeof NOTE
/** A text, a number of 8 bytes, one of 4 bytes, or none. */
export type NoteValue = string | bigint | number | undefined
export type Notes = Partial<Record<NoteName, NoteValue>>

export interface KernelOptions {
  bits?: 32 | 64
  machine?: number
  entry?: bigint
  pstart?: bigint
  memory?: bigint
  notes?: Notes
  from?: 'PT_NOTE' | 'SHT_NOTE'
  guest?: string
}

const SIZE = 0x4000
const NOTES_AT = 0x2000

const hex = (value: bigint | number): Hex => `0x${value.toString(16)}`

function little(value: bigint | number, bytes: number): string {
  let out = ''
  for (let at = 0n; at < BigInt(bytes); at++) {
    out += ((BigInt(value) >> (8n * at)) & 0xffn).toString(16).padStart(2, '0')
  }
  return out
}

function makeNote(name: NoteName, value: string | bigint | number, offset: number): Note {
  const common = { walk: 0, offset, owner: 'Xen', type: NOTE[name], namesz: 4 }
  if (typeof value === 'string') {
    const desc = [...`${value}\0`].map(c => c.charCodeAt(0).toString(16).padStart(2, '0')).join('')
    return { ...common, descsz: value.length + 1, desc, text: value }
  }
  const bytes = typeof value === 'bigint' ? 8 : 4
  return { ...common, descsz: bytes, desc: little(value, bytes) }
}

/** An ELF kernel: by default a 64-bit Linux of long ago, which every Xen takes as domU. */
export function kernel(options: KernelOptions = {}): Facts {
  const { bits = 64, pstart = 0x100_0000n, memory = 0x40_0000n, from = 'PT_NOTE', guest } = options
  const notes: Note[] = []
  let at = NOTES_AT
  for (const [name, value] of Object.entries(options.notes ?? linuxNotes())) {
    if (value === undefined) continue
    const note = makeNote(name as NoteName, value, at)
    notes.push(note)
    at += 16 + Math.ceil(note.descsz / 4) * 4
  }
  const segment = { index: 0, flags: 7, offset: hex(0x1000), vaddr: hex(pstart), align: hex(0x1000) }
  const load = { ...segment, type: 1, paddr: hex(pstart), filesz: hex(0x800), memsz: hex(memory) }
  const walked = notes.length > 0
  return {
    version: 1,
    size: SIZE,
    kind: 'elf',
    layers: [],
    elf: {
      size: SIZE,
      class: bits === 64 ? 2 : 1,
      data: 1,
      type: 2,
      machine: options.machine ?? (bits === 64 ? 62 : 3),
      entry: hex(options.entry ?? pstart),
      phoff: hex(bits === 64 ? 64 : 52),
      shoff: hex(0x3000),
      ehsize: bits === 64 ? 64 : 52,
      phentsize: bits === 64 ? 56 : 32,
      phnum: 2,
      shentsize: bits === 64 ? 64 : 40,
      shnum: 4,
      shstrndx: 3,
      segments: [load],
      walks: walked ? [{ from, index: 1, offset: hex(NOTES_AT), end: hex(at), stop: 'end' }] : [],
      notes,
      ...(guest !== undefined && {
        guest: { index: 2, offset: hex(NOTES_AT), size: hex(guest.length), text: guest },
      }),
    },
  }
}

/** What Linux says of itself, with changes; `undefined` leaves a note out. */
export function linuxNotes(changes: Notes = {}): Notes {
  return {
    GUEST_OS: 'linux',
    GUEST_VERSION: '2.6',
    XEN_VERSION: 'xen-3.0',
    VIRT_BASE: 0xffff_ffff_8000_0000n,
    ENTRY: 0xffff_ffff_8100_0000n,
    FEATURES: '!writable_page_tables|pae_pgdir_above_4gb',
    PAE_MODE: 'yes',
    LOADER: 'generic',
    HV_START_LOW: 0xffff_8000_0000_0000n,
    PADDR_OFFSET: 0n,
    ...changes,
  }
}

/** A 32-bit Linux with PAE. */
export function linux32(changes: Notes = {}): Facts {
  return kernel({
    bits: 32,
    notes: linuxNotes({
      VIRT_BASE: 0xc000_0000,
      ENTRY: 0xc100_0000,
      HV_START_LOW: 0xf580_0000,
      PADDR_OFFSET: 0,
      ...changes,
    }),
  })
}

/** The same kernel as a bzImage, unpacked to its end and found sound. */
export function bzImage(facts: Facts, codec: Codec, stream: Partial<StreamLayer> = {}): Facts {
  const length = 0x2004
  const start = 0x1000
  const unpacked = facts.elf!.size
  const layers: Layer[] = [
    {
      kind: 'bzimage',
      protocol: 0x20f,
      setupSects: 3,
      payloadOffset: 0x800,
      payloadLength: length,
      payloadStart: start,
    },
    {
      kind: 'stream',
      codec,
      offset: start,
      length,
      sizeWord: unpacked,
      ...((codec === 'xz' || codec === 'lzma') && { dictionary: 32 * 2 ** 20 }),
      ...(codec === 'xz' && { check: 'crc32' as const }),
      ...(codec === 'lz4' && { framing: 'legacy' as const }),
      unpacked,
      consumed: codec === 'gzip' ? length : length - 4,
      verified: true,
      ...stream,
    },
  ]
  return { ...facts, kind: 'bzimage', size: start + length + 0x200, layers }
}

/** The same kernel packed without a bzImage around it. */
export function packed(facts: Facts, codec: Codec): Facts {
  const image = bzImage(facts, codec)
  const stream = { ...(image.layers[1] as StreamLayer), offset: 0 }
  return { ...image, kind: codec, size: stream.length, layers: [stream] }
}
