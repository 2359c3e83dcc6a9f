// Configurations of guests for `xl` and `xm`, one a file.

import { byBootloader, type Guest, pathOfKernel } from '../guest.ts'
import {
  type Adapter,
  type Content,
  defined,
  emptyReading,
  type FileReading,
  leaveOutGuest,
} from './adapter.ts'
import { diskPaths } from './xl-disks.ts'
import { type ConfigValues, configValues } from './xl-values.ts'

/** Far above any configuration. */
const LIMIT = 2 ** 20
/** Names that a guest's configuration has, one of them in nearly each. */
const KEYS = 'name|kernel|ramdisk|builder|type|bootloader|disk|memory|vcpus|vif|firmware|extra|cmdline'
const ASSIGNMENT = new RegExp(`^[ \\t]*(?:${KEYS})[ \\t]*=[ \\t]*(?=['"[\\d(A-Za-z_])`, 'gm')

export const xlConfig: Adapter = {
  id: 'xl-config',
  reads: 'guest configurations of xl and xm',

  recognises(content) {
    if (/^\s*[[{<]/.test(content.text)) return false
    return (content.text.slice(0, LIMIT).match(ASSIGNMENT)?.length ?? 0) > 1
  },

  read(content) {
    const { file } = content
    const reading = emptyReading(file, this.id)
    const { values, problems } = configValues(content.text.slice(0, LIMIT))
    const problem = (line: number, message: string) =>
      reading.problems.push({ code: 'broken-line', severity: 'warning', file, line, message })
    for (const { line, message } of problems) problem(line, message)
    if (content.text.length > LIMIT) {
      const message = `expected at most ${LIMIT} characters, found ${content.text.length}: the rest is not read`
      reading.problems.push({ code: 'too-large', severity: 'error', file, message })
    }
    addGuest(reading, content, values)
    return reading
  },
}

type Values = ConfigValues['values']

/** Firmware of HVM guests, and GRUB that xl loads for others. */
const FIRMWARE = /^(?:ovmf|uefi|(?:sea|rom)?bios|pvgrub(?:32|64))$/i

/** Adds the guest of a configuration, or says why it is left out. */
export function addGuest(reading: FileReading, content: Content, values: Values): void {
  const lineOf = (option: string) => values.get(option)?.line ?? 1
  const name = nameOf(content, values)
  const type = typeOf(values)
  if (typeof type === 'object') {
    const { option } = type
    const expected = `${option === 'pvh' ? '0 or 1' : 'pv, pvh or hvm'} as ${option}`
    leaveOutGuest(reading, name, lineOf(option), expected, values.get(option)?.value?.toString())
    return
  }
  const firmware = values.get('firmware')?.value
  if (typeof firmware === 'string' && isOtherFirmware(firmware)) {
    const message = `expected a firmware such as ovmf or pvgrub64 for guest ${name}, found ${firmware}: what boots it is not known`
    const at = { file: content.file, line: lineOf('firmware') }
    reading.problems.push({ code: 'wrong-value', severity: 'error', ...at, message })
  }
  reading.guests.push(guestOf(content, values, name, type, reading.adapter ?? ''))
}

const isOtherFirmware = (text: string): boolean => text.trim() !== '' && !FIRMWARE.test(text.trim())

const nameOf = ({ fileHost }: Content, values: Values): string => {
  const name = values.get('name')?.value
  return (typeof name === 'string' && name.trim()) || fileHost.replace(/\.(?:cfg|xl|hvm|pv|pvh|sxp)$/i, '')
}

function guestOf(
  content: Content,
  values: Values,
  name: string,
  type: Guest['type'],
  adapter: string,
): Guest {
  const text = (name: string) => {
    const value = values.get(name)?.value
    return typeof value === 'string' ? value.trim() || undefined : undefined
  }
  const isSet = (name: string) => Number(values.get(name)?.value ?? 0) === 1
  const isUnknown = (name: string) => values.has(name) && values.get(name)!.value === undefined
  const guest = {
    name,
    uuid: text('uuid'),
    disks: diskPaths(values.get('disk')?.value),
    args: argumentsOf(text),
    source: { file: content.file, line: values.get('name')?.line ?? 1, adapter },
    type,
  }
  const kernel = text('kernel')
  const firmware = text('firmware')
  if (type === 'hvm') {
    const boot = /^(?:ovmf|uefi)$/i.test(firmware ?? '') ? 'ovmf' : 'hvm'
    return defined<Guest>({ ...guest, boot })
  }
  const bootloader = text('bootloader')
  const isOther = isUnknown('firmware') || isOtherFirmware(firmware ?? '')
  if (isOther || isUnknown('bootloader') || (bootloader === undefined && isUnknown('kernel'))) {
    return defined<Guest>({ ...guest, boot: 'unknown', bootloader })
  }
  if (bootloader !== undefined) {
    return defined<Guest>({
      ...guest,
      ...byBootloader(bootloader),
      restricted: isSet('bootloader_restrict') || undefined,
      kernelInside: kernel,
    })
  }
  if (kernel !== undefined) return defined<Guest>({ ...guest, boot: pathOfKernel(kernel), kernel })
  if (/^pvgrub(?:32|64)$/.test(firmware ?? '')) return defined<Guest>({ ...guest, boot: 'pvgrub2' })
  return defined<Guest>({ ...guest, boot: 'direct', fault: 'nothing-to-boot' })
}

const TYPES: Readonly<Record<string, Guest['type']>> = {
  pv: 'pv',
  pvh: 'pvh',
  hvm: 'hvm',
  generic: 'pv',
  linux: 'pv',
}

/**
 * `builder` is the older name of `type`; `pvh=1` made a PV configuration one of PVH in 4.4 to 4.9. Where the type is not
 * known, the option that says it.
 */
function typeOf(values: Values): Guest['type'] | { option: string } {
  const isSaid = (name: string) => values.has(name) && values.get(name)!.value !== ''
  const option = isSaid('type') ? 'type' : 'builder'
  const said = isSaid(option) ? String(values.get(option)!.value).trim().toLowerCase() : 'pv'
  if (!Object.hasOwn(TYPES, said)) return { option }
  const type = TYPES[said]!
  if (type !== 'pv' || !isSaid('pvh')) return type
  const pvh = values.get('pvh')!.value
  if (pvh === undefined) return { option: 'pvh' }
  return Number(pvh) === 1 ? 'pvh' : 'pv'
}

/** `cmdline` wins over `root` and `extra`, as in libxl's xl_parse.c. */
function argumentsOf(text: (name: string) => string | undefined): string | undefined {
  const root = text('root')
  const extra = [root === undefined ? undefined : `root=${root}`, text('extra')]
  return text('cmdline') ?? (extra.filter(part => part !== undefined).join(' ') || undefined)
}
