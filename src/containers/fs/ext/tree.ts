/** ext2, ext3 and ext4 as a tree of files. */
import { MemorySource, readBytes } from '../../../source/memory.ts'
import type { Source } from '../../../source/source.ts'
import { ContainerError } from '../../container-error.ts'
import type { ContainerContext } from '../../context.ts'
import type { FileNode, FileTree } from '../../file-tree.ts'
import { Metadata } from '../../metadata.ts'
import { Structure } from '../../structure.ts'
import { blockSource, InodeTree } from '../inode-tree.ts'
import { locateBlock } from './blocks.ts'
import { type ExtEntry, entriesOfBlock } from './directory.ts'
import { BLOCK_LENGTH, type ExtNode, FLAG, inlineParts, readInode } from './inode.ts'
import { ReplayedSource, readJournal } from './journal.ts'
import { readSuperblock, type Superblock } from './superblock.ts'

const ROOT_INODE = 2
/** An inline directory starts with its parent's number instead of entries for itself and its parent. */
const INLINE_PARENT = 4
/** Linux takes no longer ones (PATH_MAX). */
const MAX_LINK = 4096

/** Opens ext2, ext3 or ext4. Throws a ContainerError where it cannot be read. */
export function openExt(source: Source, { budget }: Pick<ContainerContext, 'budget'>): FileTree {
  const metadata = new Metadata(source, { layer: 'ext4', budget })
  const superblock = readSuperblock(metadata)
  const remarks: string[] = []
  const replayed = superblock.recover ? replay(metadata, superblock, remarks) : undefined
  if (replayed === undefined) return new ExtTree(metadata, superblock, remarks)
  const after = new Metadata(replayed, { layer: 'ext4', budget })
  return new ExtTree(after, readSuperblock(after), remarks)
}

/** The file system with what its journal holds; nothing where that cannot be told, which becomes a remark. */
function replay(metadata: Metadata, superblock: Superblock, remarks: string[]): Source | undefined {
  const before = 'this is the state before the last changes'
  if (superblock.journalInode === 0) {
    const where = superblock.journalElsewhere ? 'lies on another device' : 'is not there'
    remarks.push(`The file system was not unmounted and its journal ${where}: ${before}`)
    return undefined
  }
  try {
    const journal = fileSource(metadata, superblock, readInode(metadata, superblock, superblock.journalInode))
    const result = readJournal(journal, metadata, superblock.blockSize)
    const what = `${result.blocks.size} blocks of ${result.transactions} transactions`
    remarks.push(`The file system was not unmounted: its journal was replayed in memory, ${what}`)
    if (superblock.fastCommit)
      remarks.push('Fast commits in the journal, if there are any, were not replayed')
    return new ReplayedSource(metadata.source, journal, result, superblock.blockSize)
  } catch (error) {
    if (!(error instanceof ContainerError) || error.code === 'container-limit') throw error
    remarks.push(
      `The file system was not unmounted and its journal cannot be replayed: ${before}. ${error.message}`,
    )
    return undefined
  }
}

function fileSource(metadata: Metadata, superblock: Superblock, node: ExtNode): Source {
  const { blockSize } = superblock
  const { layer, budget, source } = metadata
  const locate = (first: number) => {
    const { count, block } = locateBlock(metadata, superblock, node, first)
    return { count, offset: block === undefined ? undefined : block * blockSize }
  }
  return blockSource({ layer, budget, size: node.size, blockSize, disk: source, locate })
}

class ExtTree extends InodeTree<ExtNode, number> {
  readonly root: ExtNode
  readonly #metadata: Metadata
  readonly #superblock: Superblock

  constructor(metadata: Metadata, superblock: Superblock, remarks: readonly string[]) {
    super({ format: superblock.format, remarks, budget: metadata.budget, maxLink: MAX_LINK })
    this.#metadata = metadata
    this.#superblock = superblock
    this.root = this.rootOf(ROOT_INODE)
  }

  protected linkBytes(node: ExtNode): Uint8Array {
    this.#refuseEncrypted(node)
    const inPlace = node.size < BLOCK_LENGTH && !node.has(FLAG.extents) && !node.has(FLAG.inline)
    return inPlace ? node.block.slice(0, node.size) : readBytes(this.open(node), 0, node.size)
  }

  protected corrupt({ raw, number }: ExtNode, what: string, why: string): ContainerError {
    return raw.corrupt(`${what} of inode ${number}`, why)
  }

  open(file: FileNode): Source {
    const node = file as ExtNode
    this.#refuseEncrypted(node)
    if (!node.has(FLAG.inline)) return fileSource(this.#metadata, this.#superblock, node)
    const [head, rest] = inlineParts(node)
    if (head.length + rest.length < node.size) {
      throw node.raw.corrupt(
        `inode ${node.number}`,
        `it has ${node.size} bytes, of which ${head.length + rest.length} are there`,
      )
    }
    const bytes = new Uint8Array(node.size)
    bytes.set(head)
    bytes.set(rest.subarray(0, node.size - head.length), head.length)
    return new MemorySource(bytes)
  }

  protected inode(number: number): ExtNode {
    return readInode(this.#metadata, this.#superblock, number)
  }

  #refuseEncrypted(node: ExtNode): void {
    if (!node.has(FLAG.encrypt)) return
    const message = `Cannot read inode ${node.number} of the ${this.format} file system: it is encrypted`
    throw new ContainerError('container-not-read', this.format, message, node.raw.place.offset)
  }

  protected *entries(node: ExtNode): Generator<ExtEntry> {
    this.#refuseEncrypted(node)
    const { blockSize, filetype } = this.#superblock
    if (node.has(FLAG.inline)) {
      yield* entriesOfBlock(node.block.part(INLINE_PARENT), filetype)
      const [, rest] = inlineParts(node)
      const place = { ...node.raw.place, offset: node.raw.place.offset + node.raw.length - rest.length }
      yield* entriesOfBlock(new Structure(rest, place), filetype)
      return
    }
    const blocks = Math.ceil(node.size / blockSize)
    for (let at = 0; at < blocks; ) {
      this.#metadata.budget.step(this.format)
      const { count, block } = locateBlock(this.#metadata, this.#superblock, node, at)
      const end = Math.min(blocks, at + count)
      for (let index = at; block !== undefined && index < end; index++) {
        const raw = this.#metadata.read('directory block', (block + index - at) * blockSize, blockSize)
        yield* entriesOfBlock(raw, filetype)
      }
      at = end
    }
  }
}
