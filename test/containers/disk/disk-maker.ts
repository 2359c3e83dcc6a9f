/** Disks that no tool of this machine makes: differencing ones, and a VHDX that was not closed. */
import { crc32c } from '../../../src/containers/crc32c.ts'

const SECTOR = 512
const text = (value: string) => new TextEncoder().encode(value)
const utf16 = (value: string) => new Uint8Array(Uint16Array.from(value, char => char.charCodeAt(0)).buffer)

/** The complement of the sum of all bytes but its own four. */
function sumUp(structure: Uint8Array, at: number): void {
  const view = new DataView(structure.buffer, structure.byteOffset, structure.length)
  view.setUint32(at, 0)
  view.setUint32(at, ~structure.reduce((sum, byte) => sum + byte, 0) >>> 0)
}

export interface VhdNames {
  /** By platform code, in the order of the locators. */
  locators?: [code: string, bytes: Uint8Array][]
  /** In the header itself. */
  name?: string
}

/** A differencing VHD below `parent`, whose sectors `changed` are filled with their byte. */
export function differencingVhd(
  parent: Uint8Array,
  changed: ReadonlyMap<number, number>,
  { locators = [['W2ru', utf16('.\\parent.vhd')]], name = '' }: VhdNames = {},
): Uint8Array {
  const blockSize = 2 ** 21
  const footer = parent.slice(-SECTOR)
  const parentId = footer.slice(68, 84)
  const view = new DataView(footer.buffer)
  const size = Number(view.getBigUint64(48))
  view.setBigUint64(16, 512n)
  view.setUint32(60, 4)
  footer.fill(0xab, 68, 84)
  sumUp(footer, 64)
  const entries = Math.ceil(size / blockSize)
  const tableAt = 8192
  const header = new Uint8Array(1024)
  const fields = new DataView(header.buffer)
  header.set(text('cxsparse'))
  fields.setBigUint64(8, 2n ** 64n - 1n)
  fields.setBigUint64(16, BigInt(tableAt))
  fields.setUint32(24, 0x10000)
  fields.setUint32(28, entries)
  fields.setUint32(32, blockSize)
  header.set(parentId, 40)
  for (const [index, char] of [...name].entries()) fields.setUint16(64 + index * 2, char.charCodeAt(0))
  const names = new Uint8Array(tableAt - 1536)
  for (const [index, [code, bytes]] of locators.entries()) {
    const at = 576 + index * 24
    header.set(text(code), at)
    fields.setUint32(at + 4, 1)
    fields.setUint32(at + 8, bytes.length)
    fields.setBigUint64(at + 16, BigInt(1536 + index * 512))
    names.set(bytes, index * 512)
  }
  sumUp(header, 36)
  const table = new Uint8Array(Math.ceil((entries * 4) / SECTOR) * SECTOR).fill(0xff)
  const blocks: Uint8Array[] = []
  const bySector = blockSize / SECTOR
  for (let block = 0; block < entries; block++) {
    const own = [...changed].filter(([sector]) => Math.floor(sector / bySector) === block)
    if (own.length === 0) continue
    new DataView(table.buffer).setUint32(
      block * 4,
      (tableAt + table.length + blocks.length * (SECTOR + blockSize)) / SECTOR,
    )
    const bytes = new Uint8Array(SECTOR + blockSize)
    for (const [sector, value] of own) {
      const within = sector % bySector
      bytes[within >> 3]! |= 0x80 >> (within & 7)
      bytes.fill(value, SECTOR * (1 + within), SECTOR * (2 + within))
    }
    blocks.push(bytes)
  }
  return new Uint8Array(Buffer.concat([footer, header, names, table, ...blocks, footer]))
}

