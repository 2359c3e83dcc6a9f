import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { pathOfKernel } from '../../src/inventory/guest.ts'
import { mergeInventories, parseInventory } from '../../src/inventory/inventory.ts'
import { problemLine } from '../../src/inventory/problem.ts'

const read = (text: string, file = 'guest.cfg') => {
  const { guests, passedOver, problems } = parseInventory(text, file)
  return { guests, passedOver, problems: problems.map(problemLine) }
}
const xl = (lines: string) => read(`name = "g"\nmemory = 1\n${lines}\n`)
const bootOf = (lines: string) => {
  const { boot, fault, type } = xl(lines).guests[0]!
  return [type, boot, fault].filter(part => part !== undefined).join(' ')
}

describe('configurations of xl and xm', () => {
  it.each([
    ['kernel = "/boot/vmlinuz"', 'pv direct'],
    ['type = "pvh"\nkernel = "/boot/vmlinuz"', 'pvh direct'],
    ['pvh = 1\nkernel = "/boot/vmlinuz"', 'pvh direct'],
    ['builder = "hvm"\nkernel = "/usr/lib/xen/boot/hvmloader"', 'hvm hvm'],
    ['type = "hvm"\nfirmware = "ovmf"', 'hvm ovmf'],
    ['bootloader = "/usr/lib/xen-4.1/bin/pygrub"', 'pv pygrub'],
    ['type = "pvh"\nbootloader = "pygrub"', 'pvh pygrub'],
    ['bootloader = "/opt/own-loader"', 'pv unknown unknown-bootloader'],
    [
      'kernel = "/usr/lib/xen-4.1/boot/pv-grub-x86_64.gz"\nextra = "(hd0,0)/boot/grub/menu.lst"',
      'pv pv-grub',
    ],
    ['kernel = "/usr/lib/grub-xen/grub-x86_64-xen.bin"', 'pv pvgrub2'],
    ['firmware = "pvgrub64"', 'pv pvgrub2'],
    ['type = "pvh"\nkernel = "/usr/lib/grub-xen/grub-i386-xen_pvh.bin"', 'pvh pvhgrub'],
    ['type = "pvh"\nkernel = "/usr/share/ovmf/OVMF.fd"', 'pvh ovmf'],
    ['type = "pvh"', 'pvh direct nothing-to-boot'],
    ['', 'pv direct nothing-to-boot'],
    ['kernel = "/boot/" + os.uname()[2]', 'pv unknown'],
    ['type = "HVM"', 'hvm hvm'],
    ['type = ""\nbuilder = "generic"\nkernel = "/k"', 'pv direct'],
    ['type = "pvh"\nfirmware = "seabios2"\nkernel = "/k"', 'pvh unknown'],
    ['firmware = "pvgrub" + arch()\nkernel = "/k"', 'pv unknown'],
  ])('%j is %s', (lines, expected) => expect(bootOf(lines)).toBe(expected))

  it.each([
    ["'phy:/dev/vg/a,xvda,w'", '/dev/vg/a'],
    ["'file:/srv/a.img,xvda1,w'", '/srv/a.img'],
    ["'tap:aio:/srv/a.img,xvda,w'", '/srv/a.img'],
    ["'tap2:qcow2:/srv/a.qcow2,xvda,w'", '/srv/a.qcow2'],
    ["'/dev/vg/a,raw,xvda,rw'", '/dev/vg/a'],
    ["'/srv/a.qcow2,qcow2,xvda'", '/srv/a.qcow2'],
    ["'format=qcow2, vdev=xvda, target=/srv/a, b.qcow2'", '/srv/a, b.qcow2'],
    ["'vdev=xvda,format=raw,access=rw,target=/dev/vg/a'", '/dev/vg/a'],
    ["',,hdc,cdrom'", undefined],
    ["'vdev=hdc,devtype=cdrom'", undefined],
  ])('the disk of %s is %s', (disk, path) => {
    expect(xl(`kernel = "/k"\ndisk = [ ${disk} ]`).guests[0]!.disks).toEqual(path === undefined ? [] : [path])
  })

  it.each([
    ['type = "pvx"', 'pv, pvh or hvm as type of guest g, found pvx'],
    ['type = 1', 'pv, pvh or hvm as type of guest g, found 1'],
    ['type = kind()', 'pv, pvh or hvm as type of guest g, found an expression'],
    ['builder = "foo"', 'pv, pvh or hvm as builder of guest g, found foo'],
    ['pvh = version()', '0 or 1 as pvh of guest g, found an expression'],
  ])('%j leaves the guest out', (line, said) => {
    const { guests, problems } = xl(`${line}\nkernel = "/k"`)
    expect(guests).toEqual([])
    expect(problems.at(-1)).toBe(`guest.cfg:3: expected ${said}: the guest is left out`)
  })

  it('names a firmware that is not known', () => {
    expect(xl('type = "pvh"\nfirmware = "seabios2"').problems).toEqual([
      'guest.cfg:4: expected a firmware such as ovmf or pvgrub64 for guest g, found seabios2: what boots it is not known',
    ])
    expect(xl('type = "hvm"\nfirmware = "seabios"').problems).toEqual([])
  })

  it('takes the last value of a name, adds with +=, and knows names that were assigned before', () => {
    const { guests } = xl(
      `d = '/srv/'\ndisk = [ d + 'a.img,xvda,w' ]; disk += [ "/b,raw,xvdb" ]\nkernel='/1'\nkernel='/2'`,
    )
    expect(guests[0]).toMatchObject({ disks: ['/srv/a.img', '/b'], kernel: '/2' })
  })

  it('adds root and extra to the arguments, unless cmdline says all', () => {
    expect(xl('kernel="/k"\nroot="/dev/xvda"\nextra="ro"').guests[0]!.args).toBe('root=/dev/xvda ro')
    expect(xl('kernel="/k"\nroot="/dev/xvda"\ncmdline="quiet"').guests[0]!.args).toBe('quiet')
  })

  it('never executes code, and says where there is some', () => {
    const { guests, problems } = read(
      `import os\nname = "a"\nos.system("touch /tmp/owned")\nkernel = os.popen("id").read()\nmemory = __import__("os").getpid()\nif 1:\n  bootloader = "pygrub"\n  kernel = "/k"\n`,
    )
    expect(guests).toMatchObject([{ name: 'a', boot: 'unknown' }])
    expect(problems.map(line => line.split(': ')[0])).toEqual(
      [1, 3, 4, 5, 6].map(line => `guest.cfg:${line}`),
    )
    expect(problems[1]).toContain('code is never executed')
  })

  it.each([
    ['an unclosed quote', `name = "a"\nmemory = 1\nextra = "b\nkernel = "/k"\n`],
    ['an unclosed list', `name = "a"\nmemory = 1\ndisk = [ 'x',\nkernel = "/k"\n`],
    ['brackets in each other', `name = "a"\nmemory = 1\nx = ${'['.repeat(100_000)}\nkernel = "/k"\n`],
    ['NUL and Latin-1', `name = "a"\nmemory = 1\nextra = "\0\xe9"\n\0\0\nkernel = "/k"\n`],
  ])('%s costs no more than its own value', (_, text) => {
    expect(read(text).guests).toMatchObject([{ name: 'a', kernel: '/k' }])
  })

  it.each([
    ['a list', 'disk = ['.concat("'a',".repeat(200_000))],
    ['lists that are never closed', 'x = [\n'.repeat(150_000)],
    ['code', 'exec(1)\n'.repeat(100_000)],
    ['a text', `extra = "${'a'.repeat(1_000_000)}`],
    ['assignments', 'a = 1\n'.repeat(170_000)],
    ['pluses', `a = ""${'+""'.repeat(200_000)}`],
    ['continued lines', `a = ${'\\\n'.repeat(300_000)}`],
  ])('%s without end comes to an end, with few problems', (_, text) => {
    const { guests, problems } = read(`name = "a"\nkernel = "/k"\n${text}`)
    expect(guests).toMatchObject([{ name: 'a', kernel: '/k' }])
    expect(problems.length).toBeLessThan(30)
  })
})

