/** The metadata region of a VHDX ([MS-VHDX] 2.6): what the disk is. */
import type { Metadata } from '../metadata.ts'
import type { Structure } from '../structure.ts'

/** `metadata`, little-endian. */
const SIGNATURE = 0x6174_6164_6174_656dn
const HEADER = 32
const ENTRY = 32
const MAX_ENTRIES = 2047
const MAX_ITEM = 65536
const MAX_PAIRS = 32
const ITEM = {
  fileParameters: 'caa16737-fa36-4d43-b3b6-33f0aa44e76b',
  diskSize: '2fa54224-cd1b-4876-b211-5dbed83bf4b8',
  sectorSize: '8141bf1d-a96f-4709-ba47-f233a8faab5f',
  parentLocator: 'a8d35f2d-b30b-454d-abf7-d3d84834ab0c',
}
const HAS_PARENT = 2
const MIB = 2 ** 20
const MAX_BLOCK = 256 * MIB
/** By the order in which they lead to the parent wherever the disks were copied to. */
const PATH_KEYS = ['relative_path', 'absolute_win32_path', 'volume_path']

export interface VhdxParameters {
  /** In bytes. */
  size: number
  blockSize: number
  sectorSize: number
  /** The parent's identity, as the locator writes it, and the names that it may have. */
  parent: { linkage: string; paths: { name: string; offset: number }[] } | undefined
}

/** Its first three fields are little-endian numbers. */
export function readGuid(structure: Structure, at: number): string {
  const hex = (value: number, digits: number) => value.toString(16).padStart(digits, '0')
  const rest = Array.from(structure.slice(at + 8, 8), byte => hex(byte, 2)).join('')
  const head = `${hex(structure.u32(at), 8)}-${hex(structure.u16(at + 4), 4)}-${hex(structure.u16(at + 6), 4)}`
  return `${head}-${rest.slice(0, 4)}-${rest.slice(4)}`
}

/** Reads the table at `start` and the items that matter. Throws a ContainerError. */
export function readMetadataTable(metadata: Metadata, start: number): VhdxParameters {
  const header = metadata.read('metadata table', start, HEADER)
  if (header.big64(0) !== SIGNATURE) throw header.corrupt('metadata table', 'it has no signature')
  const count = header.u16(10)
  if (count > MAX_ENTRIES)
    throw header.corrupt('metadata table', `it has ${count} entries, limit is ${MAX_ENTRIES}`, 10)
  const items = new Map<string, Structure>()
  const known = Object.values(ITEM)
  for (let index = 0; index < count; index++) {
    const entry = metadata.read('metadata entry', start + HEADER + index * ENTRY, ENTRY)
    const guid = readGuid(entry, 0)
    const length = entry.u32(20)
    if (!known.includes(guid)) continue
    if (length > MAX_ITEM)
      throw entry.corrupt('metadata entry', `its item has ${length} bytes, limit is ${MAX_ITEM}`, 20)
    items.set(guid, metadata.read('metadata item', start + entry.u32(16), length))
  }
  const item = (guid: string) => {
    const found = items.get(guid)
    if (found === undefined) throw header.corrupt('metadata table', `it has no item ${guid}`)
    return found
  }
  const file = item(ITEM.fileParameters)
  const parameters: VhdxParameters = {
    size: item(ITEM.diskSize).u64(0),
    blockSize: file.u32(0),
    sectorSize: item(ITEM.sectorSize).u32(0),
    parent: (file.u32(4) & HAS_PARENT) === 0 ? undefined : readLocator(item(ITEM.parentLocator)),
  }
  checkSizes(parameters, header)
  return parameters
}

function checkSizes({ size, blockSize, sectorSize }: VhdxParameters, header: Structure): void {
  const isPower = (blockSize & (blockSize - 1)) === 0
  if (blockSize < MIB || blockSize > MAX_BLOCK || !isPower) {
    throw header.corrupt('metadata table', `its blocks have ${blockSize} bytes`)
  }
  if (sectorSize !== 512 && sectorSize !== 4096) {
    throw header.corrupt('metadata table', `its sectors have ${sectorSize} bytes`)
  }
  if (!Number.isSafeInteger(size)) throw header.corrupt('metadata table', `its disk has ${size} bytes`)
}

/** 2.6.2.6: pairs of UTF-16 texts. */
function readLocator(locator: Structure): NonNullable<VhdxParameters['parent']> {
  const count = locator.u16(18)
  if (count > MAX_PAIRS)
    throw locator.corrupt('parent locator', `it has ${count} pairs, limit is ${MAX_PAIRS}`, 18)
  const pairs = new Map<string, { name: string; offset: number }>()
  const text = (at: number, length: number) => new TextDecoder('utf-16le').decode(locator.slice(at, length))
  for (let index = 0; index < count; index++) {
    const entry = locator.part(20 + index * 12, 12)
    const [key, value] = [text(entry.u32(0), entry.u16(8)), text(entry.u32(4), entry.u16(10))]
    pairs.set(key, { name: value.replaceAll('\\', '/'), offset: locator.place.offset + entry.u32(4) })
  }
  const linkage = ['parent_linkage', 'parent_linkage2'].map(key => pairs.get(key)?.name ?? '').join(' ')
  const paths = PATH_KEYS.flatMap(key => pairs.get(key) ?? [])
  return { linkage: linkage.toLowerCase(), paths }
}
