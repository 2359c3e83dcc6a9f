// `xe host-param-list` and `xe host-list params=all` of XenServer and XCP-ng: keys with their access in
// brackets, maps as `key: value; key: value` (xapi's xe CLI, records.ml).
import type { HostEntry } from '../host.ts'
import { missingVersion } from '../problem.ts'
import { type Adapter, defined, emptyReading, numbered, words } from './adapter.ts'
import { type KeyRecord, keyRecords } from './key-lines.ts'
import { productOf } from './product.ts'

const SOFTWARE = 'software-version'
const KEY = /^[ \t]*([A-Za-z][\w-]*)[ \t]*\([ \t]*[MS]?R[OW]\)[ \t]*:(.*)$/

export const xeHostParamList: Adapter = {
  id: 'xe-host-param-list',
  reads: '`xe host-param-list`',

  recognises: content => /^[ \t]*software-version[ \t]*\([ \t]*M?R[OW]\)[ \t]*:/m.test(content.text),

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
      const name =
        fields.get('name-label') || fields.get('hostname') || numbered(content.fileHost, nameless++)
      reading.entries.push(entry(content.file, name, record))
    }
    return reading
  },
}

function entry(file: string, name: string, { line, lines, fields }: KeyRecord): HostEntry {
  const software = map(fields.get(SOFTWARE) ?? '')
  return defined<HostEntry>({
    name,
    xen: software.get('xen') || undefined,
    xenCaps: words(fields.get('capabilities')),
    ...productOf(key => software.get(key)),
    source: {
      file,
      line,
      adapter: 'xe-host-param-list',
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