const MIB = 2 ** 20
const guidText = (bytes: Uint8Array, at: number) => {
  const hex = (from: number, to: number, reversed = false) => {
    const part = [...bytes.subarray(at + from, at + to)]
    return (reversed ? part.reverse() : part).map(byte => byte.toString(16).padStart(2, '0')).join('')
  }
  return `{${hex(0, 4, true)}-${hex(4, 6, true)}-${hex(6, 8, true)}-${hex(8, 10)}-${hex(10, 16)}}`
}
const GUID = {
  bat: '{2dc27766-f623-4200-9d64-115e9bfd4a08}',
  metadata: '{8b7ca206-4790-4b9a-b8fe-575f050f886e}',
  fileParameters: '{caa16737-fa36-4d43-b3b6-33f0aa44e76b}',
}
/** `a8d35f2d-b30b-454d-abf7-d3d84834ab0c` as it is stored. */
const LOCATOR = [
  0x2d, 0x5f, 0xd3, 0xa8, 0x0b, 0xb3, 0x4d, 0x45, 0xab, 0xf7, 0xd3, 0xd8, 0x48, 0x34, 0xab, 0x0c,
]

/** Of two headers that with the higher number. */
function currentHeader(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  return view.getBigUint64(131072 + 8, true) > view.getBigUint64(65536 + 8, true) ? 131072 : 65536
}

/** Where a region of a VHDX that QEMU made lies. */
export function vhdxRegion(bytes: Uint8Array, guid: keyof typeof GUID): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  for (let index = 0; index < view.getUint32(196608 + 8, true); index++) {
    const at = 196608 + 16 + index * 32
    if (guidText(bytes, at) === GUID[guid]) return Number(view.getBigUint64(at + 16, true))
  }
  throw new Error(`no region ${guid}`)
}

/** A differencing VHDX below `parent`, a disk of QEMU with blocks of 1 MiB; its `changed` sectors are in the first block. */
export function differencingVhdx(
  parent: Uint8Array,
  changed: ReadonlyMap<number, number>,
  pairs: Record<string, string> = { relative_path: '.\\parent.vhdx' },
): Uint8Array {
  const table = vhdxRegion(parent, 'metadata')
  const bat = vhdxRegion(parent, 'bat')
  const end = Math.max(table, bat) + 2 * MIB
  const bytes = new Uint8Array(end + 2 * MIB)
  bytes.set(parent.subarray(0, end))
  const view = new DataView(bytes.buffer)
  bytes.fill(0, bat, bat + MIB)
  const set = (index: number, offset: number, state: number) =>
    view.setBigUint64(bat + index * 8, (BigInt(offset / MIB) << 20n) | BigInt(state), true)
  set(0, end, 7)
  set(4096, end + MIB, 6)
  for (const [sector, value] of changed) {
    bytes.fill(value, end + sector * SECTOR, end + (sector + 1) * SECTOR)
    bytes[end + MIB + (sector >> 3)]! |= 1 << (sector & 7)
  }
  const count = view.getUint16(table + 10, true)
  for (let index = 0; index < count; index++) {
    const at = table + 32 + index * 32
    if (guidText(bytes, at) !== GUID.fileParameters) continue
    const item = table + view.getUint32(at + 16, true)
    view.setUint32(item + 4, view.getUint32(item + 4, true) | 2, true)
  }
  const all = Object.entries({ parent_linkage: guidText(parent, currentHeader(parent) + 32), ...pairs })
  const locator = new Uint8Array(4096)
  const fields = new DataView(locator.buffer)
  fields.setUint16(18, all.length, true)
  let at = 20 + all.length * 12
  const put = (value: string) => {
    const place = at
    locator.set(utf16(value), at)
    at += value.length * 2
    return place
  }
  for (const [index, [key, value]] of all.entries()) {
    fields.setUint32(20 + index * 12, put(key), true)
    fields.setUint32(24 + index * 12, put(value), true)
    fields.setUint16(28 + index * 12, key.length * 2, true)
    fields.setUint16(30 + index * 12, value.length * 2, true)
  }
  const entry = table + 32 + count * 32
  bytes.set(LOCATOR, entry)
  view.setUint32(entry + 16, 128 * 1024, true)
  view.setUint32(entry + 20, at, true)
  view.setUint16(table + 10, count + 1, true)
  bytes.set(locator, table + 128 * 1024)
  return bytes
}

