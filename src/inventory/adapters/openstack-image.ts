// Images of OpenStack with the properties by which nova boots them: `openstack image show -f json`, and Glance's own
// answers, where properties are fields of the image.

import { treeProblems } from '../../document/problem.ts'
import { isRecord } from '../../document/tree.ts'
import type { Guest } from '../guest.ts'
import { type Adapter, defined, emptyReading, leaveOutGuest } from './adapter.ts'
import { findRecords, textField } from './records.ts'

export const openstackImage: Adapter = {
  id: 'openstack-image',
  reads: '`openstack image show -f json`',

  recognises: content => content.structured && findRecords(content.tree.value, isImage).length > 0,

  read(content) {
    const { file, tree } = content
    const reading = emptyReading(file, this.id)
    reading.problems.push(...treeProblems(file, tree))
    for (const { path, record } of findRecords(tree.value, isImage)) {
      const line = tree.lineOf(path)
      const fields = propertiesOf(record)
      const name = textField(record, 'name') ?? textField(record, 'id') ?? content.fileHost
      // Images of kernels and ramdisks belong to others, and start no guest by themselves.
      if (/^(?:aki|ari)$/.test(textField(record, 'disk_format') ?? '')) continue
      const hypervisor = textField(fields, 'img_hv_type') ?? textField(fields, 'hypervisor_type') ?? 'xen'
      if (!/^xen/i.test(hypervisor)) {
        const message = `expected an image for Xen, found ${name} for ${hypervisor}`
        reading.problems.push({ code: 'not-xen', severity: 'warning', file, line, message })
        continue
      }
      const mode = textField(fields, 'hw_vm_mode') ?? textField(fields, 'vm_mode')
      if (mode !== undefined && !/^(?:xen|pv|hvm|hv|baremetal)$/.test(mode)) {
        leaveOutGuest(reading, name, line, 'xen or hvm as vm_mode', mode)
        continue
      }
      reading.guests.push(guestOf(record, fields, name, mode, { file, line, adapter: this.id }))
    }
    return reading
  },
}

/** The text that the client prints where it has no JSON for properties: `kernel_id='…', vm_mode='xen'`. */
function propertiesOf(record: Record<string, unknown>): Record<string, unknown> {
  const { properties } = record
  if (isRecord(properties)) return { ...record, ...properties }
  if (typeof properties !== 'string') return record
  const pairs = [...properties.matchAll(/([\w:.-]+)='([^']*)'/g)].map(([, key, value]) => [key!, value!])
  return { ...record, ...Object.fromEntries(pairs) }
}

function guestOf(
  record: Record<string, unknown>,
  fields: Record<string, unknown>,
  name: string,
  mode: string | undefined,
  source: Guest['source'],
): Guest {
  const id = textField(record, 'id')
  const kernel = textField(fields, 'kernel_id')
  const isHvm = mode === undefined ? kernel === undefined : mode !== 'xen' && mode !== 'pv'
  const guest = {
    name,
    uuid: id,
    type: (isHvm ? 'hvm' : 'pv') as Guest['type'],
    disks: id === undefined ? [] : [id],
    args: textField(fields, 'os_command_line'),
    source,
  }
  if (isHvm) return defined<Guest>({ ...guest, boot: 'hvm' })
  if (kernel !== undefined) return defined<Guest>({ ...guest, boot: 'direct', kernel })
  return defined<Guest>({ ...guest, boot: 'pygrub' })
}

function isImage(record: Record<string, unknown>): boolean {
  return 'disk_format' in record && 'container_format' in record
}
