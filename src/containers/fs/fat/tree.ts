/** FAT12, FAT16 and FAT32 as a tree of files. */
import type { Source } from '../../../source/source.ts'
import type { ContainerContext } from '../../context.ts'
import type { DirectoryEntry, FileNode, FileTree } from '../../file-tree.ts'
import { Metadata } from '../../metadata.ts'
import { type FatLayout, readBootSector } from './boot-sector.ts'
import { Chain, chainSource, clusterOffset } from './chain.ts'
import { ENTRY, EntryReader, type FatEntry } from './directory.ts'

/** 65,536 entries (FAT32 File System Specification, "FAT Directory Structure"). */
const MAX_DIRECTORY = 2 ** 21

interface FatNode extends FileNode {
  /** The first one; of the root of FAT12 and FAT16 none. */
  readonly cluster: number | undefined
}

/** Opens FAT12, FAT16 or FAT32. Throws a ContainerError where it cannot be read. */
export function openFat(source: Source, { budget }: Pick<ContainerContext, 'budget'>): FileTree {
  const metadata = new Metadata(source, { layer: 'vfat', budget })
  return new FatTree(metadata, readBootSector(metadata))
}

class FatTree implements FileTree {
  readonly format = 'vfat'
  readonly remarks = []
  readonly root: FatNode
  readonly #metadata: Metadata
  readonly #layout: FatLayout

  constructor(metadata: Metadata, layout: FatLayout) {
    this.#metadata = metadata
    this.#layout = layout
    const cluster = 'cluster' in layout.root ? layout.root.cluster : undefined
    this.root = { kind: 'directory', size: 0, key: `directory ${cluster ?? 'root'}`, cluster }
  }

  *list(directory: FileNode): Generator<DirectoryEntry> {
    for (const { entry, offset } of this.#entries(directory as FatNode)) {
      yield { name: entry.name, node: () => nodeOf(entry, offset) }
    }
  }

  /** Upper and lower case are one in names, and each entry has a short name as well. */
  find(directory: FileNode, name: string): FileNode | undefined {
    const wanted = name.toLowerCase()
    for (const { entry, offset } of this.#entries(directory as FatNode)) {
      if (entry.name.toLowerCase() === wanted || entry.shortName.toLowerCase() === wanted)
        return nodeOf(entry, offset)
    }
    return undefined
  }

  readLink(): string {
    throw this.#metadata.corrupt('link', 'there are no links')
  }

  open(file: FileNode): Source {
    return chainSource(this.#metadata, this.#layout, (file as FatNode).cluster ?? 0, file.size)
  }

  *#entries({ cluster }: FatNode): Generator<{ entry: FatEntry; offset: number }> {
    const reader = new EntryReader()
    let count = 0
    for (const { offset, length } of this.#areas(cluster)) {
      for (let at = 0; at < length; at += ENTRY) {
        this.#metadata.budget.entries('vfat', ++count)
        const entry = reader.next(this.#metadata.read('directory entry', offset + at, ENTRY))
        if (entry === 'end') return
        if (entry !== undefined) yield { entry, offset: offset + at }
      }
    }
  }

  /** Where the entries of the directory at `cluster` lie. */
  *#areas(cluster: number | undefined): Generator<{ offset: number; length: number }> {
    const layout = this.#layout
    if (cluster === undefined) {
      if ('offset' in layout.root) yield layout.root
      return
    }
    const chain = new Chain(this.#metadata, layout, cluster)
    for (let index = 0; index * layout.clusterSize < MAX_DIRECTORY; index++) {
      const found = chain.at(index)
      if (found === undefined) return
      yield { offset: clusterOffset(layout, found.cluster), length: layout.clusterSize }
    }
  }
}

function nodeOf({ directory, size, cluster }: FatEntry, offset: number): FatNode {
  if (directory) return { kind: 'directory', size: 0, key: `directory ${cluster}`, cluster }
  return { kind: 'file', size, key: `file ${offset}`, cluster }
}
