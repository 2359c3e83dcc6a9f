// Configurations of guests for `xl` and `xm`, one a file.

import { byBootloader, type Guest, pathOfKernel } from '../guest.ts'
import { type Adapter, type Content, defined, emptyReading } from './adapter.ts'
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
    reading.guests.push(guestOf(content, values, problem))
    return reading
  },
}

type Values = ConfigValues['values']

/** What a configuration says of its guest; `adapter` is who read it. */
export function guestOf(
  content: Content,
  values: Values,
  problem: (line: number, message: string) => void,
  adapter = 'xl-config',
): Guest {
  const text = (name: string) => {
    const value = values.get(name)?.value
    return typeof value === 'string' ? value.trim() || undefined : undefined
  }
  const isSet = (name: string) => Number(values.get(name)?.value ?? 0) === 1
  const isUnknown = (name: string) => values.has(name) && values.get(name)!.value === undefined
  const name = text('name') ?? content.fileHost.replace(/\.(?:cfg|xl|hvm|pv|pvh|sxp)$/i, '')
  const type = typeOf(text('type') ?? text('builder'), isSet('pvh'))
  if (type === undefined) {
    const said = text('type') === undefined ? 'builder' : 'type'
    problem(
      values.get(said)!.line,
      `expected pv, pvh or hvm as ${said} of guest ${name}, found ${text(said)}: it is taken for pv, the default`,
    )
  }
  const common = {
    name,
    uuid: text('uuid'),
    disks: diskPaths(values.get('disk')?.value),
    args: argumentsOf(text),
    source: { file: content.file, line: values.get('name')?.line ?? 1, adapter },
  }
  const kernel = text('kernel')
  const firmware = text('firmware')
  if (type === 'hvm') {
    const boot = /^(?:ovmf|uefi)$/i.test(firmware ?? '') ? 'ovmf' : 'hvm'
    return defined<Guest>({ ...common, type, boot })
  }
  const guest = { ...common, type: type ?? ('pv' as const) }
  const bootloader = text('bootloader')
  if (isUnknown('bootloader') || (bootloader === undefined && isUnknown('kernel'))) {
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

/** `builder` names HVM or anything else; `pvh=1` made a PV configuration one of PVH in 4.4 to 4.9. */
function typeOf(said: string | undefined, pvh: boolean): Guest['type'] | undefined {
  switch (said?.toLowerCase()) {
    case 'hvm':
      return 'hvm'
    case 'pvh':
      return 'pvh'
    case undefined:
    case 'pv':
    case 'generic':
    case 'linux':
      return pvh ? 'pvh' : 'pv'
    default:
      return undefined
  }
}

/** `cmdline` wins over `root` and `extra`, as in libxl's xl_parse.c. */
function argumentsOf(text: (name: string) => string | undefined): string | undefined {
  const root = text('root')
  const extra = [root === undefined ? undefined : `root=${root}`, text('extra')]
  return text('cmdline') ?? (extra.filter(part => part !== undefined).join(' ') || undefined)
}