const json = (value: unknown) => JSON.stringify(value)
const vm = (fields: object) => ({
  uuid: 'u',
  name_label: 'g',
  is_a_template: false,
  PV_kernel: '/k',
  ...fields,
})
const image = (fields: object) => ({
  ...{ id: 'i', name: 'g', disk_format: 'raw', container_format: 'bare', kernel_id: 'k' },
  ...fields,
})
const xlDomain = (type: string) => [{ config: { c_info: { type, name: 'g' }, b_info: { kernel: '/k' } } }]
const domain = (type: string) =>
  `<domain type='xen'><name>g</name><os><type${type}</type><kernel>/k</kernel></os></domain>`

describe('a word that decides the type of a guest', () => {
  it.each([
    ['libvirt', domain('>linux'), 'pv'],
    ['libvirt', domain(" machine='xenpv'>xen"), 'pv'],
    ['libvirt', domain(" machine='xenpvh'>xenpvh"), 'pvh'],
    ['libvirt', domain(" machine='pc-i440fx-2.9'>hvm"), 'hvm'],
    ['XAPI', json(vm({ domain_type: 'pvh' })), 'pvh'],
    ['XAPI', json(vm({ domain_type: 'unspecified' })), 'pv'],
    ['xl list -l', json(xlDomain('pvh')), 'pvh'],
    ['Glance', json([image({ vm_mode: 'xen' })]), 'pv'],
    ['Glance', json([image({ hw_vm_mode: 'hvm' })]), 'hvm'],
    ['Qubes OS', 'name - g\nklass D AppVM\nvirt_mode D pv\nkernel D 6.1\n', 'pv'],
    ['our own format', 'guests: [{name: g, type: pvh, kernel: /k}]', 'pvh'],
  ])('of %s is known: %s', (_, text, type) => {
    const { guests, problems } = read(text, 'inventory')
    expect(guests).toMatchObject([{ name: 'g', type }])
    expect(problems).toEqual([])
  })

  it.each([
    [
      'libvirt',
      domain(" machine='xenfoo'>foo"),
      'linux, xenpvh or hvm as os/type of guest g, found foo on xenfoo',
    ],
    [
      'libvirt',
      domain(" machine='xenfoo'>linux"),
      'linux, xenpvh or hvm as os/type of guest g, found linux on xenfoo',
    ],
    ['XAPI', json(vm({ domain_type: 'weird' })), 'hvm, pv, pvh or pv_in_pvh as type of guest g, found weird'],
    [
      'xe',
      'uuid ( RO) : u\nname-label ( RW): g\nis-a-template ( RW): false\nPV-kernel ( RW): /k\ndomain-type ( RW): weird\n',
      'hvm, pv, pvh or pv_in_pvh as type of guest g, found weird',
    ],
    ['xl list -l', json(xlDomain('weird')), 'pv, pvh or hvm as type of guest g, found weird'],
    ['Glance', json([image({ vm_mode: 'weird' })]), 'xen or hvm as vm_mode of guest g, found weird'],
    [
      'Qubes OS',
      'name - g\nklass D AppVM\nvirt_mode D weird\nkernel D 6.1\n',
      'pv, pvh or hvm as virt_mode of guest g, found weird',
    ],
    ['our own format', 'guests: [{name: g, type: weird, kernel: /k}]', 'pv, pvh or hvm, found "weird"'],
  ])('of %s leaves the guest out where it is not known', (_, text, said) => {
    const { guests, problems } = read(text, 'inventory')
    expect(guests).toEqual([])
    expect(problems).toEqual([
      expect.stringMatching(/^inventory:\d+: (?:guests\[0\]\.type: )?expected .*: the guest is left out$/),
    ])
    expect(problems[0]).toContain(`expected ${said}: `)
  })
})

