/** squashfs as a tree of files. */
import type { Source } from '../../../source/source.ts'
import type { ContainerContext } from '../../context.ts'
import { decodeName, isSelfOrParent } from '../../file-name.ts'
import type { DirectoryEntry, FileNode, FileTree } from '../../file-tree.ts'
import { Metadata } from '../../metadata.ts'
import { type SquashParts, squashSource } from './file.ts'
import { readInode, type SquashNode } from './inode.ts'
import { readSuperblock } from './superblock.ts'
import { Tables } from './tables.ts'

const HEADER = 12
const ENTRY = 8
/** Of one header (fs/squashfs/squashfs_fs.h, SQUASHFS_DIR_COUNT). */
const MAX_COUNT = 256

/** Opens squashfs. Throws a ContainerError where it cannot be read. */
export function openSquashfs(source: Source, context: Pick<ContainerContext, 'budget' | 'engine'>): FileTree {
  const metadata = new Metadata(source, { layer: 'squashfs', budget: context.budget })
  const superblock = readSuperblock(metadata)
  return new SquashTree({ metadata, superblock, context, tables: new Tables(metadata, context, superblock) })
}

class SquashTree implements FileTree {
  readonly format = 'squashfs'
  readonly remarks = []
  readonly root: SquashNode
  readonly #parts: SquashParts

  constructor(parts: SquashParts) {
    this.#parts = parts
    this.root = this.#inode(parts.superblock.rootInode)
    if (this.root.kind !== 'directory') throw parts.metadata.corrupt('root', 'it is no directory')
  }

  *list(directory: FileNode): Generator<DirectoryEntry> {
    const { metadata, tables, superblock } = this.#parts
    const { block, offset, length } = (directory as SquashNode).directory!
    const cursor = tables.at(superblock.directoryTable + block, offset)
    let count = 0
    for (let done = 0; done + HEADER <= length; ) {
      const header = cursor.take(HEADER)
      done += HEADER
      const entries = header.u32(0) + 1
      if (entries > MAX_COUNT)
        throw header.corrupt('directory', `${entries} entries in a row, limit is ${MAX_COUNT}`)
      for (let left = entries; left > 0 && done + ENTRY <= length; left--) {
        metadata.budget.entries('squashfs', ++count)
        metadata.budget.step('squashfs')
        const raw = cursor.take(ENTRY)
        const nameLength = raw.u16(6) + 1
        const name = decodeName(cursor.take(nameLength).bytes)
        done += ENTRY + nameLength
        const reference = (BigInt(header.u32(4)) << 16n) | BigInt(raw.u16(0))
        if (!isSelfOrParent(name)) yield { name, node: () => this.#inode(reference) }
      }
    }
  }

  readLink(link: FileNode): string {
    return decodeName((link as SquashNode).link ?? new Uint8Array(), { slashes: true })
  }

  open(file: FileNode): Source {
    const { file: place, size } = file as SquashNode
    if (place === undefined) throw this.#parts.metadata.corrupt('file', 'it is none')
    return squashSource(this.#parts, place, size)
  }

  #inode(reference: bigint): SquashNode {
    const { metadata, tables, superblock } = this.#parts
    return readInode(metadata, tables, superblock, reference)
  }
}
