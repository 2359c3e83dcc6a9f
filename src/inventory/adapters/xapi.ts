// Host and VM records of XAPI, as `xo-cli`, XAPI's JSON-RPC, dumps of its database and scripts around them give them.

import { treeProblems } from '../../document/problem.ts'
import { fieldName, isRecord, type Path } from '../../document/tree.ts'
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
import { findRecords, textField } from './records.ts'
import { addXapiGuest, passedOverAs } from './xapi-guest.ts'

type Fields = Record<string, unknown>

export const xapi: Adapter = {
  id: 'xapi',
  reads: 'XAPI and xo-cli JSON (hosts, VMs, VBDs, VDIs)',

  recognises: content =>
    content.structured &&
    findRecords(content.tree.value, record => isHost(record) || isVm(record)).length > 0,

  read(content) {
    const { file, tree } = content
    const reading = emptyReading(file, this.id)
    reading.problems.push(...treeProblems(file, tree))
    const records = findRecords(tree.value, isKnown)
    const uuids = new Map<string, string>()
    for (const { path, record } of records) {
      const uuid = textField(record, 'uuid') ?? textField(record, 'id')
      const reference = path.at(-1)
      if (uuid !== undefined && typeof reference === 'string') uuids.set(reference, uuid)
      const id = textField(record, 'id') ?? textField(record, '$ref')
      if (uuid !== undefined && id !== undefined) uuids.set(id, uuid)
    }
    /** What a reference leads to, by its uuid. */
    const follow = (reference: string | undefined) =>
      reference === undefined || reference === 'OpaqueRef:NULL'
        ? undefined
        : (uuids.get(reference) ?? reference)
    let nameless = 0
    for (const { path, record } of records) {
      if (isHost(record)) addHost(reading, content, path, record, () => nameless++)
      else if (isVbd(record)) addAttachment(reading, record, follow)
      else if (isVm(record)) addVm(reading, content, path, record, follow)
    }
    return reading
  },
}

function addHost(reading: FileReading, content: Content, path: Path, record: Fields, nameless: () => number) {
  const { file, tree } = content
  const software = isRecord(record.software_version) ? record.software_version : {}
  const product = productOf(key => textField(software, key) ?? textField(record, XO_NAMES[key] ?? key))
  const field = [...path, 'software_version', 'xen']
  const uuid = textField(record, 'uuid')
  const name =
    textField(record, 'name_label') ??
    textField(record, 'hostname') ??
    uuid ??
    numbered(content.fileHost, nameless())
  reading.entries.push(
    defined<HostEntry>({
      name,
      uuid,
      xen: textField(software, 'xen'),
      xenCaps: capabilities(record.capabilities),
      ...product,
      source: { file, line: tree.lineOf(path), adapter: 'xapi', how: 'software_version.xen of XAPI' },
      missing: missingVersion(name, { file, line: tree.lineOf(field), field: fieldName(field) }),
    }),
  )
}

type Follow = (reference: string | undefined) => string | undefined

/** A disk of a VM; drives without a disk, and CDs, are left out. */
function addAttachment(reading: FileReading, record: Fields, follow: Follow) {
  if (record.type === 'CD' || record.is_cd_drive === true || record.empty === true) return
  const guest = follow(textField(record, 'VM'))
  const disk = follow(textField(record, 'VDI'))
  if (guest !== undefined && disk !== undefined)
    reading.attachments.push({ guest, disk, bootable: record.bootable === true })
}

function addVm(
  reading: FileReading,
  { file, tree, fileHost }: Content,
  path: Path,
  record: Fields,
  follow: Follow,
) {
  const kind = textField(record, 'type')
  const other = passedOverAs({
    template: record.is_a_template === true || kind === 'VM-template',
    snapshot: record.is_a_snapshot === true || kind === 'VM-snapshot',
    controlDomain: record.is_control_domain === true || kind === 'VM-controller',
  })
  if (other !== undefined) {
    reading.passedOver[other]++
    return
  }
  const uuid = textField(record, 'uuid') ?? textField(record, 'id')
  const boot = isRecord(record.HVM_boot_params)
    ? record.HVM_boot_params
    : isRecord(record.boot)
      ? record.boot
      : {}
  const fromXo = kind === 'VM' && 'virtualizationMode' in record
  // A halted VM is in the pool, and on no host of it.
  const container = record.power_state === 'Running' ? textField(record, '$container') : undefined
  const running = follow(fromXo ? container : textField(record, 'resident_on'))
  addXapiGuest(
    reading,
    {
      name: textField(record, 'name_label') ?? uuid ?? fileHost,
      uuid,
      domainType: textField(record, 'domain_type') ?? textField(record, 'virtualizationMode'),
      bootloader: textField(record, 'PV_bootloader'),
      // xo-server does not pass it on.
      hidesBootloader: fromXo,
      kernel: textField(record, 'PV_kernel'),
      args: textField(record, 'PV_args'),
      hvmBootPolicy: textField(record, 'HVM_boot_policy'),
      firmware: textField(boot, 'firmware'),
      host: running ?? follow(textField(record, 'affinity')),
      disks: [],
    },
    { file, line: tree.lineOf(path), adapter: 'xapi' },
  )
}

/** xo-server's own host objects have these instead of software_version, and nothing of Xen's version. */
const XO_NAMES: Readonly<Record<string, string>> = {
  product_brand: 'productBrand',
  product_version: 'version',
  build_number: 'build',
}

function isHost(record: Fields): boolean {
  return isRecord(record.software_version) || (record.type === 'host' && 'productBrand' in record)
}

function isVm(record: Fields): boolean {
  if (typeof record.type === 'string' && /^VM(?:-template|-snapshot|-controller)?$/.test(record.type))
    return 'name_label' in record
  return (
    'is_a_template' in record &&
    ['PV_bootloader', 'PV_kernel', 'HVM_boot_policy', 'domain_type'].some(name => name in record)
  )
}

const isVbd = (record: Fields): boolean =>
  typeof record.VM === 'string' && typeof record.VDI === 'string' && 'bootable' in record

const isVdi = (record: Fields): boolean =>
  record.type === 'VDI' || ('SR' in record && 'VBDs' in record) || 'virtual_size' in record

const isKnown = (record: Fields): boolean => isHost(record) || isVm(record) || isVbd(record) || isVdi(record)

function capabilities(value: unknown): string[] | undefined {
  if (typeof value === 'string') return words(value)
  if (!Array.isArray(value)) return undefined
  return words(value.filter(item => typeof item === 'string').join(' '))
}
