// `xl info` and the older `xm info`, one dump or several in a row (tools/xl/xl_info.c, output_xeninfo).
import type { HostEntry } from '../host.ts'
import { missingVersion } from '../problem.ts'
import { type Adapter, defined, emptyReading, numbered, words } from './adapter.ts'
import { changesetOf, composedVersion } from './host-parts.ts'
import { type KeyRecord, keyRecords } from './key-lines.ts'

/** The lines that count; others, and what libxl has to complain about in between, are passed over. */
const KEY =
  /^[ \t]*(host|virt_caps|cc_(?:compiler|compile_by|compile_domain)|xen_(?:major|minor|extra|version|caps|changeset|commandline))[ \t]*:(.*)$/

export const xlInfo: Adapter = {
  id: 'xl-info',
  reads: '`xl info` and `xm info`',

  recognises: content => /^[ \t]*xen_(?:version|major|caps|changeset|commandline)[ \t]*:/m.test(content.text),

  read(content) {
    const reading = emptyReading(content.file, this.id)
    const match = (line: string) => {
      const found = KEY.exec(line)
      return found ? ([found[1]!, found[2]!.trim()] as const) : undefined
    }
    const records = keyRecords(content.lines, match, key => key === 'host')
    let nameless = 0
    for (const record of records) {
      const name = record.fields.get('host') || numbered(content.fileHost, nameless++)
      reading.entries.push(entry(content.file, name, record))
    }
    return reading
  },
}

function entry(file: string, name: string, { line, fields }: KeyRecord): HostEntry {
  const given = fields.get('xen_version')
  const xen = given || composedVersion(part => fields.get(`xen_${part}`))
  return defined<HostEntry>({
    name,
    xen,
    xenCaps: tokens(fields.get('xen_caps')),
    virtCaps: tokens(fields.get('virt_caps')),
    commandline: fields.get('xen_commandline') || undefined,
    compiler: fields.get('cc_compiler') || undefined,
    builtBy: builder(fields.get('cc_compile_by'), fields.get('cc_compile_domain')),
    patchLevel: changesetOf(fields.get('xen_changeset')),
    missing: missingVersion(name, { file, line, field: 'xen_version' }),
    source: {
      file,
      line,
      adapter: 'xl-info',
      how: given ? 'xen_version of xl info' : 'xen_major, xen_minor and xen_extra of xm info',
    },
  })
}

function builder(by = '', domain = ''): string | undefined {
  const text = domain === '' ? by : `${by}@${domain}`
  return text === '' ? undefined : text
}

/** A line with nothing after the colon says that there are none. */
function tokens(text: string | undefined): string[] | undefined {
  return text === undefined ? undefined : (words(text) ?? [])
}
