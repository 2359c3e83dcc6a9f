// What a guest sees of the Xen below it: `grep -r . /sys/hypervisor/version` of Linux
// (Documentation/ABI/stable/sysfs-hypervisor-xen).
import type { HostEntry } from '../host.ts'
import { missingVersion } from '../problem.ts'
import { type Adapter, defined, emptyReading } from './adapter.ts'
import { belowGuest, composedVersion } from './host-parts.ts'
import { keyRecords } from './key-lines.ts'

const FILE = /^[ \t]*\S*\/sys\/hypervisor\/version\/(major|minor|extra):(.*)$/

export const sysHypervisor: Adapter = {
  id: 'sys-hypervisor',
  reads: '`grep -r . /sys/hypervisor/version` of a guest',

  recognises: content => /\/sys\/hypervisor\/version\/major:/.test(content.text),

  read(content) {
    const reading = emptyReading(content.file, this.id)
    const match = (line: string) => {
      const found = FILE.exec(line)
      return found ? ([found[1]!, found[2]!.trim()] as const) : undefined
    }
    const [record] = keyRecords(content.lines, match, () => false)
    if (!record) return reading
    const { line, fields } = record
    const { file } = content
    const host = belowGuest(content.fileHost, 'its /sys/hypervisor', { file, line, adapter: this.id })
    reading.entries.push(
      defined<HostEntry>({
        ...host,
        xen: composedVersion(part => fields.get(part)),
        missing: missingVersion(host.name, { file, line, field: 'version/major and minor' }),
      }),
    )
    return reading
  },
}
