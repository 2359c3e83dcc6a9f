// Host records of XAPI, as `xo-cli`, XAPI's JSON-RPC and scripts around them give them.

import { fieldName } from '../../document/field-name.ts'
import { treeProblems } from '../../document/problem.ts'
import { isRecord } from '../../document/tree.ts'
import type { HostEntry } from '../host.ts'
import { missingVersion } from '../problem.ts'
import { type Adapter, defined, emptyReading, numbered, words } from './adapter.ts'
import { productOf } from './product.ts'
import { findRecords, textField } from './records.ts'

export const xapi: Adapter = {
  id: 'xapi',
  reads: 'XAPI and xo-cli JSON (software_version)',

  recognises: content => content.structured && findRecords(content.tree.value, isHost).length > 0,

  read(content) {
    const { file, tree } = content
    const reading = emptyReading(file, this.id)
    reading.problems.push(...treeProblems(file, tree))
    let nameless = 0
    for (const { path, record } of findRecords(tree.value, isHost)) {
      const software = isRecord(record.software_version) ? record.software_version : {}
      const product = productOf(key => textField(software, key) ?? textField(record, XO_NAMES[key] ?? key))
      const field = [...path, 'software_version', 'xen']
      const name =
        textField(record, 'name_label') ??
        textField(record, 'hostname') ??
        textField(record, 'uuid') ??
        numbered(content.fileHost, nameless++)
      reading.entries.push(
        defined<HostEntry>({
          name,
          xen: textField(software, 'xen'),
          xenCaps: capabilities(record.capabilities),
          ...product,
          source: { file, line: tree.lineOf(path), adapter: this.id, how: 'software_version.xen of XAPI' },
          missing: missingVersion(name, { file, line: tree.lineOf(field), field: fieldName(field) }),
        }),
      )
    }
    return reading
  },
}

/** xo-server's own host objects have these instead of software_version, and nothing of Xen's version. */
const XO_NAMES: Readonly<Record<string, string>> = {
  product_brand: 'productBrand',
  product_version: 'version',
  build_number: 'build',
}

function isHost(record: Record<string, unknown>): boolean {
  return isRecord(record.software_version) || (record.type === 'host' && 'productBrand' in record)
}

function capabilities(value: unknown): string[] | undefined {
  if (typeof value === 'string') return words(value)
  if (!Array.isArray(value)) return undefined
  return words(value.filter(item => typeof item === 'string').join(' '))
}
