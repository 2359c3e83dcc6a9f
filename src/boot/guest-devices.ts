/**
 * The devices of a guest's disk as GRUB's script names them: by `search`, by their place, and files as loop devices.
 * @module
 */
import { ContainerError } from '../containers/container-error.ts'
import type { GuestDisk } from './guest-disk.ts'
import type { GuestFiles } from './guest-files.ts'
import type { GuestVolume } from './guest-volumes.ts'
import type { VolumeIdentity } from './volume-identity.ts'

/** A file system under the name that variables of the script hold. */
export interface GuestDevice {
  name: string
  files: GuestFiles
  /** Where it lies; absent for files that are on no disk. */
  volume?: GuestVolume
}

export type SearchKey = 'file' | keyof VolumeIdentity

export interface GuestDevices {
  /** The file system that the configuration was found on. */
  readonly home: GuestDevice
  /** The device of a name such as `hd0,msdos1`; undefined where none is known by it. */
  named(name: string): GuestDevice | undefined
  /** The first file system that has the file, the UUID or the label. */
  find(key: SearchKey, value: string): GuestDevice | undefined
  /** Makes a file of a device a device of its own; false where it is no file system that can be read. */
  loop(name: string, device: GuestDevice, path: string): boolean
}

/** The devices of one file system alone. */
export function oneDevice(files: GuestFiles): GuestDevices {
  const home = { name: 'root', files }
  return {
    home,
    named: name => (name === home.name ? home : undefined),
    find: (key, value) => (holds(files, key, value) ? home : undefined),
    loop: () => false,
  }
}

function holds(files: GuestFiles, key: SearchKey, value: string): boolean {
  if (key === 'file') return files.size(value) !== undefined
  const { label, uuid } = files.identity
  return key === 'uuid' ? uuid?.toLowerCase() === value.toLowerCase() : label === value
}

/** The first disk by its names in GRUB: as BIOS numbers it, and as Xen's front end does. */
const FIRST_DISK = /^(?:hd0|xen\/xvda|xen\/hda|xen\/sda)(?:,(?:msdos|gpt)?(\d+))?$/

/** The devices of a disk, for a configuration on `home`. */
export class DiskDevices implements GuestDevices {
  readonly home: GuestDevice
  readonly #disk: Pick<GuestDisk, 'mountVolume'>
  readonly #volumes: readonly GuestVolume[]
  readonly #loops = new Map<string, GuestDevice>()

  constructor(
    disk: Pick<GuestDisk, 'mountVolume'>,
    volumes: readonly GuestVolume[],
    volume: GuestVolume,
    files: GuestFiles,
  ) {
    this.#disk = disk
    this.#volumes = [volume, ...volumes.filter(other => other !== volume)]
    this.home = { name: nameOf(volume), files, volume }
  }

  named(name: string): GuestDevice | undefined {
    const loop = this.#loops.get(name)
    if (loop !== undefined) return loop
    const volume = this.#volumes.find(place => nameOf(place) === name) ?? this.#byPlace(name)
    return volume === undefined ? undefined : this.#device(volume)
  }

  find(key: SearchKey, value: string): GuestDevice | undefined {
    for (const volume of this.#volumes) {
      const device = this.#device(volume)
      if (device !== undefined && holds(device.files, key, value)) return device
    }
    return undefined
  }

  loop(name: string, { files, volume }: GuestDevice, path: string): boolean {
    const opened = this.#open(files, path)
    if (opened === undefined || volume === undefined) return false
    const file = files
      .real(path)
      .split('/')
      .filter(part => part !== '')
    const inside = {
      names: [],
      within: [...(volume.within ?? []), [...volume.names, ...file]],
      open: () => opened,
    }
    const mounted = this.#disk.mountVolume(inside)
    if (mounted === undefined) return false
    this.#loops.set(name, { name, files: mounted, volume: inside })
    return true
  }

  #open(files: GuestFiles, path: string) {
    try {
      return files.open(path)
    } catch (error) {
      if (error instanceof ContainerError) return undefined
      throw error
    }
  }

  #device(volume: GuestVolume): GuestDevice | undefined {
    if (volume === this.home.volume) return this.home
    const files = this.#disk.mountVolume(volume)
    return files === undefined ? undefined : { name: nameOf(volume), files, volume }
  }

  #byPlace(name: string): GuestVolume | undefined {
    const logical = /^lvm\/(.+)$/.exec(name)?.[1]?.replaceAll('--', '-')
    if (logical !== undefined) return this.#volumes.find(({ names }) => names.at(-1) === logical)
    const match = FIRST_DISK.exec(name)
    if (match === null) return undefined
    const [, number] = match
    return this.#volumes.find(({ names }) =>
      number === undefined ? names.length === 0 : names.length === 1 && names[0] === `part${number}`,
    )
  }
}

const nameOf = ({ names }: GuestVolume): string => (names.length === 0 ? 'disk' : names.join('/'))
