// Guests as XAPI keeps them, whether its JSON or `xe` tells of them.

import { type Guest, isPygrub, type PassedOver, pathOfKernel } from '../guest.ts'
import { defined, type FileReading, leaveOutGuest } from './adapter.ts'

/** The fields of a VM record that say how it starts; empty texts are absent. */
export interface XapiVm {
  name: string
  uuid?: string | undefined
  domainType?: string | undefined
  bootloader?: string | undefined
  /** True where the source tells neither boot loader nor kernel, whatever they are. */
  hidesBootloader?: boolean
  kernel?: string | undefined
  args?: string | undefined
  hvmBootPolicy?: string | undefined
  /** `bios` or `uefi` of HVM_boot_params. */
  firmware?: string | undefined
  host?: string | undefined
  disks: string[]
}

/** What a record is if it is no guest; undefined for a guest. */
export function passedOverAs(record: {
  template: boolean
  snapshot: boolean
  controlDomain: boolean
}): keyof PassedOver | undefined {
  if (record.snapshot) return 'snapshots'
  if (record.controlDomain) return 'controlDomains'
  return record.template ? 'templates' : undefined
}

/** XAPI before domain_type tells HVM by its boot policy; undefined for a type that is not known. */
function typeOf({ domainType, hvmBootPolicy }: XapiVm): Guest['type'] | undefined {
  if (domainType === 'hvm' || domainType === 'pvh') return domainType
  if (domainType === 'pv' || domainType === 'pv_in_pvh') return 'pv'
  if (domainType !== undefined && domainType !== 'unspecified') return undefined
  return hvmBootPolicy === undefined ? 'pv' : 'hvm'
}

/** Adds the guest of XAPI's record, or says why it is left out. */
export function addXapiGuest(reading: FileReading, vm: XapiVm, source: Guest['source']): void {
  const { name, domainType } = vm
  const type = typeOf(vm)
  if (type !== undefined) reading.guests.push(guestOf(vm, type, source))
  else leaveOutGuest(reading, name, source.line, 'hvm, pv, pvh or pv_in_pvh as type', domainType)
}

/** pygrub and eliloader are the boot loaders that xenopsd runs; it refuses others. */
function guestOf(vm: XapiVm, type: Guest['type'], source: Guest['source']): Guest {
  const { name, uuid, kernel, bootloader, host, disks, args } = vm
  const guest = {
    name,
    uuid,
    hosts: host === undefined ? undefined : [host],
    type,
    disks,
    args,
    toolstack: 'xapi' as const,
    source,
  }
  if (type === 'hvm') return defined<Guest>({ ...guest, boot: vm.firmware === 'uefi' ? 'ovmf' : 'hvm' })
  if (vm.domainType === 'pv_in_pvh') return defined<Guest>({ ...guest, bootloader, boot: 'pv-in-pvh' })
  if (bootloader !== undefined) {
    const known = isPygrub(bootloader) || bootloader === 'eliloader'
    return defined<Guest>({
      ...guest,
      bootloader,
      boot: isPygrub(bootloader) ? 'pygrub' : 'unknown',
      fault: known ? undefined : 'unknown-bootloader',
    })
  }
  if (vm.hidesBootloader === true) return defined<Guest>({ ...guest, boot: 'unknown' })
  if (kernel !== undefined) return defined<Guest>({ ...guest, boot: pathOfKernel(kernel), kernel })
  return defined<Guest>({ ...guest, boot: 'direct', fault: 'nothing-to-boot' })
}
