/** UFS1 and UFS2 as a tree of files. Source: FreeBSD sys/ufs/ufs/dir.h for directories. */
import { readBytes } from '../../../source/memory.ts'
import type { Source } from '../../../source/source.ts'
import type { ContainerError } from '../../container-error.ts'
import type { ContainerContext } from '../../context.ts'
import { decodeName } from '../../file-name.ts'
import type { FileNode, FileTree } from '../../file-tree.ts'
import type { Metadata } from '../../metadata.ts'
import type { Structure } from '../../structure.ts'
import { blockSource, InodeTree, type NamedInode } from '../inode-tree.ts'
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

class UfsTree extends InodeTree<UfsNode, number> {
  readonly root: UfsNode
  readonly #metadata: Metadata
  readonly #superblock: Superblock

  constructor(metadata: Metadata, superblock: Superblock) {
    const remarks = superblock.clean ? [] : ['The file system was not unmounted: it is read as it lies there']
    super({ format: metadata.layer, remarks, budget: metadata.budget, maxLink: MAX_LINK })
    this.#metadata = metadata
    this.#superblock = superblock
    this.root = this.rootOf(ROOT_INODE)
  }

  protected *entries(node: UfsNode): Generator<NamedInode<number>> {
    const { blockSize } = this.#superblock
    const blocks = Math.ceil(node.size / blockSize)
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
        yield* entriesOf(this.#metadata.read('directory block', offset + (index - at) * blockSize, length))
      }
      at = end
    }
  }

  protected linkBytes(link: UfsNode): Uint8Array {
    const { size, inline, pointers } = link
    return inline ? pointers.slice(0, size) : readBytes(this.open(link), 0, size)
  }

  protected corrupt({ raw }: UfsNode, what: string, why: string): ContainerError {
    return raw.corrupt(what, why)
  }

  open(file: FileNode): Source {
    const { budget, source } = this.#metadata
    const { blockSize } = this.#superblock
    const locate = (block: number) => locateBlock(this.#metadata, this.#superblock, file as UfsNode, block)
    return blockSource({ layer: this.format, budget, size: file.size, blockSize, disk: source, locate })
  }

  protected inode(number: number): UfsNode {
    return readInode(this.#metadata, this.#superblock, number)
  }
}

function* entriesOf(raw: Structure): Generator<NamedInode<number>> {
  for (let at = 0; at + ENTRY_HEADER <= raw.length; ) {
    const [inode, length, nameLength] = [raw.u32(at), raw.u16(at + 4), raw.u8(at + 7)]
    const left = DIRECTORY_BLOCK - (at % DIRECTORY_BLOCK)
    if (length < ENTRY_HEADER || length % 4 !== 0 || length > left || ENTRY_HEADER + nameLength > length) {
      throw raw.corrupt('directory entry', `its length is ${length}, that of its name ${nameLength}`, at)
    }
    if (inode !== 0 && nameLength > 0) {
      yield { name: decodeName(raw.slice(at + ENTRY_HEADER, nameLength)), inode }
    }
    at += length
  }
}
