/** Tells one file, as it was at one time, from every other. */
import type { BigIntStats } from 'node:fs'

/**
 * Device, inode, size, and when bytes and inode were last changed, in nanoseconds. Equal for hard links, and
 * different after a file was written to, even where its modification time was set back.
 */
export const identityOf = ({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string =>
  `${dev}:${ino}:${size}:${mtimeNs}:${ctimeNs}`

/** An identity without its device, whose number a remount changes: good enough together with a path. */
export const identityInPlace = (identity: string): string => identity.slice(identity.indexOf(':') + 1)
