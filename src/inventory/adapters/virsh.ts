// `virsh version`. Its line "Using API: Xen 8.0.0" is libvirt's own version; only the running hypervisor counts.
import { type Adapter, emptyReading, numbered } from './adapter.ts'
import { libvirtVersion } from './host-parts.ts'

const RUNNING = /^[ \t]*Running hypervisor:[ \t]*(\S+)[ \t]+(\S+)/

export const virsh: Adapter = {
  id: 'virsh',
  reads: '`virsh version`',

  recognises: content => /^[ \t]*Running hypervisor:/m.test(content.text),

  read(content) {
    const { file } = content
    const reading = emptyReading(file, this.id)
    let count = 0
    for (const [index, text] of content.lines.entries()) {
      const found = RUNNING.exec(text)
      if (!found) continue
      const name = numbered(content.fileHost, count++)
      const line = index + 1
      const [, kind, version] = found
      if (kind!.toLowerCase() === 'xen') {
        const how = 'the running hypervisor of virsh version'
        reading.entries.push({ name, ...libvirtVersion(version!, how, { file, line, adapter: this.id }) })
      } else {
        const message = `expected Xen on host ${name}, found ${kind} ${version}`
        reading.problems.push({ code: 'not-xen', severity: 'warning', file, line, message, leavesOut: 1 })
      }
    }
    return reading
  },
}
