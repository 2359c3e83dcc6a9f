/** A guest's own boot loader on its disk: partition, configuration, entry, kernel, and what the loader makes of it. */
import { type LoaderOutcome, loaderOutcome } from '../xen/boot-path/ask.ts'
import type { BootPath } from '../xen/boot-path/boot-path.ts'
import { chooseByPath, type GuestPath } from './guest/choose.ts'
import type { GuestDisk } from './guest-disk.ts'
import type { MenuChoice, MenuEntry } from './menu.ts'
import type { GuestKernels } from './walk.ts'

/** One entry, with its files found. */
export interface FoundEntry extends MenuEntry {
  /** Where the file system with the kernel lies, in bytes; absent where no file system has it. */
  offset?: number
  /** Names of initrds that are not there. */
  missing: readonly string[]
  /** What the path's loader makes of the kernel. */
  outcome?: LoaderOutcome
}

export interface GuestWalk {
  path: GuestPath
  /** Where the file system with the configuration lies, in bytes. */
  offset: number
  choice: MenuChoice
  entry?: FoundEntry
  candidates: readonly FoundEntry[]
}

/** Walks the file systems at `offsets` in order; undefined where none has a configuration. */
export function walkGuest(
  disk: GuestDisk,
  kernels: GuestKernels,
  offsets: readonly number[],
  boot: BootPath & { path: GuestPath },
): GuestWalk | undefined {
  for (const offset of offsets) {
    const files = disk.mount(offset)
    const choice = files === undefined ? undefined : chooseByPath(files, boot.path)
    if (choice === undefined) continue
    const find = (entry: MenuEntry) =>
      findFiles(disk, kernels, [offset, ...offsets.filter(other => other !== offset)], entry, boot)
    return {
      path: boot.path,
      offset,
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
  kernels: GuestKernels,
  offsets: readonly number[],
  entry: MenuEntry,
  boot: BootPath & { path: GuestPath },
): FoundEntry {
  const { kernel } = entry
  const offset =
    kernel === undefined ? undefined : offsets.find(at => disk.mount(at)?.size(kernel) !== undefined)
  if (offset === undefined) return { ...entry, missing: [] }
  const files = disk.mount(offset)!
  const read = entry.kind === 'linux' ? kernels.read(offset, kernel!) : undefined
  return {
    ...entry,
    kernel: files.real(kernel!),
    offset,
    missing: entry.initrds.filter(path => files.size(path) === undefined),
    ...(read !== undefined && boot.path !== 'hvm' && { outcome: loaderOutcome(read.facts, boot) }),
  }
}
