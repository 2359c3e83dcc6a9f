/** What pygrub's library (libfsimage) takes as a path: each of its readers has rules of its own. */

/** The names in a directory. */
export type ListNames = (directory: string) => readonly string[]

/**
 * The path that libfsimage's reader of a family looks for; undefined where it finds nothing by it. ext is read through
 * libext2fs, for which an empty name is a name. The other readers are those of GRUB legacy, where a path ends before
 * white space; those of FAT, ISO 9660 and XFS take no `/` at the end, ISO 9660's no `.` and `..`.
 */
export function libraryPath(family: string, path: string, list: ListNames): string | undefined {
  if (family === 'ext') return path.includes('//') ? undefined : path
  const [asked] = /^[^\t-\r ]*/.exec(path)!
  if (asked.endsWith('/') && TAKES_NO_SLASH.has(family)) return undefined
  if (family !== 'vfat' && family !== 'iso9660') return asked
  const names = asked.split('/').filter(name => name !== '')
  if (family === 'vfat') return fatPath(names, list)
  return names.some(isDots) ? undefined : asked
}

const TAKES_NO_SLASH: ReadonlySet<string> = new Set(['vfat', 'iso9660', 'xfs'])

/**
 * The most symbolic links that libfsimage's reader of a family follows: MAX_LINK_COUNT of its XFS and
 * EXT2FS_MAX_NESTED_LINKS of libext2fs. The readers of ISO 9660 and UFS know none.
 */
export const linkLimit = (family: string): number => (family === 'ext' || family === 'xfs' ? 8 : 0)

const isDots = (name: string): boolean => name === '.' || name === '..'

/** The root directory has no `.` and `..`, and the `..` that stands for it leads nowhere. Case counts. */
function fatPath(names: readonly string[], list: ListNames): string | undefined {
  const walked: string[] = []
  for (const name of names) {
    if (isDots(name)) {
      if (walked.length < (name === '..' ? 2 : 1)) return undefined
      if (name === '..') walked.pop()
      continue
    }
    const found = list(`/${walked.join('/')}`).find(there => isFound(there, name))
    if (found === undefined) return undefined
    walked.push(found)
  }
  return `/${walked.join('/')}`
}

/** A short name is read in small letters. A name that is short but for its case has both names. */
function isFound(name: string, asked: string): boolean {
  const short = /^[^. ]{1,8}(\.[^. ]{0,3})?$/.test(name)
  if (short && asked === name.toLowerCase()) return true
  return asked === name && !(short && name === name.toUpperCase())
}