describe('domains of libvirt', () => {
  it('expands no entity, and says that there is one', () => {
    const bomb = `<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY x SYSTEM "file:///etc/passwd">]>\n<domain type='xen'><name>n&b;&x;</name><os><type>linux</type><kernel>/k</kernel></os></domain>`
    const { guests, problems } = read(bomb, 'd.xml')
    expect(guests).toMatchObject([{ boot: 'direct', kernel: '/k' }])
    expect(guests[0]!.name).toBe('n&b;&x;')
    expect(problems.some(line => line.startsWith('d.xml:2: ') && line.includes('entity'))).toBe(true)
  })
  it.each([
    ['deep elements', `<domain type='xen'>${'<a>'.repeat(100_000)}`],
    ['faults', `<domain type='xen'>${'<a b>'.repeat(30)}`],
    ['an open tag', `<domain type='xen' ${'a="b" '.repeat(10_000)}`],
    ['text', `<domain type='xen'><name>${'a'.repeat(500_000)}`],
  ])('%s without end come to an end', (_, text) => {
    expect(read(text, 'd.xml').problems.length).toBeLessThan(30)
  })
  it('keeps the domains before a fault', () => {
    const good = `<domain type='xen'><name>a</name><os><type>linux</type><kernel>/k</kernel></os></domain>`
    expect(read(`${good}\n<domain type='xen'><name>b</nam`, 'd.xml').guests.map(({ name }) => name)).toEqual([
      'a',
    ])
  })
})

it('knows the files of boot loaders, and takes nothing else for one', () => {
  expect(pathOfKernel('/usr/lib/xen/boot/pv-grub-x86_32.gz')).toBe('pv-grub')
  expect(pathOfKernel('pv-grub-hd0_1.04-x86_64.gz')).toBe('pv-grub')
  expect(pathOfKernel('/var/lib/qubes/vm-kernels/pvgrub2-pvh/vmlinuz')).toBe('pvhgrub')
  expect(pathOfKernel('/var/lib/qubes/vm-kernels/pvgrub2/vmlinuz')).toBe('pvgrub2')
  expect(pathOfKernel('/usr/lib/grub-xen/grub-i386-xen.bin')).toBe('pvgrub2')
  expect(pathOfKernel('/srv/grub-guests/vmlinuz-6.1')).toBe('direct')
  expect(pathOfKernel('vmlinuz')).toBe('direct')
})

