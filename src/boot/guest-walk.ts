/** A guest's own boot loader on its disk: partition, configuration, entry, kernel, and what the loader makes of it. */
import { type LoaderOutcome, loaderOutcome } from '../xen/boot-path/ask.ts'
import type { BootPath } from '../xen/boot-path/boot-path.ts'
import { chooseByPath, type GuestPath } from './guest/choose.ts'
import { DiskDevices, type GuestDevice, type GuestDevices } from './guest-devices.ts'
import type { GuestDisk } from './guest-disk.ts'
import type { GuestFiles } from './guest-files.ts'
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
  /** Why it is not certain that this is booted, in a sentence. */
  undecided?: string
  entry?: FoundEntry
  candidates: readonly FoundEntry[]
}

/** Walks the file systems of `volumes` in order; undefined where none has a configuration. Without `kernels`
 * no kernel is read, and no loader asked. */
export function walkGuest(
  disk: Pick<GuestDisk, 'mountVolume'>,
  kernels: GuestKernels | undefined,
  volumes: readonly GuestVolume[],
  boot: BootPath & { path: GuestPath },
): GuestWalk | undefined {
  for (const volume of volumes) {
    const top = disk.mountVolume(volume)
    for (const { files, subvolume } of top === undefined ? [] : viewsOf(top, boot.path)) {
      const devices = new DiskDevices(disk, volumes, volume, files)
      const choice = chooseByPath(files, boot.path, devices)
      if (choice === undefined) continue
      const find = (entry: MenuEntry) => findFiles(disk, kernels, volumes, devices, entry, boot)
      return {
        path: boot.path,
        volume,
        choice,
        ...undecidedOf(choice, boot.path === 'hvm' ? undefined : subvolume),
        ...(choice.entry !== undefined && { entry: find(choice.entry) }),
        candidates: choice.candidates.map(find),
      }
    }
  }
  return undefined
}

/**
 * Where a loader finds no configuration: what it may find in that is not read here, in a sentence; undefined where all is
 * read.
 */
export function unreadSentence(
  disk: Pick<GuestDisk, 'unreadVolume'>,
  volumes: readonly GuestVolume[],
): string | undefined {
  const unread = volumes.flatMap(volume => {
    const format = disk.unreadVolume(volume)
    return format === undefined ? [] : [`${volume.names.join('/') || 'the disk'} is ${format}`]
  })
  if (unread.length === 0) return undefined
  return `No configuration is found in what is read here, and the loader may find one: ${unread.join(', ')}`
}

/**
 * A file system from where the loader's paths may start. The prefix of a guest's own GRUB leads into the subvolume of
 * its system; a GRUB from dom0 begins at the top, or where SUSE built it in the default subvolume.
 */
function* viewsOf(top: GuestFiles, path: GuestPath): Generator<{ files: GuestFiles; subvolume?: string }> {
  if (path !== 'hvm') yield { files: top }
  for (const { name, files } of top.subvolumes()) yield { files, subvolume: name }
  if (path === 'hvm') yield { files: top }
}

function undecidedOf(choice: MenuChoice, subvolume: string | undefined): { undecided?: string } {
  const undecided =
    choice.undecided ??
    choice.condition ??
    (subvolume === undefined
      ? undefined
      : `The configuration lies in the subvolume ${subvolume}: GRUB from dom0 finds it where it is SUSE's build and this is the default subvolume; others begin at the top of btrfs, and find none`)
  return undecided === undefined ? {} : { undecided }
}

/** Files lie on the devices that the entry names; where those are not known, on the first file system that has the kernel. */
function findFiles(
  disk: Pick<GuestDisk, 'mountVolume'>,
  kernels: GuestKernels | undefined,
  volumes: readonly GuestVolume[],
  devices: GuestDevices,
  entry: MenuEntry,
  boot: BootPath & { path: GuestPath },
): FoundEntry {
  const { kernel } = entry
  if (kernel === undefined) return { ...entry, missing: [] }
  const placeOf = (path: string) =>
    devices.named(entry.devices?.[path] ?? '') ?? firstWith(path, disk, volumes, devices)
  const place = placeOf(kernel)
  if (place?.volume === undefined || place.files.size(kernel) === undefined) return { ...entry, missing: [] }
  const { files, volume } = place
  const read = entry.kind === 'linux' && kernels !== undefined ? kernels.read(files, kernel) : undefined
  return {
    ...entry,
    kernel: files.real(kernel),
    volume,
    missing: entry.initrds.filter(path => placeOf(path)?.files.size(path) === undefined),
    ...(read !== undefined && { outcome: loaderOutcome(read.facts, boot) }),
  }
}

function firstWith(
  path: string,
  disk: Pick<GuestDisk, 'mountVolume'>,
  volumes: readonly GuestVolume[],
  { home }: GuestDevices,
): GuestDevice | undefined {
  if (home.files.size(path) !== undefined) return home
  for (const volume of volumes) {
    const files = disk.mountVolume(volume)
    if (files?.size(path) !== undefined) return { name: path, files, volume }
  }
  return undefined
}
