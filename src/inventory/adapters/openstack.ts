// `openstack hypervisor list --long -f json`, and the answer of the compute API that it comes from. The
// columns are named by the client's release; capitals, blanks and underscores are all that differs.

import { treeProblems } from '../../document/problem.ts'
import type { Path } from '../../document/tree.ts'
import { fieldName } from '../../document/tree.ts'
import { shown } from '../../document/validate.ts'
import type { HostEntry } from '../host.ts'
import type { InventoryProblem } from '../problem.ts'
import { type Adapter, type Content, emptyReading, type FileReading, numbered } from './adapter.ts'
import { libvirtVersion } from './host-parts.ts'
import { findRecords, textField } from './records.ts'

export const openstack: Adapter = {
  id: 'openstack',
  reads: '`openstack hypervisor list --long -f json`',

  recognises: content => content.structured && findRecords(content.tree.value, isHypervisor).length > 0,

  read(content) {
    const reading = emptyReading(content.file, this.id)
    reading.problems.push(...treeProblems(content.file, content.tree))
    for (const [index, { path, record }] of findRecords(content.tree.value, isHypervisor).entries()) {
      addHypervisor(reading, content, path, record, index)
    }
    return reading
  },
}

function addHypervisor(
  reading: FileReading,
  content: Content,
  path: Path,
  record: Record<string, unknown>,
  index: number,
) {
  const { file, tree } = content
  const fields = usual(record)
  const name =
    textField(fields, 'hypervisor_hostname') ?? textField(fields, 'name') ?? numbered(content.fileHost, index)
  const type = textField(fields, 'hypervisor_type') ?? 'xen'
  const versionField = Object.keys(record).find(key => plain(key) === 'hypervisor_version')!
  const field = [...path, versionField]
  const problem = { file, line: tree.lineOf(field), field: fieldName(field) }
  const source = { file, line: tree.lineOf(path), adapter: 'openstack' }
  const unknown = (message: string): HostEntry => {
    const missing: InventoryProblem = { code: 'no-version', severity: 'error', ...problem, message }
    return { name, source: { ...source, how: 'hypervisor version of OpenStack' }, missing }
  }

  const given = fields.hypervisor_version
  const number = typeof given === 'number' || typeof given === 'string' ? Number(given) : Number.NaN
  if (/^xen(server|api)/i.test(type)) {
    // nova's XenAPI driver gives the product's version here (nova/virt/xenapi/host.py, product_version).
    const product = `XenServer ${decoded(number)}`
    const message = `expected the Xen version of host ${name}, found that of the product, ${product}`
    reading.entries.push({ ...unknown(message), product })
  } else if (!/^xen$/i.test(type)) {
    const message = `expected Xen on host ${name}, found ${type}`
    reading.problems.push({ code: 'not-xen', severity: 'warning', ...problem, message, leavesOut: 1 })
  } else if (number === 0 || number === 1) {
    const message = `expected the Xen version of host ${name}, found ${shown(given)}, which means that it is unknown`
    reading.entries.push(unknown(message))
  } else if (!Number.isInteger(number) || number < 1_000_000) {
    const found = shown(given)
    const message = `expected a version as a number such as 4016000 for host ${name}, found ${found}`
    reading.entries.push(unknown(message))
  } else {
    const how = `hypervisor version ${number} of OpenStack`
    reading.entries.push({ name, ...libvirtVersion(decoded(number), how, source) })
  }
}

/** libvirt's number: a million for each major, a thousand for each minor (libvirt-host.h, virConnectGetVersion). */
function decoded(number: number): string {
  return `${Math.floor(number / 1_000_000)}.${Math.floor(number / 1000) % 1000}.${number % 1000}`
}

function plain(name: string): string {
  return name
    .trim()
    .toLowerCase()
    .replace(/[\s_-]+/g, '_')
}

function usual(record: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [plain(name), value]))
}

function isHypervisor(record: Record<string, unknown>): boolean {
  return Object.keys(record).some(name => plain(name) === 'hypervisor_version')
}