/** The VHDX with sectors of 4096 bytes moved to its log: those at the offsets `moved` are zeros in the file itself. */
export function uncloseVhdx(
  closed: Uint8Array,
  moved: readonly number[],
  zeroed: readonly number[] = [],
): Uint8Array {
  const bytes = closed.slice()
  const view = new DataView(bytes.buffer)
  const guid = new Uint8Array(16).fill(0x5a)
  const current = currentHeader(bytes)
  const log = Number(view.getBigUint64(current + 72, true))
  bytes.set(guid, current + 48)
  const sequence = 7n
  const data: Uint8Array[] = []
  const entry = new Uint8Array(4096)
  const fields = new DataView(entry.buffer)
  entry.set(text('loge'))
  fields.setBigUint64(16, sequence, true)
  fields.setUint32(24, moved.length + zeroed.length, true)
  entry.set(guid, 32)
  fields.setBigUint64(48, BigInt(bytes.length), true)
  fields.setBigUint64(56, BigInt(bytes.length), true)
  for (const [index, offset] of moved.entries()) {
    const at = 64 + index * 32
    const sector = bytes.slice(offset, offset + 4096)
    entry.set(text('desc'), at)
    entry.set(sector.subarray(4092), at + 4)
    entry.set(sector.subarray(0, 8), at + 8)
    fields.setBigUint64(at + 16, BigInt(offset), true)
    fields.setBigUint64(at + 24, sequence, true)
    sector.set(text('data'))
    new DataView(sector.buffer).setUint32(4, Number(sequence >> 32n), true)
    new DataView(sector.buffer).setUint32(4092, Number(sequence & 0xffffffffn), true)
    data.push(sector)
    bytes.fill(0, offset, offset + 4096)
  }
  for (const [index, offset] of zeroed.entries()) {
    const at = 64 + (moved.length + index) * 32
    entry.set(text('zero'), at)
    fields.setBigUint64(at + 8, 4096n, true)
    fields.setBigUint64(at + 16, BigInt(offset), true)
    fields.setBigUint64(at + 24, sequence, true)
  }
  const whole = new Uint8Array(Buffer.concat([entry, ...data]))
  new DataView(whole.buffer).setUint32(8, whole.length, true)
  new DataView(whole.buffer).setUint32(4, crc32c(whole), true)
  bytes.set(whole, log)
  bytes.fill(0, current + 4, current + 8)
  view.setUint32(current + 4, crc32c(bytes.subarray(current, current + 4096)), true)
  return bytes
}

/** A SESPARSE extent of `size` bytes, whose grains are those of `contents` by their numbers; `zero` are zeroed. */
export function seSparse(
  size: number,
  contents: ReadonlyMap<number, Uint8Array>,
  zero: readonly number[],
): Uint8Array {
  const [grain, table] = [4096, 32768]
  const perTable = table / 8
  const tables = Math.ceil(size / grain / perTable)
  const directoryAt = 8192
  const tablesAt = directoryAt + Math.ceil((tables * 8) / SECTOR) * SECTOR
  const grainsAt = tablesAt + tables * table
  const bytes = new Uint8Array(grainsAt + contents.size * grain)
  const view = new DataView(bytes.buffer)
  const set = (at: number, value: number | bigint) => view.setBigUint64(at, BigInt(value), true)
  set(0, 0xcafebaben)
  set(8, 0x0000000200000001n)
  for (const [at, value] of [
    [16, size],
    [24, grain],
    [32, table],
    [80, SECTOR],
    [88, SECTOR],
    [96, 2 * SECTOR],
    [104, SECTOR],
    [112, 3 * SECTOR],
    [120, SECTOR],
    [128, directoryAt],
    [136, tablesAt - directoryAt],
    [144, tablesAt],
    [152, tables * table],
    [192, grainsAt],
    [200, contents.size * grain],
  ] as const)
    set(at, value / SECTOR)
  // The volatile header, which QEMU checks.
  set(SECTOR, 0xcafecafen)
  for (let index = 0; index < tables; index++)
    set(directoryAt + index * 8, (0x10000000n << 32n) | BigInt(index))
  let next = 0
  for (const [number, data] of contents) {
    const low = BigInt(next & 0xfff) << 48n
    set(tablesAt + number * 8, (3n << 60n) | low | BigInt(next >> 12))
    bytes.set(data, grainsAt + next * grain)
    next++
  }
  for (const number of zero) set(tablesAt + number * 8, 2n << 60n)
  return bytes
}
