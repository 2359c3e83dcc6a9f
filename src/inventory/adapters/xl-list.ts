// `xl list -l` and libxl's own files of domains (/var/lib/xen/userdata-d.*.libxl-json): configurations of guests in JSON, as
// libxl_types.idl names their fields.

import { treeProblems } from '../../document/problem.ts'
import { isRecord } from '../../document/tree.ts'
import { type Adapter, emptyReading } from './adapter.ts'
import { findRecords } from './records.ts'
import { addGuest } from './xl-config.ts'
import type { ConfigValue, ConfigValues } from './xl-values.ts'

type Fields = Record<string, unknown>

export const xlList: Adapter = {
  id: 'xl-list',
  reads: '`xl list -l`',

  recognises: content => content.structured && findRecords(content.tree.value, isDomain).length > 0,

  read(content) {
    const { file, tree } = content
    const reading = emptyReading(file, this.id)
    reading.problems.push(...treeProblems(file, tree))
    for (const { path, record } of findRecords(tree.value, isDomain)) {
      if (record.domid === 0) reading.passedOver.controlDomains++
      else addGuest(reading, content, valuesOf(configOf(record), tree.lineOf(path)))
    }
    return reading
  },
}

const configOf = (record: Fields): Fields => (isRecord(record.config) ? record.config : record)

function isDomain(record: Fields): boolean {
  const { c_info: info, b_info: build } = configOf(record)
  return isRecord(info) && isRecord(build)
}

/** What a configuration for `xl` would say of the same guest. */
function valuesOf({ c_info: info, b_info: build, disks }: Fields, line: number): ConfigValues['values'] {
  const [common, own] = [info as Fields, build as Fields]
  // To 4.9 kernel and boot loader were fields of the type.
  const { bios, ...ofType } = (own[`type.${String(common.type)}`] ?? {}) as Fields
  const fields: Fields = {
    ...{
      ...ofType,
      ...own,
      ...common,
      firmware: bios === 'unknown' ? undefined : bios,
      pvh: common.pvh === true ? 1 : 0,
    },
    disk: (Array.isArray(disks) ? disks : [])
      .filter(disk => isRecord(disk) && Number(disk.is_cdrom ?? 0) === 0)
      .map(disk => `target=${String((disk as Fields).pdev_path ?? '')}`),
  }
  const known = Object.entries(fields).filter(([, value]) => value !== undefined)
  return new Map(known.map(([name, value]) => [name, { value: value as ConfigValue, line }]))
}
