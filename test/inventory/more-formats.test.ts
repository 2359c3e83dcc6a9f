/** Formats that tell of guests and of the host below one: `xl list -l`, Linux's own log, and what looks like an inventory and is none. */
import { describe, expect, test } from 'vitest'
import { parseInventory } from '../../src/inventory/inventory.ts'
import { problemLine } from '../../src/inventory/problem.ts'

const reading = (text: string, file = 'web01.txt') => parseInventory(text, file).readings[0]!
const hosts = (text: string, file?: string) =>
  parseInventory(text, file ?? 'web01.txt').hosts.map(({ name, xen }) => `${name} ${xen}`)

describe('`xl list -l`', () => {
  const domain = (c_info: object, b_info: object, disks: object[] = [], domid = 3) => ({
    domid,
    config: { c_info, b_info, disks },
  })
  const guests = (...domains: object[]) => reading(JSON.stringify(domains)).guests

  test('has guests with their boot paths, in the form of each release', () => {
    expect(
      guests(
        domain({ type: 'pv', name: 'a', uuid: 'u1' }, { bootloader: 'pygrub', 'type.pv': {} }, [
          { pdev_path: '/iso/cd.iso', is_cdrom: 1 },
          { pdev_path: '/srv/a.img', vdev: 'xvda' },
        ]),
        domain({ type: 'pv', name: 'b' }, { 'type.pv': { kernel: '/boot/vmlinuz', cmdline: 'ro' } }),
        domain({ type: 'pvh', name: 'c' }, { kernel: '/usr/lib/grub-xen/grub-i386-xen_pvh.bin' }),
        domain({ type: 'hvm', name: 'd' }, { 'type.hvm': { bios: 'ovmf' } }),
        domain({ type: 'pv', name: 'e', pvh: true }, { kernel: '/boot/vmlinuz' }),
        domain({ type: 'pv', name: 'f' }, {}),
      ),
    ).toMatchObject([
      { name: 'a', uuid: 'u1', type: 'pv', boot: 'pygrub', disks: ['/srv/a.img'] },
      { name: 'b', type: 'pv', boot: 'direct', kernel: '/boot/vmlinuz', args: 'ro' },
      { name: 'c', type: 'pvh', boot: 'pvhgrub' },
      { name: 'd', type: 'hvm', boot: 'ovmf' },
      { name: 'e', type: 'pvh', boot: 'direct' },
      { name: 'f', boot: 'direct', fault: 'nothing-to-boot' },
    ])
  })

  test('passes dom0 over, and reads the file of one domain', () => {
    const dom0 = reading(JSON.stringify([domain({ type: 'pv', name: 'Domain-0' }, {}, [], 0)]))
    expect([dom0.guests, dom0.passedOver.controlDomains]).toEqual([[], 1])
    expect(
      reading('{"c_info": {"type": "pv", "name": "g"}, "b_info": {"kernel": "/k"}}').guests,
    ).toMatchObject([{ name: 'g', kernel: '/k' }])
  })
})

describe('the log of a Linux on Xen', () => {
  const PV = '[    0.000000] Linux version 6.1.0\n[    0.134003] Xen version: 4.17.4 (preserve-AD)\n'

  test('tells the host below a guest, which is named after it', () => {
    expect(hosts(PV)).toEqual(['host-of-web01 4.17.4'])
    expect(hosts('[    0.000000] Linux version 6.1.0\n[    0.000000] Xen version 4.11.\n')).toEqual([
      'host-of-web01 4.11',
    ])
    expect(hosts('Nov 26 10:00:00 web01 kernel: [    0.1] Xen version: 4.8.5 (preserve-AD)\n')).toEqual([
      'host-of-web01 4.8.5',
    ])
  })

  test('tells its own host where it is that of dom0', () => {
    expect(hosts(`${PV}[    0.5] xen: initial domain\n`, 'xen1.log')).toEqual(['xen1 4.17.4'])
  })

  test('is no JSON, and yields to the messages of Xen itself', () => {
    expect(reading('[    0.000000] Linux version 6.1.0\n').problems.map(problemLine).join()).not.toContain(
      'JSON',
    )
    const serial = `(XEN) Xen version 4.17.3 (Debian 4.17.3+10-g091466ba55-1~deb12u1) (gcc) debug=n\n${PV}`
    expect(reading(serial).adapter).toBe('boot-log')
  })
})

test.each(['capabilities', 'domainCapabilities'])('what libvirt prints as %s is no guest', root => {
  const { guests, problems } = reading(`<${root}><guest><domain type='xen'/></guest></${root}>`)
  expect([guests, problems.map(({ code }) => code)]).toEqual([[], ['unknown-format']])
})

test('a host of which Ansible had no answer is named as left out', () => {
  const text =
    'xen1 | CHANGED | rc=0 >>\nhost : xen1\nxen_version : 4.17.3\nxen2 | UNREACHABLE! => {"changed": false}\nxen3 | FAILED | rc=127 >>\n'
  const { hosts: found, problems } = parseInventory(text, 'fleet.txt')
  expect(found.map(({ name }) => name)).toEqual(['xen1'])
  expect(problems.map(problemLine)).toEqual([
    'fleet.txt:4: expected what host xen2 answers, found that Ansible had no answer of it',
    'fleet.txt:5: expected what host xen3 answers, found that Ansible had no answer of it',
  ])
})

test('a disk whose path begins as a key of the other syntax does is a disk', () => {
  const config =
    "name = 'web'\nbootloader = 'pygrub'\ndisk = ['backends/web.img,raw,xvda,w', 'vdev=hdc,access=ro']\n"
  expect(reading(config, 'web.cfg').guests).toMatchObject([{ disks: ['backends/web.img'] }])
})
