/** Inodes of EROFS. Source: Linux fs/erofs/erofs_fs.h (`erofs_inode_compact`, `erofs_inode_extended`). */
import type { FileKind, FileNode } from '../../file-tree.ts'
import type { Metadata } from '../../metadata.ts'
import { kindOfMode } from '../mode.ts'
import type { Superblock } from './superblock.ts'

/** Inodes are numbered by places of 32 bytes. */
const SLOT = 32
const LENGTH = { compact: 32, extended: 64 }
/** How the bytes are laid out. */
export const LAYOUT = { plain: 0, compressedFull: 1, inline: 2, compressedCompact: 3, chunks: 4 }

export interface ErofsNode extends FileNode {
  readonly kind: FileKind
  readonly layout: number
  /** Where its blocks start, in blocks; or the form of its chunks. */
  readonly start: number
  /** Where what follows the inode and its attributes starts: inline bytes, indexes. */
  readonly after: number
}

/** The inode of that number. */
export function readInode(metadata: Metadata, superblock: Superblock, number: number): ErofsNode {
  const offset = superblock.inodes + number * SLOT
  const format = metadata.read(`inode ${number}`, offset, LENGTH.compact).u16(0)
  const length = (format & 1) === 0 ? LENGTH.compact : LENGTH.extended
  const raw = metadata.read(`inode ${number}`, offset, length)
  const layout = (format >> 1) & 7
  if (layout > LAYOUT.chunks) throw raw.corrupt(`inode ${number}`, `its layout ${layout} is not known`)
  const attributes = raw.u16(2)
  return {
    kind: kindOfMode(raw.u16(4)),
    size: length === LENGTH.compact ? raw.u32(8) : raw.u64(8),
    key: `${number}`,
    layout,
    start: raw.u32(16),
    after: offset + length + (attributes === 0 ? 0 : 12 + (attributes - 1) * 4),
  }
}
