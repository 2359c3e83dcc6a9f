/** The superblock of UFS1 and UFS2, in either byte order. Source: FreeBSD sys/ufs/ffs/fs.h (`struct fs`). */

import { readBytes } from '../../../source/memory.ts'
import type { Source } from '../../../source/source.ts'
import type { Budget } from '../../budget.ts'
import { ContainerError } from '../../container-error.ts'
import { Metadata } from '../../metadata.ts'

/** Where it is looked for, in this order (SBLOCKSEARCH). */
const PLACES = [65536, 8192, 0, 262144]
const LENGTH = 1376
const MAGIC_AT = 1372
const MAGIC = { ufs1: 0x0001_1954, ufs2: 0x1954_0119 }

/** Where a superblock is, and how it is written. */
export interface UfsPlace {
  readonly offset: number
  readonly version: 1 | 2
  readonly bigEndian: boolean
}

export interface Superblock {
  readonly version: 1 | 2
  /** In bytes. */
  readonly blockSize: number
  readonly fragmentSize: number
  readonly groups: number
  readonly inodesPerGroup: number
  /** In fragments. */
  readonly fragmentsPerGroup: number
  readonly inodeTable: number
  /** Groups of UFS1 start so many fragments later each, but for the bits of the mask. */
  readonly groupOffset: number
  readonly groupMask: number
  readonly clean: boolean
}

const BYTE_ORDERS = [false, true]

/** The first superblock that is where one is looked for. */
export function ufsSuperblock(source: Source): UfsPlace | undefined {
  for (const offset of PLACES) {
    const bytes = readBytes(source, offset + MAGIC_AT, 4)
    if (bytes.length < 4) continue
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    for (const bigEndian of BYTE_ORDERS) {
      const magic = view.getUint32(0, !bigEndian)
      // The same sector may hold a copy of UFS1's at a place where UFS2 has none, and the other way round.
      if (magic === MAGIC.ufs2) return { offset, version: 2, bigEndian }
      if (magic === MAGIC.ufs1 && offset !== PLACES[0]) return { offset, version: 1, bigEndian }
    }
  }
  return undefined
}

/** Whether `source` holds UFS1 or UFS2. */
export const detectUfs = (source: Source): boolean => ufsSuperblock(source) !== undefined

/** Throws where there is no superblock, or its numbers cannot be. */
export function readSuperblock(
  source: Source,
  budget: Budget,
): { metadata: Metadata; superblock: Superblock } {
  const found = ufsSuperblock(source)
  if (found === undefined) {
    throw new ContainerError('container-corrupt', 'ufs', 'Cannot read the ufs superblock: there is none')
  }
  const { version, offset, bigEndian } = found
  const metadata = new Metadata(source, { layer: `ufs${version}`, budget, bigEndian })
  const raw = metadata.read('superblock', offset, LENGTH)
  const [blockSize, fragmentSize] = [raw.u32(48), raw.u32(52)]
  const isPower = (value: number): boolean => value !== 0 && (value & (value - 1)) === 0
  if (!isPower(blockSize) || !isPower(fragmentSize) || blockSize < 4096 || blockSize > 65536) {
    throw raw.corrupt('superblock', `the block size is ${blockSize}, limits are 4096 and 65536`)
  }
  if (fragmentSize < 512 || fragmentSize > blockSize || blockSize / fragmentSize > 8) {
    throw raw.corrupt('superblock', `the fragment size is ${fragmentSize} and the block size ${blockSize}`)
  }
  const [groups, inodesPerGroup] = [raw.u32(44), raw.u32(184)]
  if (groups === 0 || inodesPerGroup === 0) {
    throw raw.corrupt('superblock', `it has ${groups} groups of ${inodesPerGroup} inodes`)
  }
  const superblock: Superblock = {
    version,
    blockSize,
    fragmentSize,
    groups,
    inodesPerGroup,
    fragmentsPerGroup: raw.u32(188),
    inodeTable: raw.u32(16),
    groupOffset: version === 1 ? raw.u32(24) : 0,
    groupMask: version === 1 ? raw.u32(28) : 0,
    clean: raw.u8(209) !== 0,
  }
  return { metadata, superblock }
}
