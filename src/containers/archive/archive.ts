/** What archives have in common whose members follow each other: tar, cpio, ar. */
import type { Source } from '../../source/source.ts'
import type { FileKind } from '../file-tree.ts'

/** A source that may hold an engine, which it takes again where it is read after `close`. */
export interface ClosableSource extends Source {
  close?(): void
}

export interface ArchiveEntry {
  /** As it is stored, without `/` and `./` at its start and `/` at its end. May have `..` in it. */
  readonly path: string
  readonly kind: FileKind
  /** In bytes. */
  readonly size: number
  /** What a symbolic link leads to. */
  readonly target?: string
  /** The path of the entry whose contents a hard link has. */
  readonly hardLink?: string
  /** Its contents. In a stream they are read before the next entry is asked for, else from its start again. */
  open(): ClosableSource
}

/** The entries in the order in which they are stored. Throws a ContainerError. */
export type ArchiveReader = (source: Source) => Iterable<ArchiveEntry>

/** A stored path without what does not lead down from the root. */
export function relativePath(path: string): string {
  return path
    .split('/')
    .filter(name => name !== '' && name !== '.')
    .join('/')
}
