/**
 * btrfs as a tree of files: from the top-level subvolume on, in which all others are directories.
 * Source: btrfs documentation, "On-disk format" and "Subvolumes".
 */
import { readBytes } from '../../../source/memory.ts'
import type { Source } from '../../../source/source.ts'
import type { ContainerError } from '../../container-error.ts'
import type { ContainerContext } from '../../context.ts'
import { decodeName } from '../../file-name.ts'
import type { FileNode, FileTree } from '../../file-tree.ts'
import { Metadata } from '../../metadata.ts'
import type { Structure } from '../../structure.ts'
import { InodeTree, type NamedInode } from '../inode-tree.ts'
import { kindOfMode } from '../mode.ts'
import { itemAt, itemAtOrBefore, itemsFrom, type Key, readKey } from './btree.ts'
import { Chunks } from './chunks.ts'
import { btrfsSource, type Volume } from './extents.ts'
import type { BtrfsNode } from './inode.ts'
import { readSuperblock, type TreeRoot } from './superblock.ts'

const TYPE = {
  inode: 1,
  inodeRef: 12,
  directoryItem: 84,
  directoryIndex: 96,
  rootItem: 132,
  rootBackref: 144,
  rootRef: 156,
}
const TOP_LEVEL = 5
/** Where subvolumes that users make are numbered from, and each subvolume's own directory. */
const FIRST_FREE = 256
const DEFAULT_NAME = 'default'
/** Linux takes no longer ones (PATH_MAX). */
const MAX_LINK = 4096
/** Directories on the way to a subvolume. */
const MAX_DEPTH = 256

/** Opens btrfs on a device and its peers. Throws a ContainerError where it cannot be read. */
export const openBtrfs = (
  source: Source,
  context: Pick<ContainerContext, 'budget' | 'engine' | 'peers'>,
): FileTree => openBtrfsDevices([source, ...(context.peers ?? [])], context)

/** Opens btrfs on all of its devices that are there; the first has to be one. Others than its own are left out. */
export function openBtrfsDevices(
  sources: readonly Source[],
  context: Pick<ContainerContext, 'budget' | 'engine'>,
): FileTree {
  const [metadata, ...others] = sources.map(
    source => new Metadata(source, { layer: 'btrfs', budget: context.budget }),
  )
  const superblock = readSuperblock(metadata!)
  const devices = new Map([[superblock.device, metadata!]])
  for (const other of others) {
    const { fsid, device } = readSuperblock(other)
    if (fsid === superblock.fsid) devices.set(device, other)
  }
  const remarks = superblock.hasLog
    ? ['The tree log was not replayed: what was written last before a crash is as it was before']
    : []
  return new BtrfsTree(
    { superblock, context, chunks: new Chunks(metadata!, devices, superblock) },
    metadata!,
    remarks,
  )
}

/** Where an entry of a directory leads: its item, and the directory. */
interface Place {
  item: Structure
  from: Pick<BtrfsNode, 'subvolume' | 'inode'> & { root: TreeRoot }
}

class BtrfsTree extends InodeTree<BtrfsNode, Place> {
  readonly root: BtrfsNode
  readonly #volume: Volume
  readonly #metadata: Metadata

  constructor(volume: Volume, metadata: Metadata, remarks: readonly string[]) {
    super({ format: 'btrfs', remarks, budget: metadata.budget, maxLink: MAX_LINK })
    this.#volume = volume
    this.#metadata = metadata
    const root = this.#subvolume(TOP_LEVEL)
    if (root === undefined) throw metadata.corrupt('root tree', 'the top-level subvolume is not there')
    this.root = root
  }

