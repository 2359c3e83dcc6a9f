/**
 * The entries of an ext directory. Indexed directories are read like others: to who does not know the index, its
 * blocks are entries without a name. Source: Linux Documentation/filesystems/ext4 (`ext4_dir_entry_2`).
 */
import { decodeName, isSelfOrParent } from '../../file-name.ts'
import type { Structure } from '../../structure.ts'

export interface ExtEntry {
  readonly name: string
  readonly inode: number
}

const HEADER = 8

/** The entries in one block of a directory, or in one part of an inline one. Throws where one leads out of it. */
export function* entriesOfBlock(block: Structure, filetype: boolean): Generator<ExtEntry> {
  let at = 0
  // What is left at the end of an inline part may be shorter than an entry.
  while (at + HEADER <= block.length) {
    const length = recordLength(block.u16(at + 4), block.length)
    // Without the feature filetype both bytes are the name's length.
    const nameLength = filetype ? block.u8(at + 6) : block.u16(at + 6)
    if (length < HEADER || length % 4 !== 0 || length > block.length - at || HEADER + nameLength > length) {
      throw block.corrupt('directory entry', `its length is ${length}, that of its name ${nameLength}`, at)
    }
    const inode = block.u32(at)
    if (inode !== 0 && nameLength > 0) {
      const name = decodeName(block.slice(at + HEADER, nameLength))
      if (!isSelfOrParent(name)) yield { name, inode }
    }
    at += length
  }
}

/** Lengths in blocks of 64 KiB do not fit 16 bits: the two lowest bits are the highest, and 65535 means all of it. */
function recordLength(stored: number, blockLength: number): number {
  if (blockLength < 65536) return stored
  if (stored === 65535 || stored === 0) return blockLength
  return (stored & 0xfffc) | ((stored & 3) << 16)
}
