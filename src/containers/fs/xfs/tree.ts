/** XFS as a tree of files. */
import type { Source } from '../../../source/source.ts'
import { ContainerError } from '../../container-error.ts'
import type { ContainerContext } from '../../context.ts'
import type { FileNode, FileTree } from '../../file-tree.ts'
import { Metadata } from '../../metadata.ts'
import { Structure } from '../../structure.ts'
import { blockSource, InodeTree } from '../inode-tree.ts'
import { DATA_END, entriesOfBlock, entriesOfFork, type XfsEntry } from './directory.ts'
import { locateBlock } from './extents.ts'
import { FORMAT, readInode, type XfsNode } from './inode.ts'
import { isLogDirty } from './log.ts'
import { readSuperblock, type Superblock } from './superblock.ts'

/** Linux takes no longer ones (XFS_SYMLINK_MAXLEN). */
const MAX_LINK = 1024
/** `XSLM`, and the length of the header that it starts (`xfs_dsymlink_hdr`). */
const LINK_MAGIC = 0x5853_4c4d
const LINK_HEADER = 56

/** Opens XFS. Throws a ContainerError where it cannot be read. */
export function openXfs(source: Source, { budget }: Pick<ContainerContext, 'budget'>): FileTree {
  const metadata = new Metadata(source, { layer: 'xfs', budget, bigEndian: true })
  const superblock = readSuperblock(metadata)
  return new XfsTree(metadata, superblock, remarksOn(metadata, superblock))
}

function remarksOn(metadata: Metadata, superblock: Superblock): string[] {
  const remarks: string[] = []
  if (superblock.needsRepair) remarks.push('The file system is marked as one that has to be repaired')
  try {
    if (isLogDirty(metadata, superblock)) {
      remarks.push(
        'The file system was not unmounted and its log was not replayed: this is the state before the last changes',
      )
    }
  } catch (error) {
    if (!(error instanceof ContainerError) || error.code === 'container-limit') throw error
    remarks.push(`Whether the log has changes that are not in place cannot be told. ${error.message}`)
  }
  return remarks
}

class XfsTree extends InodeTree<XfsNode, number> {
  readonly root: XfsNode
  readonly #metadata: Metadata
  readonly #superblock: Superblock

  constructor(metadata: Metadata, superblock: Superblock, remarks: readonly string[]) {
    super({ format: 'xfs', remarks, budget: metadata.budget, maxLink: MAX_LINK })
    this.#metadata = metadata
    this.#superblock = superblock
    this.root = this.rootOf(superblock.rootInode)
  }

  protected linkBytes(node: XfsNode): Uint8Array {
    return node.format === FORMAT.local ? node.fork.slice(0, node.size) : this.#remoteLink(node)
  }

  protected corrupt({ fork }: XfsNode, what: string, why: string): ContainerError {
    return fork.corrupt(what, why)
  }

  open(file: FileNode): Source {
    const node = file as XfsNode
    if (node.realtime) {
      throw this.#metadata.unsupported(
        `inode ${node.key}`,
        'its bytes lie on a realtime device',
        node.fork.place.offset,
      )
    }
    const { budget, source } = this.#metadata
    const { blockSize } = this.#superblock
    const locate = (block: number) => locateBlock(this.#metadata, this.#superblock, node, block)
    return blockSource({ layer: 'xfs', budget, size: node.size, blockSize, disk: source, locate })
  }

  protected inode(number: number): XfsNode {
    return readInode(this.#metadata, this.#superblock, number)
  }

  #remoteLink(node: XfsNode): Uint8Array {
    const { blockSize } = this.#superblock
    const bytes = new Uint8Array(node.size)
    for (let [block, done] = [0, 0]; done < node.size; block++) {
      const { offset } = locateBlock(this.#metadata, this.#superblock, node, block)
      if (offset === undefined) throw node.fork.corrupt('link', `block ${block} is not there`)
      const raw = this.#metadata.read('link', offset, blockSize)
      // Blocks with checksums have a header, but not those that mkfs.xfs 6.1 makes of a protofile.
      const start = raw.u32(0) === LINK_MAGIC ? LINK_HEADER : 0
      const part = raw.bytes.subarray(start, start + node.size - done)
      bytes.set(part, done)
      done += part.length
    }
    return bytes
  }

  protected *entries(node: XfsNode): Generator<XfsEntry> {
    const { ftype, blockSize, directoryBlockSize } = this.#superblock
    if (node.format === FORMAT.local) {
      yield* entriesOfFork(node.fork.part(0, Math.min(node.size, node.fork.length)), ftype)
      return
    }
    const perDirectoryBlock = directoryBlockSize / blockSize
    const end = Math.ceil(Math.min(node.size, DATA_END) / directoryBlockSize) * perDirectoryBlock
    for (let block = 0; block < end; ) {
      this.#metadata.budget.step('xfs')
      const { count, offset } = locateBlock(this.#metadata, this.#superblock, node, block)
      if (offset === undefined) {
        block += Math.max(1, Math.floor(count / perDirectoryBlock)) * perDirectoryBlock
        continue
      }
      yield* entriesOfBlock(this.#directoryBlock(node, block), ftype)
      block += perDirectoryBlock
    }
  }

  /** A block of a directory, which is one or more of the file system's. */
  #directoryBlock(node: XfsNode, first: number): Structure {
    const { blockSize, directoryBlockSize } = this.#superblock
    const parts: Structure[] = []
    for (let at = 0; at * blockSize < directoryBlockSize; at++) {
      const { offset } = locateBlock(this.#metadata, this.#superblock, node, first + at)
      if (offset === undefined) throw node.fork.corrupt('directory', `block ${first + at} is not there`)
      parts.push(this.#metadata.read('directory block', offset, blockSize))
    }
    if (parts.length === 1) return parts[0]!
    const bytes = new Uint8Array(directoryBlockSize)
    for (const [index, part] of parts.entries()) bytes.set(part.bytes, index * blockSize)
    return new Structure(bytes, parts[0]!.place)
  }
}
