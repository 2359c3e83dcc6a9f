/** Inodes of squashfs 4. Source: Linux fs/squashfs/squashfs_fs.h (`squashfs_reg_inode` and the like), inode.c. */
import type { FileKind, FileNode } from '../../file-tree.ts'
import type { Metadata } from '../../metadata.ts'
import type { Structure } from '../../structure.ts'
import type { Superblock } from './superblock.ts'
import type { TableCursor, Tables } from './tables.ts'

/** `inode_type`: the basic ones; each has an extended one 7 higher. */
const TYPE = { directory: 1, file: 2, link: 3, last: 7 }
const EXTENDED = 7
const HEADER = 16
/** Linux takes no longer ones (PATH_MAX). */
const MAX_LINK = 4096
const NO_FRAGMENT = 0xffff_ffff

export interface DirectoryPlace {
  /** Where in the directory table, and in the block there. */
  readonly block: number
  readonly offset: number
  /** In bytes. */
  readonly length: number
}

export interface FilePlace {
  /** Where the first block lies. */
  readonly start: number
  /** The fragment that holds the end, and where in it. */
  readonly fragment: number | undefined
  readonly offset: number
  /** The sizes of the blocks, as they are stored: each read makes a new cursor. */
  sizes(): TableCursor
}

export interface SquashNode extends FileNode {
  readonly directory?: DirectoryPlace
  readonly file?: FilePlace
  readonly link?: Uint8Array
}

/** The inode at the place that `reference` tells: a block of the inode table, and an offset in it. */
export function readInode(
  metadata: Metadata,
  tables: Tables,
  superblock: Superblock,
  reference: bigint,
): SquashNode {
  const position = superblock.inodeTable + Number(reference >> 16n)
  const offset = Number(reference & 0xffffn)
  const cursor = tables.at(position, offset)
  const header = cursor.take(HEADER)
  const type = header.u16(0)
  const extended = type > EXTENDED
  const basic = extended ? type - EXTENDED : type
  if (basic < 1 || basic > TYPE.last) throw metadata.corrupt('inode', `its type is ${type}`, position)
  const key = `${header.u32(12)}`
  if (basic === TYPE.directory) return directoryNode(key, cursor, extended)
  if (basic === TYPE.link) return linkNode(metadata, key, cursor)
  if (basic !== TYPE.file) return { kind: 'other', size: 0, key }
  const length = extended ? 40 : 16
  const fields = cursor.take(length)
  const sizes = (): TableCursor => {
    const again = tables.at(position, offset)
    again.take(HEADER + length)
    return again
  }
  const { size, file } = extended ? extendedFile(fields, sizes) : basicFile(fields, sizes)
  return { kind: 'file' satisfies FileKind, size, key, file }
}

function directoryNode(key: string, cursor: TableCursor, extended: boolean): SquashNode {
  const raw = cursor.take(extended ? 24 : 16)
  const place = extended
    ? { block: raw.u32(8), offset: raw.u16(18), length: raw.u32(4) }
    : { block: raw.u32(0), offset: raw.u16(10), length: raw.u16(8) }
  // Counts the two entries that are not stored.
  return { kind: 'directory', size: 0, key, directory: { ...place, length: Math.max(0, place.length - 3) } }
}

function linkNode(metadata: Metadata, key: string, cursor: TableCursor): SquashNode {
  const size = cursor.take(8).u32(4)
  if (size > MAX_LINK) throw metadata.corrupt('link', `it has ${size} bytes, limit is ${MAX_LINK}`)
  return { kind: 'link', size, key, link: cursor.take(size).bytes }
}

type Sizes = FilePlace['sizes']

const basicFile = (raw: Structure, sizes: Sizes) => ({
  size: raw.u32(12),
  file: { start: raw.u32(0), ...fragmentOf(raw.u32(4), raw.u32(8)), sizes },
})

const extendedFile = (raw: Structure, sizes: Sizes) => ({
  size: raw.u64(8),
  file: { start: raw.u64(0), ...fragmentOf(raw.u32(28), raw.u32(32)), sizes },
})

const fragmentOf = (fragment: number, offset: number) => ({
  fragment: fragment === NO_FRAGMENT ? undefined : fragment,
  offset,
})
