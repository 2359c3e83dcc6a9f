/** Which configuration of a file system a guest's own boot loader reads, and what it then boots. */
import { SYSLINUX_FILES } from '../../containers/boot-config.ts'
import { chooseGrub2, GRUB2_FILES } from '../grub/grub2.ts'
import { type GuestDevices, oneDevice } from '../guest-devices.ts'
import type { GuestFiles } from '../guest-files.ts'
import type { MenuChoice } from '../menu.ts'
import { chooseFreebsd, hasFreebsdLoader } from './freebsd.ts'
import { chooseGrubLegacy, GRUB_LEGACY_FILES } from './grub-legacy.ts'
import { chooseSyslinux } from './syslinux.ts'
import { chooseSystemdBoot, hasSystemdBoot } from './systemd-boot.ts'

/** Paths on which a loader of the guest, or GRUB from dom0, reads the guest's own configuration. */
export type GuestPath = 'pv-grub' | 'pvgrub2' | 'pvhgrub' | 'hvm'

const PLATFORMS = { pvgrub2: 'xen', pvhgrub: 'xen_pvh', hvm: 'pc' } as const

/**
 * What the configuration of a file system says; undefined where it has none that the path reads. `devices` are those of
 * its disk.
 */
export function chooseByPath(
  files: GuestFiles,
  path: GuestPath,
  devices: GuestDevices = oneDevice(files),
): MenuChoice | undefined {
  const first = (names: readonly string[]) => names.find(name => files.size(name) !== undefined)
  if (path === 'pv-grub') {
    const legacy = first(GRUB_LEGACY_FILES)
    return legacy === undefined ? undefined : chooseGrubLegacy(files, legacy)
  }
  const grub2 = first(GRUB2_FILES)
  if (grub2 !== undefined) return chooseGrub2(devices, grub2, PLATFORMS[path])
  if (path !== 'hvm') return undefined
  const legacy = first(GRUB_LEGACY_FILES)
  if (legacy !== undefined) return chooseGrubLegacy(files, legacy)
  const syslinux = first(SYSLINUX_FILES)
  if (syslinux !== undefined) return chooseSyslinux(files, syslinux)
  if (hasSystemdBoot(files)) return chooseSystemdBoot(files)
  return hasFreebsdLoader(files) ? chooseFreebsd(files) : undefined
}
