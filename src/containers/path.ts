/** Finds what a path leads to in a tree of files, links followed inside the tree. */
import { ContainerError } from './container-error.ts'
import type { FileNode, FileTree } from './file-tree.ts'

/** As Linux has it (fs/namei.c, MAXSYMLINKS). */
const MAX_LINKS = 40
/** Longer paths, links put in, are refused: no directory of a real tree is that deep. */
const MAX_SEGMENTS = 1000

export interface FoundPath {
  readonly node: FileNode
  /** The names from the root to it, without links: a link at the end is there only where it is not followed. */
  readonly names: readonly string[]
  /** How many links were followed on the way. */
  readonly links: number
}

export interface LookupOptions {
  /** Whether a link at the end of the path is followed, as it is where this is not set. */
  readonly followLast?: boolean
  /** The directory, as names from the root, from `root`, in which a path without a `/` at the start begins. */
  readonly from?: readonly string[]
  /** The directory, as names, that the path and absolute links start from, and that `..` does not leave. */
  readonly root?: readonly string[]
}

/**
 * What `path` leads to; nothing where it leads to nothing. `..` does not leave the root. Throws a ContainerError
 * where links lead in a circle or the structures on the way are broken.
 */
export function findPath(tree: FileTree, path: string, options: LookupOptions = {}): FoundPath | undefined {
  const { followLast = true, from = [], root = [] } = options
  const start = rootOf(tree, root)
  if (start === undefined) return undefined
  // What is still to be walked, the next name last.
  const ahead = [...(path.startsWith('/') ? [] : from), ...segments(path)].reverse()
  const walked: Omit<FoundPath, 'links'>[] = [start]
  let links = 0
  while (ahead.length > 0) {
    if (ahead.length + walked.length > MAX_SEGMENTS)
      throw refusal(tree, `it has more than ${MAX_SEGMENTS} names`)
    const name = ahead.pop()!
    const here = walked.at(-1)!
    if (here.node.kind !== 'directory') return undefined
    if (name === '..') {
      if (walked.length > 1) walked.pop()
      continue
    }
    const node = findEntry(tree, here.node, name)
    if (node === undefined) return undefined
    if (node.kind === 'link' && (followLast || ahead.length > 0)) {
      if (++links > MAX_LINKS) throw refusal(tree, `it leads through more than ${MAX_LINKS} links`)
      const target = tree.readLink(node)
      if (target.startsWith('/')) walked.length = 1
      ahead.push(...segments(target).reverse())
    } else {
      walked.push({ node, names: [...here.names, name] })
    }
  }
  return { ...walked.at(-1)!, links }
}

/** The directory that `names` lead to, none of them a link. */
function rootOf(tree: FileTree, names: readonly string[]): Omit<FoundPath, 'links'> | undefined {
  let node: FileNode | undefined = tree.root
  for (const name of names) node = node?.kind === 'directory' ? findEntry(tree, node, name) : undefined
  return node?.kind === 'directory' ? { node, names } : undefined
}

/** The entry of that name in `directory`; nothing where there is none. */
export function findEntry(tree: FileTree, directory: FileNode, name: string): FileNode | undefined {
  if (tree.find !== undefined) return tree.find(directory, name)
  for (const entry of tree.list(directory)) if (entry.name === name) return entry.node()
  return undefined
}

const segments = (path: string): string[] => path.split('/').filter(name => name !== '' && name !== '.')

function refusal(tree: FileTree, why: string): ContainerError {
  return new ContainerError(
    'container-limit',
    tree.format,
    `Cannot follow the path in the ${tree.format} file system: ${why}`,
  )
}
