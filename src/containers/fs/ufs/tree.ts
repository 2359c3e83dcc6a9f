/** UFS1 and UFS2 as a tree of files. Source: FreeBSD sys/ufs/ufs/dir.h for directories. */
import { readBytes } from '../../../source/memory.ts'
import type { Source } from '../../../source/source.ts'
import type { ContainerContext } from '../../context.ts'
import { decodeName, isSelfOrParent } from '../../file-name.ts'
import type { DirectoryEntry, FileNode, FileTree } from '../../file-tree.ts'
import { MappedSource } from '../../mapped-source.ts'
import type { Metadata } from '../../metadata.ts'
import type { Structure } from '../../structure.ts'
import { locateBlock, readInode, type UfsNode } from './inode.ts'
import { readSuperblock, type Superblock } from './superblock.ts'

const ROOT_INODE = 2
/** An entry of a directory does not cross the end of one of these (DIRBLKSIZ). */
const DIRECTORY_BLOCK = 512
const ENTRY_HEADER = 8
const MAX_LINK = 1024

/** Opens UFS1 or UFS2. Throws a ContainerError where it cannot be read. */
export function openUfs(source: Source, { budget }: Pick<ContainerContext, 'budget'>): FileTree {
  const { metadata, superblock } = readSuperblock(source, budget)
  return new UfsTree(metadata, superblock)
}

class UfsTree implements FileTree {
  readonly format: string
  readonly remarks: readonly string[]
  readonly root: UfsNode
  readonly #metadata: Metadata
  readonly #superblock: Superblock

  constructor(metadata: Metadata, superblock: Superblock) {
    this.format = metadata.layer
    this.remarks = superblock.clean ? [] : ['The file system was not unmounted: it is read as it lies there']
    this.#metadata = metadata
    this.#superblock = superblock
    this.root = this.#inode(ROOT_INODE)
    if (this.root.kind !== 'directory') throw this.root.raw.corrupt('root', 'it is no directory')
  }

  *list(directory: FileNode): Generator<DirectoryEntry> {
    const node = directory as UfsNode
    const { blockSize } = this.#superblock
    const blocks = Math.ceil(node.size / blockSize)
    let entries = 0
    for (let at = 0; at < blocks; ) {
      this.#metadata.budget.step(this.format)
      const { count, offset } = locateBlock(this.#metadata, this.#superblock, node, at)
      const end = Math.min(blocks, at + count)
      for (let index = at; offset !== undefined && index < end; index++) {
        // The last block may have less fragments than others.
        const length = Math.min(
          blockSize,
          Math.ceil((node.size - index * blockSize) / DIRECTORY_BLOCK) * DIRECTORY_BLOCK,
        )
        const raw = this.#metadata.read('directory block', offset + (index - at) * blockSize, length)
        for (const { name, inode } of entriesOf(raw)) {
          this.#metadata.budget.entries(this.format, ++entries)
          yield { name, node: () => this.#inode(inode) }
        }
      }
      at = end
    }
  }

  readLink(link: FileNode): string {
    const { size, inline, pointers, raw } = link as UfsNode
    if (size > MAX_LINK) throw raw.corrupt('link', `it has ${size} bytes, limit is ${MAX_LINK}`)
    const bytes = inline ? pointers.slice(0, size) : readBytes(this.open(link), 0, size)
    return decodeName(bytes, { slashes: true })
  }

  open(file: FileNode): Source {
    const node = file as UfsNode
    const { blockSize } = this.#superblock
    return new MappedSource({
      layer: this.format,
      budget: this.#metadata.budget,
      size: node.size,
      locate: position => {
        const first = Math.floor(position / blockSize)
        const skip = position - first * blockSize
        const { count, offset } = locateBlock(this.#metadata, this.#superblock, node, first)
        const length = count * blockSize - skip
        if (offset === undefined) return { length }
        return { length, source: this.#metadata.source, offset: offset + skip }
      },
    })
  }

  #inode(number: number): UfsNode {
    return readInode(this.#metadata, this.#superblock, number)
  }
}

function* entriesOf(raw: Structure): Generator<{ name: string; inode: number }> {
  for (let at = 0; at + ENTRY_HEADER <= raw.length; ) {
    const [inode, length, nameLength] = [raw.u32(at), raw.u16(at + 4), raw.u8(at + 7)]
    const left = DIRECTORY_BLOCK - (at % DIRECTORY_BLOCK)
    if (length < ENTRY_HEADER || length % 4 !== 0 || length > left || ENTRY_HEADER + nameLength > length) {
      throw raw.corrupt('directory entry', `its length is ${length}, that of its name ${nameLength}`, at)
    }
    if (inode !== 0 && nameLength > 0) {
      const name = decodeName(raw.slice(at + ENTRY_HEADER, nameLength))
      if (!isSelfOrParent(name)) yield { name, inode }
    }
    at += length
  }
}