describe('guests of our own format', () => {
  const hosts =
    'hosts:\n  - {name: fra-01, xen: 4.17.4}\n  - {name: fra-02, xen: 4.17.4}\n  - {name: ams-01, xen: 4.4.4}\n'
  it('are described, or only placed', () => {
    const own = parseInventory(
      `${hosts}guests:\n  - {name: db, host: 'fra-*', boot: pygrub, disks: /srv/db.img}\n  - {name: 'g*', host: ams-01}\n`,
      'own.yaml',
    )
    const { guests, problems } = mergeInventories([
      own,
      parseInventory('name = "g1"\nkernel = "/k"\n', 'g1.cfg'),
    ])
    expect(problems.filter(({ code }) => code !== 'unknown-guest')).toEqual([])
    expect(guests).toMatchObject([
      { name: 'db', hosts: ['fra-01', 'fra-02'], type: 'pv', boot: 'pygrub', disks: ['/srv/db.img'] },
      { name: 'g1', hosts: ['ams-01'], boot: 'direct' },
    ])
  })
  it('that are placed and nowhere described are named, and so are hosts that are not there', () => {
    const { problems } = parseInventory(
      `${hosts}guests:\n  - {name: x, host: ams-01}\n  - {name: y, host: ams-09, kernel: /k}\n`,
      'own.yaml',
    )
    expect(problems.map(problemLine)).toEqual([
      'own.yaml:6: guests[0]: expected a guest of the inventory, found x',
      'own.yaml:7: expected a host of the inventory for guest y, found ams-09',
    ])
  })
})

it('joins records of different files by their uuids, and takes a guest that comes twice once', () => {
  const vms =
    'uuid ( RO): v1\n name-label ( RW): a\n is-a-template ( RW): false\n PV-bootloader ( RW): pygrub\n resident-on ( RO): h1\n'
  const vbds = 'uuid ( RO): b1\n vm-uuid ( RO): v1\n vdi-uuid ( RO): d1\n bootable ( RW): true\n'
  const hosts = 'uuid ( RO): h1\n name-label ( RW): xs1\n software-version (MRO): xen: 4.13.5\n'
  const inventories = [vms, vbds, hosts, vms].map((text, index) => parseInventory(text, `${index}.txt`))
  expect(mergeInventories(inventories).guests).toMatchObject([{ name: 'a', hosts: ['xs1'], disks: ['d1'] }])
})

describe('servers of OpenStack', () => {
  const text = (name: string) =>
    readFileSync(new URL(`../../fixtures/inventories/${name}`, import.meta.url), 'utf8')
  const images = parseInventory(text('openstack-images.json'), 'images.json')
  const servers = parseInventory(text('openstack-servers.json'), 'servers.json')
  const hosts = parseInventory(
    'hosts: [{name: compute-01, xen: 4.17.4}, {name: compute-02, xen: 4.17.4}]',
    'fleet.yaml',
  )

  it('boot as their images say, on their hosts, from their own disks', () => {
    const { guests, problems } = mergeInventories([hosts, images, servers])
    expect(guests.filter(({ source }) => source.file === 'servers.json')).toMatchObject([
      { name: 'shop-01', hosts: ['compute-01'], boot: 'pygrub', type: 'pv' },
      {
        name: 'shop-02',
        hosts: ['compute-01'],
        boot: 'direct',
        kernel: '7c1f5a9e-0000-4000-8000-00000000000b',
      },
    ])
    expect(guests.find(({ name }) => name === 'shop-01')?.disks).toEqual([
      '0a1b2c3d-0000-4000-8000-000000000001',
    ])
    // An image of which there are servers is no guest of its own.
    expect(guests.map(({ name }) => name)).not.toContain('centos-6-pv')
    expect(guests.map(({ name }) => name)).toContain('windows')
    expect(problems.map(problemLine).join()).toContain('server volume-boot')
  })

  it('are left out without their images', () => {
    const { guests, problems } = mergeInventories([hosts, servers])
    expect(guests).toEqual([])
    expect(problems.filter(({ code }) => code === 'unknown-image')).toHaveLength(3)
  })

  it.each([
    [{ image: { id: '7c1f5a9e-0000-4000-8000-00000000000d' } }],
    [{ image: 'centos-6-pv (7c1f5a9e-0000-4000-8000-00000000000d)' }],
  ])('are read as nova and `server show` write them: %j', image => {
    const record = { id: 'x', name: 'one', flavor: {}, 'OS-EXT-SRV-ATTR:host': 'compute-02', ...image }
    const one = parseInventory(JSON.stringify({ servers: [record] }), 'one.json')
    expect(mergeInventories([hosts, images, one]).guests).toContainEqual(
      expect.objectContaining({ name: 'one', hosts: ['compute-02'], boot: 'pygrub' }),
    )
  })
})
