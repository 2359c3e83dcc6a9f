/** The type bits of Unix modes, which most file systems store as they are (POSIX sys/stat.h). */
import type { FileKind } from '../file-tree.ts'

/** S_IFDIR, S_IFREG and S_IFLNK without the twelve bits below them. */
const KINDS: Record<number, FileKind> = { 4: 'directory', 8: 'file', 10: 'link' }

/** What an inode of that mode is. */
export const kindOfMode = (mode: number): FileKind => KINDS[(mode >> 12) & 0xf] ?? 'other'
