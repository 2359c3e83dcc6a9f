/** What file systems have in common whose directories name inodes by number. */
import type { Source } from '../../source/source.ts'
import type { Budget } from '../budget.ts'
import type { ContainerError } from '../container-error.ts'
import { decodeName, isSelfOrParent } from '../file-name.ts'
import type { DirectoryEntry, FileNode, FileTree } from '../file-tree.ts'
import { MappedSource } from '../mapped-source.ts'

/** A name in a directory, and what it leads to: an inode's number, or its place. */
export interface NamedInode<Reference> {
  name: string
  inode: Reference
}

export interface InodeTreeOptions {
  /** `ext4`, `xfs` and so on. */
  format: string
  remarks?: readonly string[]
  budget: Budget
  /** Bytes of the longest link that the system makes. */
  maxLink: number
}

/** A tree whose root is read by `rootOf`, once the reader is ready for it. */
export abstract class InodeTree<Node extends FileNode, Reference> implements FileTree {
  readonly format: string
  readonly remarks: readonly string[]
  abstract readonly root: Node
  readonly #budget: Budget
  readonly #maxLink: number

  constructor({ format, remarks = [], budget, maxLink }: InodeTreeOptions) {
    this.format = format
    this.remarks = remarks
    this.#budget = budget
    this.#maxLink = maxLink
  }

  /** The entries as they are stored, `.` and `..` too. */
  protected abstract entries(directory: Node): Iterable<NamedInode<Reference>>
  protected abstract inode(reference: Reference): Node
  /** The target of a link, which is no longer than allowed. */
  protected abstract linkBytes(link: Node): Uint8Array
  /** An error about an inode. */
  protected abstract corrupt(node: Node, what: string, why: string): ContainerError
  abstract open(file: FileNode): Source

  protected rootOf(reference: Reference): Node {
    const root = this.inode(reference)
    if (root.kind !== 'directory') throw this.corrupt(root, 'root', 'it is no directory')
    return root
  }

  *list(directory: FileNode): Generator<DirectoryEntry> {
    let count = 0
    for (const { name, inode } of this.entries(directory as Node)) {
      this.#budget.entries(this.format, ++count)
      this.#budget.step(this.format)
      if (!isSelfOrParent(name)) yield { name, node: () => this.inode(inode) }
    }
  }

  readLink(link: FileNode): string {
    const node = link as Node
    if (node.size > this.#maxLink) {
      throw this.corrupt(node, 'link', `it has ${node.size} bytes, limit is ${this.#maxLink}`)
    }
    return decodeName(this.linkBytes(node), { slashes: true })
  }
}

/** Blocks of a file that follow each other: from `offset` of the disk on, or a hole. */
export interface BlockRun {
  count: number
  /** In bytes. */
  offset?: number | undefined
}

export interface BlockFile {
  layer: string
  budget: Budget
  /** In bytes. */
  size: number
  blockSize: number
  disk: Source
  /** Where a block of the file lies, by its number. */
  locate(block: number): BlockRun
}

/** The contents of a file in blocks. */
export function blockSource({ layer, budget, size, blockSize, disk, locate }: BlockFile): Source {
  return new MappedSource({
    layer,
    budget,
    size,
    locate(position) {
      const first = Math.floor(position / blockSize)
      const skip = position - first * blockSize
      const { count, offset } = locate(first)
      const length = count * blockSize - skip
      return offset === undefined ? { length } : { length, source: disk, offset: offset + skip }
    },
  })
}