  get systemRoots(): readonly (readonly string[])[] {
    const [first, rest] = [this.#defaultSubvolume(), [...this.#subvolumes()]]
    const paths = [first, ...rest.filter(id => id !== first)].map(id => this.#pathOf(id))
    return paths.filter(path => path !== undefined)
  }

  protected *entries(directory: BtrfsNode): Generator<NamedInode<Place>> {
    const { root, inode, subvolume } = directory
    if (root === undefined) return
    const start = { id: inode, type: TYPE.directoryIndex, offset: 0 }
    for (const { key, data } of itemsFrom(this.#readNode, root, start)) {
      if (key.id !== inode || key.type !== TYPE.directoryIndex) return
      const name = nameOf(data)
      if (name === '') throw data.corrupt('directory item', 'its name is empty')
      yield { name, inode: { item: data, from: { root, subvolume, inode } } }
    }
  }

  protected linkBytes(link: BtrfsNode): Uint8Array {
    return readBytes(this.open(link), 0, link.size)
  }

  protected corrupt(_: BtrfsNode, what: string, why: string): ContainerError {
    return this.#metadata.corrupt(what, why)
  }

  open(file: FileNode): Source {
    return btrfsSource(this.#volume, file as BtrfsNode)
  }

  get #readNode() {
    return this.#volume.chunks.readNode
  }

  get #rootTree(): TreeRoot {
    return this.#volume.superblock.root
  }

  /** What a directory's item leads to: an inode of the same subvolume, or another subvolume. */
  protected inode({ item: data, from }: Place): BtrfsNode {
    const location = readKey(data, 0)
    if (location.type !== TYPE.rootItem) return this.#inode(from.root, from.subvolume, location.id)
    const reference = { id: from.subvolume, type: TYPE.rootRef, offset: location.id }
    const directory = itemAt(this.#readNode, this.#rootTree, reference)?.data.u64(0)
    const subvolume = directory === from.inode ? this.#subvolume(location.id) : undefined
    if (subvolume !== undefined) return subvolume
    // As in Linux: a snapshot has empty directories for the subvolumes in it.
    const key = `${from.subvolume}/${from.inode}/${location.id}`
    return { kind: 'directory', size: 0, key, root: undefined, subvolume: location.id, inode: FIRST_FREE }
  }

  #subvolume(id: number): BtrfsNode | undefined {
    const found = this.#subvolumeRoot(id)
    return found === undefined ? undefined : this.#inode(found.root, id, found.directory)
  }

  #subvolumeRoot(id: number): { root: TreeRoot; directory: number } | undefined {
    const last = { id, type: TYPE.rootItem, offset: Number.MAX_VALUE }
    const item = itemAtOrBefore(this.#readNode, this.#rootTree, last)
    if (item === undefined || item.key.id !== id || item.key.type !== TYPE.rootItem) return undefined
    const { data } = item
    return { root: { address: data.u64(176), level: data.u8(238) }, directory: data.u64(168) }
  }

  #inode(root: TreeRoot, subvolume: number, inode: number): BtrfsNode {
    const item = itemAt(this.#readNode, root, { id: inode, type: TYPE.inode, offset: 0 })
    if (item === undefined)
      throw this.#metadata.corrupt(`inode ${inode}`, `it is not in subvolume ${subvolume}`)
    const kind = kindOfMode(item.data.u32(52))
    return {
      kind,
      size: kind === 'directory' ? 0 : item.data.u64(16),
      key: `${subvolume}/${inode}`,
      root,
      subvolume,
      inode,
    }
  }

  #defaultSubvolume(): number {
    const id = this.#volume.superblock.rootDirectory
    for (const { key, data } of itemsFrom(this.#readNode, this.#rootTree, {
      id,
      type: TYPE.directoryItem,
      offset: 0,
    })) {
      if (key.id !== id || key.type !== TYPE.directoryItem) break
      if (nameOf(data) === DEFAULT_NAME) return readKey(data, 0).id
    }
    return TOP_LEVEL
  }

  *#subvolumes(): Generator<number> {
    yield TOP_LEVEL
    let id = FIRST_FREE
    let count = 0
    for (;;) {
      const [item] = itemsFrom(this.#readNode, this.#rootTree, { id, type: TYPE.rootItem, offset: 0 })
      // Trees of the file system itself have the highest numbers.
      if (item === undefined || item.key.id >= 2 ** 48) return
      this.#metadata.budget.entries('btrfs', ++count)
      this.#metadata.budget.step('btrfs')
      if (item.key.type === TYPE.rootItem) yield item.key.id
      id = item.key.id + (item.key.type < TYPE.rootItem ? 0 : 1)
    }
  }

  /** The names that lead from the root to a subvolume; nothing where none do. */
  #pathOf(subvolume: number): readonly string[] | undefined {
    const names: string[] = []
    for (let id = subvolume; id !== TOP_LEVEL; ) {
      const reference = this.#parentOf(id)
      if (reference === undefined || names.length > MAX_DEPTH) return undefined
      const inParent = this.#namesIn(reference.parent, reference.directory)
      if (inParent === undefined) return undefined
      names.unshift(...inParent, reference.name)
      id = reference.parent
    }
    return names
  }

  #parentOf(subvolume: number): { parent: number; directory: number; name: string } | undefined {
    // The item that leads from a subvolume to what it lies in.
    const [item] = itemsFrom(this.#readNode, this.#rootTree, {
      id: subvolume,
      type: TYPE.rootBackref,
      offset: 0,
    })
    if (item === undefined || item.key.id !== subvolume || item.key.type !== TYPE.rootBackref)
      return undefined
    const { data, key } = item
    return { parent: key.offset, directory: data.u64(0), name: decodeName(data.slice(18, data.u16(16))) }
  }

  /** The names that lead to a directory in its subvolume. */
  #namesIn(subvolume: number, directory: number): string[] | undefined {
    const found = this.#subvolumeRoot(subvolume)
    if (found === undefined) return undefined
    const names: string[] = []
    for (let id = directory; id !== found.directory; ) {
      const start: Key = { id, type: TYPE.inodeRef, offset: 0 }
      const [item] = itemsFrom(this.#readNode, found.root, start)
      if (item === undefined || item.key.id !== id || item.key.type !== TYPE.inodeRef) return undefined
      if (names.length > MAX_DEPTH) return undefined
      names.unshift(decodeName(item.data.slice(10, item.data.u16(8))))
      id = item.key.offset
    }
    return names
  }
}

/** The name in a directory's item (`btrfs_dir_item`). */
const nameOf = (data: Structure): string => decodeName(data.slice(30, data.u16(27)))
