/** A guest's own boot loader on its disk: partition, configuration, entry, kernel, and what the loader makes of it. */
import { type LoaderOutcome, loaderOutcome } from '../xen/boot-path/ask.ts'
import type { BootPath } from '../xen/boot-path/boot-path.ts'
import { chooseByPath, type GuestPath } from './guest/choose.ts'
import type { GuestDisk } from './guest-disk.ts'
import type { GuestVolume } from './guest-volumes.ts'
import type { MenuChoice, MenuEntry } from './menu.ts'
import type { GuestKernels } from './walk.ts'

/** One entry, with its files found. */
export interface FoundEntry extends MenuEntry {
  /** Where the kernel lies; absent where no file system has it. */
  volume?: GuestVolume
  /** Names of initrds that are not there. */
  missing: readonly string[]
  /** What the path's loader makes of the kernel. */
  outcome?: LoaderOutcome
}

export interface GuestWalk {
  path: GuestPath
  /** Where the configuration lies. */
  volume: GuestVolume
  choice: MenuChoice
  entry?: FoundEntry
  candidates: readonly FoundEntry[]
}

/** Walks the file systems of `volumes` in order; undefined where none has a configuration. Without `kernels`
 * no kernel is read, and no loader asked. */
export function walkGuest(
  disk: GuestDisk,
  kernels: GuestKernels | undefined,
  volumes: readonly GuestVolume[],
  boot: BootPath & { path: GuestPath },
): GuestWalk | undefined {
  for (const volume of volumes) {
    const files = disk.mountVolume(volume)
    const choice = files === undefined ? undefined : chooseByPath(files, boot.path)
    if (choice === undefined) continue
    const find = (entry: MenuEntry) =>
      findFiles(disk, kernels, [volume, ...volumes.filter(other => other !== volume)], entry, boot)
    return {
      path: boot.path,
      volume,
      choice,
      ...(choice.entry !== undefined && { entry: find(choice.entry) }),
      candidates: choice.candidates.map(find),
    }
  }
  return undefined
}

/** The kernel lies on the configuration's file system, or on another one that `search` finds by its UUID. */
function findFiles(
  disk: GuestDisk,
  kernels: GuestKernels | undefined,
  volumes: readonly GuestVolume[],
  entry: MenuEntry,
  boot: BootPath & { path: GuestPath },
): FoundEntry {
  const { kernel } = entry
  const volume =
    kernel === undefined
      ? undefined
      : volumes.find(place => disk.mountVolume(place)?.size(kernel) !== undefined)
  if (volume === undefined) return { ...entry, missing: [] }
  const files = disk.mountVolume(volume)!
  const read = entry.kind === 'linux' && kernels !== undefined ? kernels.read(files, kernel!) : undefined
  return {
    ...entry,
    kernel: files.real(kernel!),
    volume,
    missing: entry.initrds.filter(path => files.size(path) === undefined),
    ...(read !== undefined && { outcome: loaderOutcome(read.facts, boot) }),
  }
}
