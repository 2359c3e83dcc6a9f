import { describe, expect, it } from 'vitest'
import { parseInventory } from '../../src/inventory/inventory.ts'
import { leftOut, problemLine } from '../../src/inventory/problem.ts'

const read = (text: string, file = 'dump.txt', columns?: Record<string, string>) => {
  const inventory = parseInventory(text, file, columns && { columns })
  return {
    adapter: inventory.readings[0]?.adapter,
    versions: inventory.hosts.map(({ name, xen }) => `${name} ${xen}`),
    problems: inventory.problems.map(problemLine),
    codes: inventory.problems.map(({ code }) => code),
    hosts: inventory.hosts,
    leftOut: leftOut(inventory.problems),
  }
}

/** Version strings that hosts really print. */
const VERSIONS = [
  '4.18.0',
  '4.15-unstable',
  '4.13.0-rc',
  '4.15.3-pre-atg08',
  '4.20.1_02-1',
  '4.4.4OVM',
  '4.4.1-xs90192',
  '4.4.1-xs100654',
  '4.12.1-1.el7',
  '3.1.2-412.el5',
  '4.2.amazon',
  '3.4.3.amazon',
  '4.11.amazon',
  '4.1.5',
  '4.11.2-pre (Debian 4.11.1+92-g6c33308a8d-2)',
  '4.17.2-pre (Debian 4.17.1+2-gb773c48e36-1)',
  '4.22-unstable',
  '4.10',
]

describe('version strings', () => {
  const formats: Record<string, (version: string) => string> = {
    'own YAML': version => `hosts:\n  - name: a\n    xen: ${version}\n`,
    'own JSON': version => JSON.stringify({ hosts: [{ name: 'a', xen: version }] }),
    'xl info': version => `host : a\nxen_version : ${version}\n`,
    'xe host-param-list': version =>
      `name-label ( RW): a\nsoftware-version (MRO): xen: ${version}; linux: 3.10.0+2\n`,
    XAPI: version => JSON.stringify({ name_label: 'a', software_version: { xen: version } }),
    'boot log': version =>
      `(XEN) Xen version ${version} (root@) (gcc version 4.1.2) Thu May 18 19:26:30 2023\n`,
    CSV: version => `host,xen\na,${version}\n`,
    'JSON rows': version => JSON.stringify([{ host: 'a', xen: version }]),
  }
  it.each(Object.entries(formats))('are kept as they are by %s', (_, format) => {
    for (const version of VERSIONS) expect(read(format(version), 'a.txt').versions).toEqual([`a ${version}`])
  })
  it('keep the zero of 4.10 where YAML and JSON would read a number', () => {
    expect(read('hosts: [{name: a, xen: 4.10}]').versions).toEqual(['a 4.10'])
    expect(read('{"hosts": [{"name": "a", "xen": 4.10}]}').versions).toEqual(['a 4.10'])
  })
})

describe('xl info and xm info', () => {
  const dump = `release                : 5.15.0-73-generic
virt_caps              : pv hvm hap shadow vmtrace gnttab-v1 gnttab-v2
xen_major              : 4
xen_minor              : 18
xen_extra              : .0
xen_version            : 4.18.0
xen_caps               : xen-3.0-x86_64 hvm-3.0-x86_32 hvm-3.0-x86_32p hvm-3.0-x86_64
xen_commandline        : placeholder console=vga dom0_mem=10096M
`
  it('names a host without a host line by the file', () => {
    expect(read(dump, 'dumps/xen18.example.org.txt').versions).toEqual(['xen18.example.org 4.18.0'])
    expect(read(dump, 'C:\\dumps\\xen18').versions).toEqual(['xen18 4.18.0'])
  })
  it('tells dumps apart that follow each other without a host line', () => {
    expect(read(dump + dump, 'all.txt').versions).toEqual(['all 4.18.0', 'all#2 4.18.0'])
  })
  it('keeps capabilities and command line', () => {
    const [host] = read(dump).hosts
    expect(host?.virtCaps).toEqual(['pv', 'hvm', 'hap', 'shadow', 'vmtrace', 'gnttab-v1', 'gnttab-v2'])
    expect(host?.xenCaps).toEqual(['xen-3.0-x86_64', 'hvm-3.0-x86_32', 'hvm-3.0-x86_32p', 'hvm-3.0-x86_64'])
    expect(host?.commandline).toBe('placeholder console=vga dom0_mem=10096M')
  })
  it('takes an empty list of capabilities for what it says', () => {
    expect(read('host: a\nvirt_caps :\nxen_version : 4.8.2\n').hosts[0]?.virtCaps).toEqual([])
  })
  it('composes the version that xm does not print', () => {
    const xm = 'host: a\nxen_major : 4\nxen_minor : 1\nxen_extra : .6.1\nxen_caps : xen-3.0-x86_64\n'
    expect(read(xm).versions).toEqual(['a 4.1.6.1'])
    expect(read(xm.replace('.6.1', '-unstable')).versions).toEqual(['a 4.1-unstable'])
  })
  it('names a dump without a version', () => {
    const { versions, problems, leftOut } = read(
      'host: a\nxen_caps: x\nhost: b\nxen_version: 4.1.5\n',
      'd.txt',
    )
    expect(versions).toEqual(['b 4.1.5'])
    expect(problems).toEqual([
      'd.txt:1: xen_version: expected a Xen version such as 4.17.2 for host a, found none',
    ])
    expect(leftOut).toEqual({ hosts: 1, reasons: { 'no-version': 1 } })
  })
})

