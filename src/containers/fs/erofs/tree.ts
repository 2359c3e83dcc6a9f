/** EROFS as a tree of files. Source: Linux fs/erofs/erofs_fs.h (`erofs_dirent`), fs/erofs/dir.c. */
import { readBytes } from '../../../source/memory.ts'
import type { Source } from '../../../source/source.ts'
import { decodeName, isSelfOrParent } from '../../file-name.ts'
import type { DirectoryEntry, FileNode, FileTree } from '../../file-tree.ts'
import { Metadata } from '../../metadata.ts'
import { Structure } from '../../structure.ts'
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

class ErofsTree implements FileTree {
  readonly format = 'erofs'
  readonly remarks = []
  readonly root: ErofsNode
  readonly #volume: Volume

  constructor(volume: Volume) {
    this.#volume = volume
    this.root = this.#inode(volume.superblock.rootInode)
    if (this.root.kind !== 'directory') throw volume.metadata.corrupt('root', 'it is no directory')
  }

  *list(directory: FileNode): Generator<DirectoryEntry> {
    const node = directory as ErofsNode
    const { budget } = this.#volume.context
    const contents = this.open(node)
    const blockSize = 2 ** this.#volume.superblock.blockBits
    let count = 0
    for (let at = 0; at < node.size; at += blockSize) {
      budget.metadata('erofs', blockSize)
      const bytes = readBytes(contents, at, blockSize)
      const block = new Structure(bytes, { layer: 'erofs', offset: node.start * blockSize + at })
      for (const { name, inode } of entriesOf(block)) {
        budget.entries('erofs', ++count)
        yield { name, node: () => this.#inode(inode) }
      }
    }
  }

  readLink(link: FileNode): string {
    if (link.size > MAX_LINK) {
      throw this.#volume.metadata.corrupt('link', `it has ${link.size} bytes, limit is ${MAX_LINK}`)
    }
    return decodeName(readBytes(this.open(link), 0, link.size), { slashes: true })
  }

  open(file: FileNode): Source {
    return erofsSource(this.#volume, file as ErofsNode)
  }

  #inode(number: number): ErofsNode {
    return readInode(this.#volume.metadata, this.#volume.superblock, number)
  }
}

/** The entries come first in a block, then their names, of which each ends where the next one starts. */
function* entriesOf(block: Structure): Generator<{ name: string; inode: number }> {
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
    if (!isSelfOrParent(name)) yield { name, inode: block.u64(ENTRY * index) }
  }
}
