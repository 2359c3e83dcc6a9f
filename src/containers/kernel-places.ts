/** Where in a file system, an archive or a disc kernels lie. Elsewhere nobody looks unless all of it is asked for. */

interface Place {
  /** Names from the root; `*` is any name, `#` the identity of a machine. */
  path: readonly string[]
  /** How many levels of folders below it belong to it. */
  depth: number
  /** The names of files that are looked at; all where it is not set. */
  names?: RegExp
}

const IMAGE = /^(?:vmlinu[xz]|bzImage|linux|Image)/
const place = (path: string, depth: number, names?: RegExp): Place => ({
  path: path === '/' ? [] : path.slice(1).split('/'),
  depth,
  ...(names !== undefined && { names }),
})

const PLACES: readonly Place[] = [
  place('/', 0),
  place('/boot', 4),
  // Distributions that keep the kernel with its modules, and link to it.
  place('/usr/lib/modules/*', 0, IMAGE),
  place('/lib/modules/*', 0, IMAGE),
  // EFI system partitions; systemd-boot's own folders are named by machine and release.
  place('/EFI', 4),
  place('/efi', 4),
  place('/#/*', 0, IMAGE),
  // Illumos, NetBSD and others; Amazon's first PV images.
  place('/kernel', 1),
  place('/platform/i86xpv/kernel', 2),
  place('/usr/lib/linux', 1),
  // Discs.
  place('/isolinux', 1),
  place('/syslinux', 1),
  place('/live', 1),
  place('/casper', 1),
  place('/images', 3),
  place('/install.amd', 2),
  place('/install', 3),
  place('/arch/boot', 2),
  // Disks in images of containers (KubeVirt), and the layers of archives that Docker wrote before 1.10.
  place('/disk', 0),
  place('/*', 0, /^layer\.tar$/),
]

/** Folders of GRUB that hold its modules, fonts and translations, and what is below them. */
const NO_KERNELS =
  /(?:^|\/)grub2?\/(?:(?:i386|x86_64|arm|arm64|ia64|riscv\d+)-[^/]+|fonts|locale|themes)(?:\/|$)/

/** Whether files in the folder are looked at, by its names from the root. */
export function holdsKernels(folder: readonly string[]): boolean {
  return PLACES.some(({ path, depth }) => depthBelow(path, folder) <= depth) && !isWithout(folder)
}

/** Whether the file is looked at, by its names from the root. */
export function mayBeKernel(file: readonly string[]): boolean {
  const folder = file.slice(0, -1)
  const name = file.at(-1) ?? ''
  if (isWithout(folder)) return false
  return PLACES.some(
    ({ path, depth, names }) =>
      depthBelow(path, folder) <= depth && (names === undefined || names.test(name)),
  )
}

/** Whether the folder leads to one in which files are looked at, or is one. */
export function leadsToKernels(folder: readonly string[]): boolean {
  if (isWithout(folder)) return false
  return PLACES.some(({ path, depth }) => {
    if (folder.length >= path.length) return depthBelow(path, folder) <= depth
    return folder.every((name, index) => matches(path[index]!, name))
  })
}

/** `/etc/machine-id`: kernel-install puts a machine's kernels into a folder of that name. */
const MACHINE_ID = /^[0-9a-f]{32}$/

const matches = (wanted: string, name: string): boolean =>
  wanted === '*' || wanted === name || (wanted === '#' && MACHINE_ID.test(name))

const isWithout = (folder: readonly string[]) => NO_KERNELS.test(folder.join('/'))

/** How many levels `folder` is below `path`; infinitely many where it is not. */
function depthBelow(path: readonly string[], folder: readonly string[]): number {
  if (folder.length < path.length) return Number.POSITIVE_INFINITY
  const isBelow = path.every((name, index) => matches(name, folder[index]!))
  return isBelow ? folder.length - path.length : Number.POSITIVE_INFINITY
}
