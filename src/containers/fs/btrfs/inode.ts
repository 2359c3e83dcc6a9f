/** Inodes of btrfs, which are items of a subvolume's tree. Source: btrfs documentation, "On-disk format" (`btrfs_inode_item`). */
import type { FileKind, FileNode } from '../../file-tree.ts'
import type { TreeRoot } from './superblock.ts'

export interface BtrfsNode extends FileNode {
  readonly kind: FileKind
  /** The subvolume's tree; nothing for a subvolume that is not there any more. */
  readonly root: TreeRoot | undefined
  readonly subvolume: number
  readonly inode: number
}