describe('libvirt', () => {
  const version = (hypervisor: string) => `Compiled against library: libvirt 8.0.0
Using library: libvirt 8.0.0
Using API: Xen 8.0.0
Running hypervisor: ${hypervisor}
`
  it('is not taken for Xen by its own version', () => {
    const [host] = read(version('Xen 4.16.0'), 'xen16.txt').hosts
    expect(host).toMatchObject({ name: 'xen16', xen: '4.16.0', seriesOnly: true })
  })
  it('says that a host does not run Xen', () => {
    const { codes, problems, leftOut } = read(version('QEMU 6.2.0'), 'kvm1.txt')
    expect(codes).toEqual(['not-xen'])
    expect(problems).toEqual(['kvm1.txt:4: expected Xen on host kvm1, found QEMU 6.2.0'])
    expect(leftOut.hosts).toBe(1)
  })
  it('numbers the hosts of one file', () => {
    expect(read(version('Xen 4.16.0') + version('Xen 4.4.0'), 'v').versions).toEqual([
      'v 4.16.0',
      'v#2 4.4.0',
    ])
  })
})

describe('openstack hypervisor list', () => {
  const list = (version: unknown, type = 'Xen') =>
    JSON.stringify([
      { 'Hypervisor Hostname': 'c1', 'Hypervisor Type': type, 'Hypervisor Version': version, State: 'up' },
    ])
  it('decodes the number', () => {
    expect(read(list(4016000)).versions).toEqual(['c1 4.16.0'])
    expect(read(list('4016000')).versions).toEqual(['c1 4.16.0'])
    expect(read(list(4004004)).hosts[0]).toMatchObject({ xen: '4.4.4' })
    expect(read(list(4004004)).hosts[0]).not.toHaveProperty('seriesOnly')
    expect(read(list(4016000)).hosts[0]).toMatchObject({ seriesOnly: true })
  })
  it('takes the columns by any spelling, and the answer of the API', () => {
    const host = { hypervisor_hostname: 'c1', hypervisor_type: 'xen', hypervisor_version: 4016000 }
    expect(read(JSON.stringify([host])).versions).toEqual(['c1 4.16.0'])
    expect(read(JSON.stringify({ hypervisors: [host] })).versions).toEqual(['c1 4.16.0'])
  })
  it.each([0, 1])('says that %d is unknown', number => {
    const { versions, problems, leftOut } = read(list(number), 'hv.json')
    expect(versions).toEqual([])
    expect(problems[0]).toContain(`host c1, found ${number}, which means that it is unknown`)
    expect(leftOut).toEqual({ hosts: 1, reasons: { 'no-version': 1 } })
  })
  it.each([null, 'new', 4.5, -4016000, 416])('refuses %s', value => {
    expect(read(list(value)).versions).toEqual([])
    expect(read(list(value)).codes).toEqual(['no-version'])
  })
  it("takes the product's version of XenServer for what it is", () => {
    expect(read(list(6005000, 'XenServer')).versions[0]).toMatch(/ XenServer 6\.5\.0$/)
  })
  it('passes other hypervisors over', () => {
    expect(read(list(4002001, 'QEMU')).codes).toEqual(['not-xen'])
  })
})

