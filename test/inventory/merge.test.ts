import { describe, expect, it } from 'vitest'
import { mergeInventories, parseInventory } from '../../src/inventory/inventory.ts'
import { leftOut, problemLine } from '../../src/inventory/problem.ts'

const merge = (files: Record<string, string>) => {
  const inventory = mergeInventories(Object.entries(files).map(([file, text]) => parseInventory(text, file)))
  return { ...inventory, lines: inventory.problems.map(problemLine) }
}

describe('hosts of one name in several inventories', () => {
  it('become one that has what each knows', () => {
    const { hosts, lines } = merge({
      'i.yaml': 'hosts: [{name: a, xen: 4.17.2, labels: {rack: r1}}]\n',
      'a.txt': 'host: a\nxen_version: 4.17.2\nxen_caps: hvm-3.0-x86_64\n',
    })
    expect(lines).toEqual([])
    expect(hosts).toEqual([
      {
        ...{ name: 'a', xen: '4.17.2', labels: { rack: 'r1' }, xenCaps: ['hvm-3.0-x86_64'] },
        source: {
          file: 'i.yaml',
          line: 1,
          field: 'hosts[0]',
          adapter: 'inventory',
          how: 'stated in the inventory',
        },
        alsoFrom: [{ file: 'a.txt', line: 1, adapter: 'xl-info', how: 'xen_version of xl info' }],
      },
    ])
  })
  it('that disagree are named with both sources and values, and the first wins', () => {
    const { hosts, lines, problems } = merge({
      'one.yaml': 'hosts:\n  - {name: a, xen: 4.17.2, build: {pv32: true}}\n',
      'two.yaml':
        'hosts:\n  - {name: b, xen: 4.1.5}\n  - {name: a, xen: 4.1.6.1, build: {pv32: false, pv: true}}\n',
    })
    expect(lines).toEqual([
      'two.yaml:3: xen: expected 4.17.2 for host a as in one.yaml:2, found 4.1.6.1; the first is used',
      'two.yaml:3: pv32: expected true for host a as in one.yaml:2, found false; the first is used',
    ])
    expect(problems.every(({ severity }) => severity === 'warning')).toBe(true)
    expect(hosts.map(({ name, xen, pv32, pv }) => [name, xen, pv32, pv])).toEqual([
      ['a', '4.17.2', true, true],
      ['b', '4.1.5', undefined, undefined],
    ])
  })
  it('do not disagree by the order of capabilities', () => {
    const dump = (caps: string) => `host: a\nxen_version: 4.17.2\nxen_caps: ${caps}\n`
    expect(merge({ one: dump('x y'), two: dump('y x') }).lines).toEqual([])
    expect(merge({ one: dump('x y'), two: dump('y') }).lines).toHaveLength(1)
  })
  it('get their version from where it is known, and the complaint about it ends', () => {
    const files = {
      'i.yaml': 'pools: {p: {members: [a, b, c]}}\nhosts: [{name: a}, {name: b}]\n',
      'a.txt': 'host: a\nxen_version: 4.1.5\n',
      'c.txt': 'host: c\nxen_version: 4.4.4\n',
    }
    const { hosts, lines, problems } = merge(files)
    expect(hosts.map(({ name, xen, pools }) => [name, xen, pools])).toEqual([
      ['a', '4.1.5', ['p']],
      ['c', '4.4.4', ['p']],
    ])
    expect(hosts[0]?.source.file).toBe('a.txt')
    expect(lines).toEqual([
      'i.yaml:2: hosts[1].xen: expected a Xen version such as 4.17.2 for host b, found none',
    ])
    expect(leftOut(problems)).toEqual({ hosts: 1, reasons: { 'no-version': 1 } })
  })
  it('keep the complaint about a version that could not be read', () => {
    const files = { 'i.yaml': 'hosts: [{name: a, xen: 417}]\n', 'a.txt': 'host: a\nxen_version: 4.1.5\n' }
    const { hosts, problems } = merge(files)
    expect(hosts).toHaveLength(1)
    expect(problems).toMatchObject([{ code: 'wrong-value' }])
    expect(leftOut(problems).hosts).toBe(0)
  })
  it('take the point release from where it is known', () => {
    const virsh = 'Running hypervisor: Xen 4.16.0\n'
    for (const order of [
      ['a', 'b'],
      ['b', 'a'],
    ]) {
      const texts: Record<string, string> = { a: virsh, b: 'host: a\nxen_version: 4.16.3-pre\n' }
      const { hosts, lines } = merge(Object.fromEntries(order.map(name => [name, texts[name]!])))
      expect(lines).toEqual([])
      expect(hosts).toMatchObject([{ name: 'a', xen: '4.16.3-pre', source: { adapter: 'xl-info' } }])
      expect(hosts[0]).not.toHaveProperty('seriesOnly')
      expect(hosts[0]?.alsoFrom).toHaveLength(1)
    }
    expect(merge({ a: virsh, b: 'host: a\nxen_version: 4.1.6\n' }).lines).toHaveLength(1)
    expect(
      merge({ a: virsh.replace('4.16', '4.1'), b: 'host: a\nxen_version: 4.16.3\n' }).lines,
    ).toHaveLength(1)
  })
  it('are the same when merged in steps', () => {
    const parts = [
      'host: a\nxen_version: 4.1.5\n',
      'host: a\nxen_version: 4.1.6\n',
      'host: b\nxen_version: 4.1.6\n',
    ].map((text, index) => parseInventory(text, `${index}.txt`))
    const [one, two, three] = parts
    expect(mergeInventories([mergeInventories([one!, two!]), three!])).toEqual(mergeInventories(parts))
  })
})

describe('hosts of one name in one inventory', () => {
  it('are named, and counted where they differ', () => {
    const { lines, problems, hosts } = merge({
      'i.yaml': 'hosts:\n  - {name: a, xen: 4.1.5}\n  - {name: a, xen: 4.4.4}\n  - {name: a, xen: 4.1.5}\n',
    })
    expect(lines).toEqual([
      'i.yaml:3: hosts[1].name: expected each host once, found a again after line 2, with xen 4.4.4 instead of 4.1.5; the first is used',
      'i.yaml:4: hosts[2].name: expected each host once, found a again after line 2, with nothing that differs',
    ])
    expect(leftOut(problems)).toEqual({ hosts: 1, reasons: { 'duplicate-host': 1 } })
    expect(hosts.map(({ xen }) => xen)).toEqual(['4.1.5'])
  })
})

describe('pools and placements of several inventories', () => {
  it('meet', () => {
    const { placements, pools, lines } = merge({
      'where.yaml': 'placements: [{pool: p, images: x}, {host: xen*, images: y}]\n',
      'p.yaml': 'pools: {p: {members: [xen1], xen: 4.1.5}}\n',
      'q.yaml': 'pools: {p: {members: [xen2], xen: 4.4.4}}\n',
    })
    expect(placements).toHaveLength(2)
    expect(pools).toMatchObject([{ name: 'p', members: ['xen1', 'xen2'] }])
    expect(lines).toEqual([
      'q.yaml:1: xen: expected 4.1.5 for pool p as in p.yaml:1, found 4.4.4; the first is used',
    ])
  })
  it('of nothing are nothing', () => {
    expect(mergeInventories([])).toMatchObject({
      hosts: [],
      pools: [],
      placements: [],
      problems: [],
      readings: [],
    })
  })
})
