// The log of a Linux kernel on Xen: it prints the version of the hypervisor below it, in full as PV and PVH guest and as dom0
// (arch/x86/xen/setup.c, xen_banner of enlighten.c), and major and minor alone as HVM guest (enlighten_hvm.c).
import type { HostEntry } from '../host.ts'
import { type Adapter, defined, emptyReading } from './adapter.ts'
import { belowGuest } from './host-parts.ts'

const LINE =
  /^.{0,120}?(?:\[ *\d+\.\d+\]|kernel:)[ \t]*Xen version(?:: (\d+\.\d+\S*)(?: \(preserve-AD\))?| (\d+\.\d+)\.)[ \t]*$/
/** What a kernel says that runs as dom0. */
const DOM0 = /\bDom0\b|xen: initial domain|xen[_-](?:acpi_processor|pciback)/

export const guestDmesg: Adapter = {
  id: 'guest-dmesg',
  reads: '`dmesg` of a Linux on Xen',

  // A serial console has Xen's own messages too, which say more.
  recognises: content =>
    !/\(XEN\)[^\n]{0,80}Xen version \d/.test(content.text) && content.lines.some(line => LINE.test(line)),

  read(content) {
    const { file } = content
    const reading = emptyReading(file, this.id)
    const isDom0 = DOM0.test(content.text)
    // Of several boots the last one counts.
    const index = content.lines.findLastIndex(line => LINE.test(line))
    const [, full, series] = LINE.exec(content.lines[index]!)!
    const source = { file, line: index + 1, adapter: this.id }
    const host = isDom0
      ? { name: content.fileHost, source: { ...source, how: 'the log of its dom0' } }
      : belowGuest(content.fileHost, 'its log', source)
    reading.entries.push(defined<HostEntry>({ ...host, xen: full ?? series }))
    return reading
  },
}
