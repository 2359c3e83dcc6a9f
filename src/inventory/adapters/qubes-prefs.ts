// `qvm-prefs VM` of Qubes OS: a name, D for a default or a dash, and a value, a line each.

import { type Guest, pathOfKernel } from '../guest.ts'
import { type Adapter, defined, emptyReading, leaveOutGuest, numbered } from './adapter.ts'
import { type KeyRecord, keyRecords } from './key-lines.ts'

const LINE = /^([a-z_]+)[ \t]+([D-])(?:[ \t]+(.*?))?[ \t]*$/
/** Where dom0 keeps kernels for guests. */
const KERNELS = '/var/lib/qubes/vm-kernels'

export const qubesPrefs: Adapter = {
  id: 'qubes-prefs',
  reads: '`qvm-prefs` of Qubes OS',

  recognises: content =>
    /^virt_mode[ \t]+[D-][ \t]/m.test(content.text) && /^(?:klass|qid|name)[ \t]+[D-]/m.test(content.text),

  read(content) {
    const reading = emptyReading(content.file, this.id)
    const match = (line: string) => {
      const found = LINE.exec(line)
      return found ? ([found[1]!, found[3] ?? ''] as const) : undefined
    }
    for (const [index, record] of keyRecords(content.lines, match, () => false).entries()) {
      const { fields, line } = record
      if (fields.get('klass') === 'AdminVM') {
        reading.passedOver.controlDomains++
        continue
      }
      const name = fields.get('name') || numbered(content.fileHost, index)
      const mode = fields.get('virt_mode') || 'pvh'
      if (isType(mode)) reading.guests.push(guestOf(content.file, record, name, mode))
      else leaveOutGuest(reading, name, line, 'pv, pvh or hvm as virt_mode', mode)
    }
    return reading
  },
}

const isType = (mode: string): mode is Guest['type'] => /^(?:pvh?|hvm)$/.test(mode)

function guestOf(file: string, { fields, line }: KeyRecord, name: string, type: Guest['type']): Guest {
  const guest = {
    name,
    uuid: fields.get('uuid') || undefined,
    type,
    args: fields.get('kernelopts') || undefined,
    // The root volume of the VM, as the usual pool names it.
    disks: [`vm-${name}-root`],
    source: { file, line, adapter: 'qubes-prefs' },
  }
  if (type === 'hvm') return defined<Guest>({ ...guest, boot: 'hvm' })
  const kernel = fields.get('kernel') ?? ''
  if (kernel === '' || kernel === 'None') {
    return defined<Guest>({ ...guest, boot: type === 'pv' ? 'pvgrub2' : 'pvhgrub' })
  }
  const path = `${KERNELS}/${kernel}/vmlinuz`
  return defined<Guest>({ ...guest, boot: pathOfKernel(path), kernel: path })
}
