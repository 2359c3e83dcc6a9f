/** squashfs as a tree of files. */
import type { Source } from '../../../source/source.ts'
import type { ContainerError } from '../../container-error.ts'
import type { ContainerContext } from '../../context.ts'
import { decodeName } from '../../file-name.ts'
import type { FileNode, FileTree } from '../../file-tree.ts'
import { Metadata } from '../../metadata.ts'
import { InodeTree, type NamedInode } from '../inode-tree.ts'
import { type SquashParts, squashSource } from './file.ts'
import { readInode, type SquashNode } from './inode.ts'
import { readSuperblock } from './superblock.ts'
import { Tables } from './tables.ts'

const HEADER = 12
const ENTRY = 8
/** `symlink_size` is that of a page at most (fs/squashfs/symlink.c). */
const MAX_LINK = 65536
/** Of one header (fs/squashfs/squashfs_fs.h, SQUASHFS_DIR_COUNT). */
const MAX_COUNT = 256

/** Opens squashfs. Throws a ContainerError where it cannot be read. */
export function openSquashfs(source: Source, context: Pick<ContainerContext, 'budget' | 'engine'>): FileTree {
  const metadata = new Metadata(source, { layer: 'squashfs', budget: context.budget })
  const superblock = readSuperblock(metadata)
  return new SquashTree({ metadata, superblock, context, tables: new Tables(metadata, context, superblock) })
}

class SquashTree extends InodeTree<SquashNode, bigint> {
  readonly root: SquashNode
  readonly #parts: SquashParts

  constructor(parts: SquashParts) {
    super({ format: 'squashfs', budget: parts.metadata.budget, maxLink: MAX_LINK })
    this.#parts = parts
    this.root = this.rootOf(parts.superblock.rootInode)
  }

  protected *entries(directory: SquashNode): Generator<NamedInode<bigint>> {
    const { tables, superblock } = this.#parts
    const { block, offset, length } = directory.directory!
    const cursor = tables.at(superblock.directoryTable + block, offset)
    for (let done = 0; done + HEADER <= length; ) {
      const header = cursor.take(HEADER)
      done += HEADER
      const entries = header.u32(0) + 1
      if (entries > MAX_COUNT)
        throw header.corrupt('directory', `${entries} entries in a row, limit is ${MAX_COUNT}`)
      for (let left = entries; left > 0 && done + ENTRY <= length; left--) {
        const raw = cursor.take(ENTRY)
        const nameLength = raw.u16(6) + 1
        const name = decodeName(cursor.take(nameLength).bytes)
        done += ENTRY + nameLength
        yield { name, inode: (BigInt(header.u32(4)) << 16n) | BigInt(raw.u16(0)) }
      }
    }
  }

  protected linkBytes({ link = new Uint8Array() }: SquashNode): Uint8Array {
    return link
  }

  protected corrupt(_: SquashNode, what: string, why: string): ContainerError {
    return this.#parts.metadata.corrupt(what, why)
  }

  open(file: FileNode): Source {
    const { file: place, size } = file as SquashNode
    if (place === undefined) throw this.#parts.metadata.corrupt('file', 'it is none')
    return squashSource(this.#parts, place, size)
  }

  protected inode(reference: bigint): SquashNode {
    const { metadata, tables, superblock } = this.#parts
    return readInode(metadata, tables, superblock, reference)
  }
}
