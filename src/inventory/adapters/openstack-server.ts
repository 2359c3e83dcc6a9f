// Servers of OpenStack: `openstack server list --long -f json`, `openstack server show -f json`, and nova's own answers.
// How a server boots, its image says: without it the server is left out.

import { treeProblems } from '../../document/problem.ts'
import { isRecord } from '../../document/tree.ts'
import { type Adapter, defined, emptyReading } from './adapter.ts'
import { findRecords, textField } from './records.ts'

/** Columns of the client, and fields of nova. */
const IDS = ['ID', 'id']
const NAMES = ['Name', 'name']
const HOSTS = [
  'OS-EXT-SRV-ATTR:hypervisor_hostname',
  'hypervisor_hostname',
  'OS-EXT-SRV-ATTR:host',
  'compute_host',
  'Host',
]
const UUID = /[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}/i

export const openstackServer: Adapter = {
  id: 'openstack-server',
  reads: '`openstack server list --long -f json`',

  recognises: content => content.structured && findRecords(content.tree.value, isServer).length > 0,

  read(content) {
    const { file, tree } = content
    const reading = emptyReading(file, this.id)
    reading.problems.push(...treeProblems(file, tree))
    for (const { path, record } of findRecords(tree.value, isServer)) {
      const first = (names: readonly string[]) =>
        names.map(name => textField(record, name)).find(text => text !== undefined)
      const uuid = first(IDS)
      const host = first(HOSTS)
      reading.guests.push(
        defined({
          name: first(NAMES) ?? uuid ?? content.fileHost,
          uuid,
          ...(host !== undefined && host !== 'None' && { hosts: [host] }),
          type: 'pv',
          boot: 'unknown',
          image: imageOf(record),
          disks: uuid === undefined ? [] : [uuid],
          source: { file, line: tree.lineOf(path), adapter: this.id },
        }),
      )
    }
    return reading
  },
}

/** The id of a server's image; none where it boots from a volume. */
function imageOf(record: Record<string, unknown>): string | undefined {
  const { image } = record
  const text =
    textField(record, 'Image ID') ?? (isRecord(image) ? textField(image, 'id') : textField(record, 'image'))
  return UUID.exec(text ?? '')?.[0]
}

const isServer = (record: Record<string, unknown>): boolean =>
  ('image' in record && 'flavor' in record) || ('Image ID' in record && 'ID' in record)
