// `xe host-list`, `xe vm-list` and `xe vbd-list` with `params=all`, and `xe host-param-list`, of XenServer and XCP-ng:
// keys with their access in brackets, maps as `key: value; key: value` (xapi's xe CLI, records.ml).
import type { HostEntry } from '../host.ts'
import { missingVersion } from '../problem.ts'
import {
  type Adapter,
  type Content,
  defined,
  emptyReading,
  type FileReading,
  numbered,
  words,
} from './adapter.ts'
import { productOf } from './host-parts.ts'
import { type KeyRecord, keyRecords } from './key-lines.ts'
import { addXapiGuest, passedOverAs } from './xapi-guest.ts'

const SOFTWARE = 'software-version'
const KEY = /^[ \t]*([A-Za-z][\w-]*)[ \t]*\([ \t]*[MS]?R[OW]\)[ \t]*:(.*)$/
const XE_FIELD =
  /^[ \t]*(?:software-version|is-a-template|PV-bootloader|vdi-uuid)[ \t]*\([ \t]*M?R[OW]\)[ \t]*:/m

export const xe: Adapter = {
  id: 'xe',
  reads: '`xe host-param-list`, `xe vm-list params=all`, `xe vbd-list params=all`',

  recognises: content => XE_FIELD.test(content.text),

  read(content) {
    const reading = emptyReading(content.file, this.id)
    const match = (line: string) => {
      const found = KEY.exec(line)
      return found ? ([found[1]!, found[2]!.trim()] as const) : undefined
    }
    const records = keyRecords(content.lines, match, key => key === 'uuid')
    let nameless = 0
    for (const record of records) {
      const { fields } = record
      if (fields.has('vm-uuid') && fields.has('vdi-uuid')) {
        const [guest, disk] = [known(fields.get('vm-uuid')), known(fields.get('vdi-uuid'))]
        const bootable = fields.get('bootable') === 'true'
        if (guest !== undefined && disk !== undefined && fields.get('type') !== 'CD')
          reading.attachments.push({ guest, disk, bootable })
      } else if (fields.has('is-a-template') || fields.has('PV-bootloader')) {
        const other = passedOverAs({
          template: fields.get('is-a-template') === 'true',
          snapshot: fields.get('is-a-snapshot') === 'true',
          controlDomain: fields.get('is-control-domain') === 'true',
        })
        if (other !== undefined) reading.passedOver[other]++
        else addGuest(reading, content, record)
      } else {
        const name =
          fields.get('name-label') || fields.get('hostname') || numbered(content.fileHost, nameless++)
        reading.entries.push(entry(content.file, name, record))
      }
    }
    return reading
  },
}

/** xe prints this where a reference leads nowhere. */
const known = (value: string | undefined): string | undefined =>
  value === undefined || value === '' || value.startsWith('<') ? undefined : value

function addGuest(reading: FileReading, { file, fileHost }: Content, { fields, line }: KeyRecord): void {
  const field = (name: string) => known(fields.get(name))
  addXapiGuest(
    reading,
    {
      name: field('name-label') ?? field('uuid') ?? fileHost,
      uuid: field('uuid'),
      domainType: field('domain-type'),
      bootloader: field('PV-bootloader'),
      kernel: field('PV-kernel'),
      args: field('PV-args'),
      hvmBootPolicy: field('HVM-boot-policy'),
      firmware: map(fields.get('HVM-boot-params') ?? '').get('firmware'),
      host: field('resident-on') ?? field('affinity'),
      disks: [],
    },
    { file, line, adapter: 'xe' },
  )
}

function entry(file: string, name: string, { line, lines, fields }: KeyRecord): HostEntry {
  const software = map(fields.get(SOFTWARE) ?? '')
  return defined<HostEntry>({
    name,
    uuid: known(fields.get('uuid')),
    xen: software.get('xen') || undefined,
    xenCaps: words(fields.get('capabilities')),
    ...productOf(key => software.get(key)),
    source: {
      file,
      line,
      adapter: 'xe',
      how: 'xen in software-version of xe host-param-list',
    },
    missing: missingVersion(name, { file, line: lines.get(SOFTWARE) ?? line, field: SOFTWARE }),
  })
}

function map(text: string): Map<string, string> {
  const pairs = new Map<string, string>()
  for (const part of text.split(';')) {
    const colon = part.indexOf(': ')
    if (colon !== -1) pairs.set(part.slice(0, colon).trim(), part.slice(colon + 2).trim())
  }
  return pairs
}
