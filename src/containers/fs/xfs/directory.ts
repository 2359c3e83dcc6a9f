/**
 * Directories of XFS, in the inode or in blocks. What indexes them lies after 32 GiB of them and is not needed.
 * Source: XFS Algorithms & Data Structures, 3rd edition, "Directories" (`xfs_dir2_sf`, `xfs_dir2_data_entry`).
 */
import { decodeName, isSelfOrParent } from '../../file-name.ts'
import type { Structure } from '../../structure.ts'

export interface XfsEntry {
  readonly name: string
  readonly inode: number
}

/** Where the data blocks of a directory end (XFS_DIR2_LEAF_OFFSET). */
export const DATA_END = 2 ** 35

/** The entries of a directory that is in its inode. */
export function* entriesOfFork(raw: Structure, ftype: boolean): Generator<XfsEntry> {
  const count = raw.u8(0)
  const inodeLength = raw.u8(1) > 0 ? 8 : 4
  let at = 2 + inodeLength
  for (let index = 0; index < count; index++) {
    const length = raw.u8(at)
    const name = decodeName(raw.slice(at + 3, length))
    at += 3 + length + (ftype ? 1 : 0)
    const inode = inodeLength === 8 ? raw.u64(at) : raw.u32(at)
    at += inodeLength
    if (length > 0 && !isSelfOrParent(name)) yield { name, inode }
  }
}

/** `XD2B` and `XDB3`: the only block, which ends with its index. `XD2D` and `XDD3`: one of many. */
const BLOCK: Record<number, { readonly header: number; readonly indexed: boolean }> = {
  1480864322: { header: 16, indexed: true },
  1480864324: { header: 16, indexed: false },
  1480868403: { header: 64, indexed: true },
  1480868915: { header: 64, indexed: false },
}
const FREE = 0xffff
const INDEX_ENTRY = 8

/** The entries of one block of a directory. Throws where one leads out of it. */
export function* entriesOfBlock(raw: Structure, ftype: boolean): Generator<XfsEntry> {
  const format = BLOCK[raw.u32(0)]
  if (format === undefined) throw raw.corrupt('directory block', `its magic is 0x${raw.u32(0).toString(16)}`)
  const end = raw.length - (format.indexed ? INDEX_ENTRY * (1 + raw.u32(raw.length - INDEX_ENTRY)) : 0)
  for (let at = format.header; at + 16 <= end; ) {
    const isFree = raw.u16(at) === FREE
    const nameLength = isFree ? 0 : raw.u8(at + 8)
    // The number, the name with its length, perhaps its type, and two bytes for the entry's own place.
    const length = isFree ? raw.u16(at + 2) : Math.ceil((11 + nameLength + (ftype ? 1 : 0)) / 8) * 8
    if (length < 8 || length % 8 !== 0 || at + length > end || (!isFree && nameLength === 0)) {
      throw raw.corrupt('directory entry', `its length is ${length}, that of its name ${nameLength}`, at)
    }
    if (!isFree) {
      const name = decodeName(raw.slice(at + 9, nameLength))
      if (!isSelfOrParent(name)) yield { name, inode: raw.u64(at) }
    }
    at += length
  }
}
