/** What every file system and every archive with an index offers: a tree of files that are opened as sources. */
import type { Source } from '../source/source.ts'

export type FileKind = 'file' | 'directory' | 'link' | 'other'

/** One file, directory or symbolic link of a tree. */
export interface FileNode {
  readonly kind: FileKind
  /** In bytes; 0 where it means nothing. */
  readonly size: number
  /** Tells it from every other node of its tree: equal for hard links. */
  readonly key: string
}

/** One name in a directory. The node is read when it is asked for. */
export interface DirectoryEntry {
  /** UTF-8 where the bytes are, else each other byte as `\xNN`. Never empty, `.` or `..`, and without `/` and NUL. */
  readonly name: string
  node(): FileNode
}

export interface FileTree {
  /** `ext4`, `xfs`, `vfat`, `tar` and so on. */
  readonly format: string
  /** What is to be known of its state, one sentence each: a journal that was replayed, a log that was not. */
  readonly remarks: readonly string[]
  readonly root: FileNode
  /**
   * The directories, as names from the root, that a system may have as its root, the default one first: subvolumes.
   * Without this it is the root alone. Throws a ContainerError.
   */
  readonly systemRoots?: readonly (readonly string[])[]
  /** Files that no directory has: the images that a disc boots from. Throws a ContainerError. */
  readonly besides?: readonly DirectoryEntry[]
  /** The entries of a directory in the order in which they are stored. Throws a ContainerError. */
  list(directory: FileNode): Iterable<DirectoryEntry>
  /** The entry of that name where the tree finds it faster than by listing. */
  find?(directory: FileNode, name: string): FileNode | undefined
  /** The target of a symbolic link, as `name` is written. Throws a ContainerError. */
  readLink(link: FileNode): string
  /** The contents of a file. Holes read as zeros. Throws a ContainerError, as its `read` may. */
  open(file: FileNode): Source
}
