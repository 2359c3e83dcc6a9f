/**
 * The GUID partition table, on sectors of 512 and of 4096 bytes. Where the table at the start is broken, that at the
 * end of the disk is read. Source: UEFI 2.10, section 5.3, whose names are used here.
 */
import { SliceSource } from '../../source/memory.ts'
import type { Source } from '../../source/source.ts'
import type { Budget } from '../budget.ts'
import { ContainerError } from '../container-error.ts'
import { Metadata } from '../metadata.ts'
import type { Structure } from '../structure.ts'
import type { Volume, VolumeTable } from './volume.ts'

/** `EFI PART`, little-endian. */
const SIGNATURE = 0x5452_4150_2049_4645n
const HEADER_LENGTH = 92
const SECTOR_SIZES = [512, 4096]
/** The specification asks for 128 at least, no tool makes more than that by itself. */
const MAX_ENTRIES = 4096
const MIN_ENTRY = 128
const MAX_ENTRY = 4096

/** The sector size of a GPT, by its header in the second sector; nothing where there is none. */
export function gptSectorSize(head: Uint8Array): number | undefined {
  const view = new DataView(head.buffer, head.byteOffset, head.length)
  return SECTOR_SIZES.find(size => size + 8 <= head.length && view.getBigUint64(size, true) === SIGNATURE)
}

/** Opens the table of a disk; its partitions are named by their numbers. Throws a ContainerError. */
export function openGpt(source: Source, sectorSize: number, budget: Budget): VolumeTable {
  const metadata = new Metadata(source, { layer: 'gpt', budget })
  try {
    return readTable(metadata, sectorSize, 1)
  } catch (error) {
    if (!(error instanceof ContainerError)) throw error
    const last = Math.floor(source.size / sectorSize) - 1
    const header = last > 1 ? metadata.read('backup header', last * sectorSize, HEADER_LENGTH) : undefined
    if (header?.big64(0) !== SIGNATURE) throw error
    return readTable(metadata, sectorSize, last)
  }
}

function readTable(metadata: Metadata, sectorSize: number, lba: number): VolumeTable {
  const header = metadata.read('header', lba * sectorSize, HEADER_LENGTH)
  if (header.big64(0) !== SIGNATURE) throw header.corrupt('header', 'it has no signature')
  const [table, count, length] = [header.u64(72), header.u32(80), header.u32(84)]
  if (count > MAX_ENTRIES) {
    throw header.corrupt('header', `its table has ${count} entries, limit is ${MAX_ENTRIES}`, 80)
  }
  if (length < MIN_ENTRY || length > MAX_ENTRY || length % 8 !== 0) {
    throw header.corrupt('header', `its entries have ${length} bytes`, 84)
  }
  const volumes: Volume[] = []
  for (let index = 0; index < count; index++) {
    const entry = metadata.read('partition entry', table * sectorSize + index * length, MIN_ENTRY)
    const type = guid(entry, 0)
    if (type === NO_TYPE) continue
    const [first, last] = [entry.u64(32), entry.u64(40)]
    if (last < first)
      throw entry.corrupt('partition entry', `it ends at ${last}, before its start at ${first}`, 40)
    const offset = first * sectorSize
    const size = Math.max(0, Math.min((last - first + 1) * sectorSize, metadata.source.size - offset))
    const open = () => new SliceSource(metadata.source, offset, size)
    volumes.push({ name: `part${index + 1}`, type, size, offset, open })
  }
  return { format: 'gpt', volumes }
}

const NO_TYPE = '00000000-0000-0000-0000-000000000000'

/** Its first three fields are little-endian numbers. */
function guid(entry: Structure, at: number): string {
  const hex = (value: number, digits: number) => value.toString(16).padStart(digits, '0')
  const rest = Array.from(entry.slice(at + 8, 8), byte => hex(byte, 2)).join('')
  const head = `${hex(entry.u32(at), 8)}-${hex(entry.u16(at + 4), 4)}-${hex(entry.u16(at + 6), 4)}`
  return `${head}-${rest.slice(0, 4)}-${rest.slice(4)}`
}
