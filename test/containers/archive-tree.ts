/** The members of an archive as a tree of files, for tests of what works on trees. */

import type { ArchiveEntry } from '../../src/containers/archive/archive.ts'
import type { Budget } from '../../src/containers/budget.ts'
import { ContainerError } from '../../src/containers/container-error.ts'
import type { DirectoryEntry, FileNode, FileTree } from '../../src/containers/file-tree.ts'
import { MemorySource } from '../../src/source/memory.ts'
import type { Source } from '../../src/source/source.ts'

interface TreeNode extends FileNode {
  entry?: ArchiveEntry
  children?: Map<string, TreeNode>
}

/**
 * Reads all `entries` into a tree. Of entries with one path the last counts, as it does where the archive is unpacked;
 * paths with `..` lead nowhere and are remarked. Throws a ContainerError.
 */
export function archiveTree(format: string, entries: Iterable<ArchiveEntry>, budget: Budget): FileTree {
  const builder = new TreeBuilder(format, budget)
  for (const entry of entries) builder.add(entry)
  return builder.tree()
}

class TreeBuilder {
  readonly #format: string
  readonly #budget: Budget
  readonly #root: TreeNode = { kind: 'directory', size: 0, key: '0', children: new Map() }
  #count = 0
  #outside = 0

  constructor(format: string, budget: Budget) {
    this.#format = format
    this.#budget = budget
  }

  add(entry: ArchiveEntry): void {
    this.#budget.entries(this.#format, ++this.#count)
    this.#budget.step(this.#format)
    const names = entry.path.split('/').filter(name => name !== '')
    if (names.includes('..')) {
      this.#outside++
      return
    }
    const last = names.pop()
    if (last === undefined) return
    let directory = this.#root
    for (const name of names) directory = this.#directory(directory, name)
    if (entry.kind === 'directory') {
      this.#directory(directory, last)
    } else {
      const target = entry.hardLink === undefined ? undefined : this.#find(entry.hardLink)
      const node = target ?? { kind: entry.kind, size: entry.size, key: `${this.#count}`, entry }
      directory.children!.set(last, node)
    }
  }

  tree(): FileTree {
    const remarks =
      this.#outside === 0 ? [] : [`${this.#outside} entries of the ${this.#format} have ".." in their paths.`]
    return new ArchiveTree(this.#format, this.#root, remarks)
  }

  #directory(parent: TreeNode, name: string): TreeNode {
    const known = parent.children!.get(name)
    if (known?.children !== undefined) return known
    const node: TreeNode = { kind: 'directory', size: 0, key: `d${++this.#count}`, children: new Map() }
    parent.children!.set(name, node)
    return node
  }

  #find(path: string): TreeNode | undefined {
    let node: TreeNode | undefined = this.#root
    for (const name of path.split('/').filter(part => part !== '')) node = node?.children?.get(name)
    return node?.entry === undefined ? undefined : node
  }
}

class ArchiveTree implements FileTree {
  readonly format: string
  readonly root: FileNode
  readonly remarks: readonly string[]

  constructor(format: string, root: TreeNode, remarks: readonly string[]) {
    this.format = format
    this.root = root
    this.remarks = remarks
  }

  *list(directory: FileNode): Iterable<DirectoryEntry> {
    for (const [name, node] of (directory as TreeNode).children ?? []) yield { name, node: () => node }
  }

  find(directory: FileNode, name: string): FileNode | undefined {
    return (directory as TreeNode).children?.get(name)
  }

  readLink(link: FileNode): string {
    const { entry } = link as TreeNode
    if (entry?.target !== undefined) return entry.target
    const message = `Cannot read the link in the ${this.format}: it is none`
    throw new ContainerError('container-corrupt', this.format, message)
  }

  open(file: FileNode): Source {
    return (file as TreeNode).entry?.open() ?? new MemorySource(new Uint8Array())
  }
}
