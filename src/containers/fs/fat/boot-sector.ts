/**
 * The boot sector of FAT12, FAT16 and FAT32. Source: Microsoft Extensible Firmware Initiative FAT32 File System
 * Specification 1.03 ("Boot Sector and BPB"), Linux fs/fat/inode.c (fat_fill_super) for which of them it is.
 */
import { readBytes } from '../../../source/memory.ts'
import type { Source } from '../../../source/source.ts'
import type { Metadata } from '../../metadata.ts'
import { Structure } from '../../structure.ts'

const LENGTH = 512
/** More clusters than FAT12 can number (fs/fat/fat.h, MAX_FAT12). */
const MAX_FAT12 = 0xff4
const MAX_FAT16 = 0xfff4
const MAX_FAT32 = 0xffffff6
const ENTRY = 32

export interface FatLayout {
  /** Bits of a cluster's number. */
  readonly bits: 12 | 16 | 32
  /** In bytes, as all positions. */
  readonly clusterSize: number
  /** Clusters are 2 to `clusters` + 1. */
  readonly clusters: number
  readonly table: number
  readonly data: number
  /** The root directory: an area of its own, or a chain of clusters. */
  readonly root: { readonly offset: number; readonly length: number } | { readonly cluster: number }
}

/** Whether `source` starts with the boot sector of FAT: there is no magic but a jump and fields that can be true. */
export function detectFat(source: Source): boolean {
  const bytes = readBytes(source, 0, LENGTH)
  return (
    bytes.length === LENGTH &&
    JUMPS.has(bytes[0]!) &&
    isBootSector(new Structure(bytes, { layer: 'vfat', offset: 0 }))
  )
}

/** Opcodes of a short and of a near jump. */
const JUMPS = new Set([0xeb, 0xe9])

const isPower = (value: number): boolean => value !== 0 && (value & (value - 1)) === 0

function isBootSector(raw: Structure): boolean {
  const [jump, sectorSize, perCluster] = [raw.u8(0), raw.u16(0x0b), raw.u8(0x0d)]
  const [reserved, tables, media] = [raw.u16(0x0e), raw.u8(0x10), raw.u8(0x15)]
  if (!JUMPS.has(jump)) return false
  if (!isPower(sectorSize) || sectorSize < 512 || sectorSize > 4096 || !isPower(perCluster)) return false
  if (reserved === 0 || tables === 0 || tables > 4 || (media !== 0xf0 && media < 0xf8)) return false
  return (raw.u16(0x16) !== 0 || raw.u32(0x24) !== 0) && (raw.u16(0x13) !== 0 || raw.u32(0x20) !== 0)
}

/** Throws where the fields do not fit each other. */
export function readBootSector(metadata: Metadata): FatLayout {
  const raw = metadata.read('boot sector', 0, LENGTH)
  if (!isBootSector(raw)) throw raw.corrupt('boot sector', 'its fields are not those of FAT')
  const sectorSize = raw.u16(0x0b)
  const clusterSize = sectorSize * raw.u8(0x0d)
  const isFat32 = raw.u16(0x16) === 0
  const tableSectors = raw.u16(0x16) || raw.u32(0x24)
  const table = raw.u16(0x0e) * sectorSize
  const rootOffset = table + raw.u8(0x10) * tableSectors * sectorSize
  const rootLength = isFat32 ? 0 : raw.u16(0x11) * ENTRY
  const data = rootOffset + Math.ceil(rootLength / sectorSize) * sectorSize
  const size = (raw.u16(0x13) || raw.u32(0x20)) * sectorSize
  const clusters = Math.floor((size - data) / clusterSize)
  if (clusters < 1) throw raw.corrupt('boot sector', `the data starts at ${data} of ${size} bytes`)
  const bits = isFat32 ? 32 : clusters > MAX_FAT12 ? 16 : 12
  const limit = { 12: MAX_FAT12, 16: MAX_FAT16, 32: MAX_FAT32 }[bits]
  // The table says how many there can be: fields that promise more are cut, as Linux does.
  const inTable = Math.floor((tableSectors * sectorSize * 8) / bits) - 2
  return {
    bits,
    clusterSize,
    clusters: Math.min(clusters, inTable, limit),
    table,
    data,
    root: isFat32 ? { cluster: raw.u32(0x2c) } : { offset: rootOffset, length: rootLength },
  }
}
