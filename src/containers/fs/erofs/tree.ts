/** EROFS as a tree of files. Source: Linux fs/erofs/erofs_fs.h (`erofs_dirent`), fs/erofs/dir.c. */
import { readBytes } from '../../../source/memory.ts'
import type { Source } from '../../../source/source.ts'
import type { ContainerError } from '../../container-error.ts'
import { decodeName } from '../../file-name.ts'
import type { FileNode, FileTree } from '../../file-tree.ts'
import { Metadata } from '../../metadata.ts'
import { Structure } from '../../structure.ts'
import { InodeTree, type NamedInode } from '../inode-tree.ts'
import { erofsSource, type Volume } from './file.ts'
import { type ErofsNode, readInode } from './inode.ts'
import { readSuperblock } from './superblock.ts'

const ENTRY = 12
/** Linux takes no longer ones (PATH_MAX). */
const MAX_LINK = 4096

/** Opens EROFS. Throws a ContainerError where it cannot be read. */
export function openErofs(source: Source, context: Volume['context']): FileTree {
  const metadata = new Metadata(source, { layer: 'erofs', budget: context.budget })
  return new ErofsTree({ metadata, superblock: readSuperblock(metadata), context })
}

class ErofsTree extends InodeTree<ErofsNode, number> {
  readonly root: ErofsNode
  readonly #volume: Volume

  constructor(volume: Volume) {
    super({ format: 'erofs', budget: volume.context.budget, maxLink: MAX_LINK })
    this.#volume = volume
    this.root = this.rootOf(volume.superblock.rootInode)
  }

  protected *entries(node: ErofsNode): Generator<NamedInode<number>> {
    const contents = this.open(node)
    const blockSize = 2 ** this.#volume.superblock.blockBits
    for (let at = 0; at < node.size; at += blockSize) {
      this.#volume.context.budget.metadata('erofs', blockSize)
      const bytes = readBytes(contents, at, blockSize)
      yield* entriesOf(new Structure(bytes, { layer: 'erofs', offset: node.start * blockSize + at }))
    }
  }

  protected linkBytes(link: ErofsNode): Uint8Array {
    return readBytes(this.open(link), 0, link.size)
  }

  protected corrupt(_: ErofsNode, what: string, why: string): ContainerError {
    return this.#volume.metadata.corrupt(what, why)
  }

  open(file: FileNode): Source {
    return erofsSource(this.#volume, file as ErofsNode)
  }

  protected inode(number: number): ErofsNode {
    return readInode(this.#volume.metadata, this.#volume.superblock, number)
  }
}

/** The entries come first in a block, then their names, of which each ends where the next one starts. */
function* entriesOf(block: Structure): Generator<NamedInode<number>> {
  const first = block.u16(8)
  const count = first / ENTRY
  if (!Number.isInteger(count) || count === 0 || first > block.length) {
    throw block.corrupt('directory block', `its names start at ${first}`)
  }
  for (let index = 0; index < count; index++) {
    const from = block.u16(ENTRY * index + 8)
    const to = index + 1 < count ? block.u16(ENTRY * (index + 1) + 8) : block.length
    if (to <= from) throw block.corrupt('directory entry', `its name is from ${from} to ${to}`, ENTRY * index)
    const bytes = block.slice(from, to - from)
    const end = bytes.indexOf(0)
    const name = decodeName(end === -1 ? bytes : bytes.subarray(0, end))
    if (name === '') throw block.corrupt('directory entry', 'its name is empty', ENTRY * index)
    yield { name, inode: block.u64(ENTRY * index) }
  }
}