describe('boot logs', () => {
  const banner =
    '(XEN) Xen version 4.17.2-pre (Debian 4.17.1+2-gb773c48e36-1) (pkg-xen-devel@x) (gcc 12.2.0) debug=n Thu May 18'
  it.each(['', '[2026-02-03 09:14:00] ', '[    0.000000] ', 'Nov 22 13:00:01 xen01 '])(
    'with the prefix "%s"',
    prefix => {
      expect(read(`${prefix}${banner}\n`, 'x.log').versions).toEqual([
        'x 4.17.2-pre (Debian 4.17.1+2-gb773c48e36-1)',
      ])
    },
  )
  it('with the time after (XEN)', () => {
    const text = banner.replace('(XEN) ', '(XEN) [2014-01-05 10:00:00] ')
    expect(read(text, 'x.log').versions).toEqual(['x 4.17.2-pre (Debian 4.17.1+2-gb773c48e36-1)'])
  })
  it('of several boots tell what was booted last', () => {
    const log =
      '(XEN) Xen version 4.4.4 (a@b) (gcc)\n(XEN) Command line: old\n(XEN) Xen version 4.17.2 (a@b) (gcc)\n'
    const [host] = read(log).hosts
    expect(host).toMatchObject({ xen: '4.17.2', source: { line: 3 } })
    expect(host).not.toHaveProperty('commandline')
  })
  it('without a builder', () => {
    expect(
      read('(XEN) Xen version 4.13-unstable (aarch64-poky-linux-gcc (Linaro) 5.2.1) debug=y').versions,
    ).toEqual(['dump 4.13-unstable'])
  })
})

describe('Ansible facts', () => {
  const facts = {
    ansible_fqdn: 'w1',
    ansible_product_name: 'HVM domU',
    ansible_product_version: '4.11.amazon',
  }
  it('are a guess, of a host that is named after its guest', () => {
    const [host] = read(JSON.stringify(facts)).hosts
    expect(host).toMatchObject({ name: 'host-of-w1', xen: '4.11.amazon', source: { guess: true } })
  })
  it('are read from the answers to an ad-hoc command, with their lines', () => {
    const answer = (name: string) =>
      `${name} | SUCCESS => ${JSON.stringify({ ansible_facts: facts }, null, 4)}\n`
    const { adapter, hosts } = read(`${answer('w1')}${answer('w2')}w3 | UNREACHABLE! => {"msg": "no"}\n`)
    expect(adapter).toBe('ansible')
    expect(hosts.map(({ name, source }) => [name, source.line])).toEqual([
      ['host-of-w1', 1],
      ['host-of-w2', 8],
    ])
  })
  it('of guests that see no version are named', () => {
    const { codes } = read(JSON.stringify({ ansible_virtualization_type: 'xen', ansible_hostname: 'pv1' }))
    expect(codes).toEqual(['no-version'])
  })
})

describe('/sys/hypervisor', () => {
  const lines = ['/sys/hypervisor/version/major:4', '/sys/hypervisor/version/minor:17']
  it('with and without the part that a guest may not see', () => {
    const extra = (text: string) => [`/sys/hypervisor/version/extra:${text}`, ...lines].join('\n')
    expect(read(extra('.2'), 'g1').versions).toEqual(['host-of-g1 4.17.2'])
    expect(read(extra('<denied>'), 'g1').versions).toEqual(['host-of-g1 4.17'])
  })
})

describe('a format that is not known', () => {
  it('is named by what was seen', () => {
    const [problem] = read('Dear colleagues,\n', 'mail.txt').problems
    expect(problem).toMatch(
      /^mail\.txt: expected an inventory in a format that is known, found a text that begins with "Dear/,
    )
  })
  it.each([
    ['{"servers": [{"id": 1}]}', 'an object with the fields servers'],
    ['[{"id": 1, "os": "x"}]', 'a list of objects with the fields id, os'],
    ['Server;OS\na;b\n', 'a table with the columns Server, OS and no column map'],
    ['a\0b\0', 'NUL characters'],
  ])('%j', (text, seen) => {
    const { codes, problems, versions } = read(text)
    expect(codes[0]).toBe('unknown-format')
    expect(problems[0]).toContain(`found ${seen}`)
    expect(versions).toEqual([])
  })
  it('is told apart from an empty file', () => {
    expect(read(' \n').problems).toEqual(['dump.txt: expected an inventory, found an empty file'])
  })
  it('is never concluded from the name', () => {
    expect(read('host: a\nxen_version: 4.1.5\n', 'inventory.yaml').adapter).toBe('xl-info')
    expect(read('hosts: [{name: a, xen: 4.1.5}]\n', 'hosts.csv').adapter).toBe('inventory')
  })
})
