/** The examples of docs/inventory.md say what the page says of them. */
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { mergeInventories, parseInventory } from '../../src/inventory/inventory.ts'

const page = readFileSync(new URL('../../docs/inventory.md', import.meta.url), 'utf8')
const examples = page.slice(page.indexOf('One example of each'))
const [xl, xm, libvirt, xapi, xe, image, server, qubes] = [
  ...examples.matchAll(/^```(?:ini|xml|json|text)\n(.*?)^```$/gms),
].map(([, text]) => parseInventory(text!, 'example'))

it.each([
  [xl, 'xl-config', { name: 'web02', type: 'pv', boot: 'pygrub', disks: ['/srv/disks/web02.img'] }],
  [
    xm,
    'xl-config',
    { name: 'mail02', type: 'pv', boot: 'direct', kernel: '/boot/vmlinuz-2.6.32-5-xen-amd64' },
  ],
  [
    libvirt,
    'libvirt-domain',
    { name: 'unikernel', type: 'pvh', boot: 'direct', kernel: '/srv/kernels/hello.xen' },
  ],
  [xapi, 'xapi', { name: 'shop', type: 'pv', boot: 'pygrub', hosts: ['xcp-1'] }],
  [xe, 'xe', { name: 'files-pv', type: 'pv', boot: 'pygrub' }],
  [image, 'openstack-image', { name: 'centos-6', type: 'pv', boot: 'pygrub' }],
  [qubes, 'qubes-prefs', { name: 'archlinux', type: 'pvh', boot: 'pvhgrub' }],
])('%#', (inventory, adapter, guest) => {
  expect(inventory!.readings[0]!.adapter).toBe(adapter)
  expect(inventory!.guests).toMatchObject([guest])
})

it('a server boots as its image says', () => {
  const host = parseInventory('hosts: [{name: compute-01, xen: 4.17.4}]', 'hosts.yaml')
  const { guests } = mergeInventories([host, image!, server!])
  expect(guests).toMatchObject([{ name: 'shop-01', boot: 'pygrub', hosts: ['compute-01'] }])
})
