/** Walks a tree of files to those in which kernels may be. */
import { namedFiles } from './boot-config.ts'
import { ContainerError } from './container-error.ts'
import type { DirectoryEntry, FileNode, FileTree } from './file-tree.ts'
import { holdsKernels, leadsToKernels, mayBeKernel } from './kernel-places.ts'
import { type FoundPath, findPath } from './path.ts'

export interface TreeFile {
  /** From the root of the tree. */
  names: readonly string[]
  node: FileNode
  /** It lies where kernels lie in a system. */
  isExpected: boolean
}

export interface TreeVisitor {
  file(file: TreeFile): void
  /** A directory that cannot be listed, by its names from the root; the walk goes on after it. */
  problem(names: readonly string[], error: ContainerError): void
}

/**
 * The files of a tree in the places where kernels lie, or all of them; each once, whatever names lead to it. Places are
 * looked for from each directory on that a system may have as its root.
 */
export class TreeWalk {
  readonly #tree: FileTree
  readonly #everywhere: boolean
  readonly #seen = new Set<string>()
  /** Directories, from the present root on: one may be another root's, and have its kernels elsewhere. */
  #walked = new Set<string>()

  readonly #visitor: TreeVisitor

  constructor(tree: FileTree, everywhere: boolean, visitor: TreeVisitor) {
    this.#tree = tree
    this.#everywhere = everywhere
    this.#visitor = visitor
  }

  /** Throws a ContainerError where the root cannot be read, or the budget is used up. */
  run(): void {
    for (const root of this.#tree.systemRoots ?? [[]]) {
      const found = findPath(this.#tree, '/', { root })
      this.#walked = new Set()
      if (found === undefined) continue
      this.#walk(root, [], found.node)
      if (!this.#everywhere) this.#guard([...root, 'boot'], () => this.#takeNamed(root))
    }
    this.#guard([], () => {
      for (const { name, node } of this.#tree.besides ?? [])
        this.#take([], [name], node(), { isWanted: true, leadsOn: false })
    })
  }

  /** The files that bootloaders are told to load, wherever they lie. */
  #takeNamed(root: readonly string[]): void {
    for (const { names, node } of namedFiles(this.#tree, root)) {
      if (this.#seen.has(node.key)) continue
      this.#seen.add(node.key)
      this.#guard(names, () => this.#visitor.file({ names, node, isExpected: true }))
    }
  }

  /** Walks the directory that `names` lead to from the system's root on, whose own names are `root`. */
  #walk(root: readonly string[], names: readonly string[], directory: FileNode): void {
    if (this.#walked.has(directory.key)) return
    this.#walked.add(directory.key)
    const takesFiles = this.#everywhere || holdsKernels(names)
    for (const entry of this.#entries([...root, ...names], directory)) {
      const path = [...names, entry.name]
      const isWanted = takesFiles && (this.#everywhere || mayBeKernel(path))
      const leadsOn = this.#everywhere || leadsToKernels(path)
      if (isWanted || leadsOn) {
        this.#guard([...root, ...path], () => this.#take(root, path, entry.node(), { isWanted, leadsOn }))
      }
    }
  }

  #take(
    root: readonly string[],
    path: readonly string[],
    node: FileNode,
    { isWanted, leadsOn }: Wanted,
  ): void {
    if (node.kind === 'file' && isWanted && !this.#seen.has(node.key)) {
      this.#seen.add(node.key)
      this.#visitor.file({ names: [...root, ...path], node, isExpected: mayBeKernel(path) })
    } else if (node.kind === 'directory' && leadsOn) {
      this.#walk(root, path, node)
    } else if (node.kind === 'link' && leadsOn && !this.#everywhere) {
      this.#follow(root, path)
    }
  }

  /** The entries in order; none where the directory cannot be listed. */
  #entries(names: readonly string[], directory: FileNode): DirectoryEntry[] {
    let entries: DirectoryEntry[] = []
    this.#guard(names, () => {
      entries = sorted(this.#tree.list(directory))
    })
    return entries
  }

  /** Does something; an error in it is said, but where nothing is left of the budget the walk ends. */
  #guard(names: readonly string[], action: () => void): void {
    try {
      action()
    } catch (error) {
      if (!(error instanceof ContainerError) || error.code === 'container-limit' || names.length === 0)
        throw error
      this.#visitor.problem(names, error)
    }
  }

  /** A folder that a link leads to, such as /lib to /usr/lib, is walked by its own names. */
  #follow(root: readonly string[], path: readonly string[]): void {
    const found = this.#findFolder(root, path)
    const names = found?.names.slice(root.length)
    if (found?.node.kind === 'directory' && names !== undefined && leadsToKernels(names)) {
      this.#walk(root, names, found.node)
    }
  }

  #findFolder(root: readonly string[], path: readonly string[]): FoundPath | undefined {
    try {
      return findPath(this.#tree, `/${path.join('/')}`, { root })
    } catch (error) {
      // Links in a circle lead to no folder. A budget that is used up shows at the next one as well.
      if (error instanceof ContainerError) return undefined
      throw error
    }
  }
}

interface Wanted {
  isWanted: boolean
  leadsOn: boolean
}

/** By name, so that the order does not depend on the file system. */
const sorted = (entries: Iterable<DirectoryEntry>): DirectoryEntry[] =>
  [...entries].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
