import fc from 'fast-check'
import Papa from 'papaparse'
import { describe, expect, it } from 'vitest'
import { type ColumnMap, parseColumnMap } from '../../src/inventory/columns.ts'
import { parseInventory } from '../../src/inventory/inventory.ts'
import { leftOut, problemLine } from '../../src/inventory/problem.ts'

const read = (text: string, columns?: ColumnMap) => {
  const { hosts, problems } = parseInventory(text, 'hosts.csv', columns && { columns })
  return { hosts, problems, lines: problems.map(problemLine), leftOut: leftOut(problems) }
}
const map: ColumnMap = { host: 'Name', xen: 'Xen version' }

describe('CSV', () => {
  const rows = Array.from(
    { length: 10_000 },
    (_, index) => `xen${index},4.1.${index % 7},"rack, ${index % 5}"`,
  )
  const table = (lines: string[]) => ['Name,Xen version,Rack', ...lines].join('\n')

  it.each([
    ['xen4998,"4.1', 'expected a line of CSV, found a quote that is never closed'],
    ['xen4998,"4.1"5,x', 'expected a line of CSV, found text after a closing quote'],
    ['xen4998', 'expected 3 fields as in the header, found 1'],
    ['xen4998,4.1.5,a,b', 'expected 3 fields as in the header, found 4'],
    ['\0\u0001\ufffd', 'expected 3 fields as in the header, found 1'],
  ])('with the broken line %j in the middle of ten thousand', (broken, message) => {
    const lines = rows.with(4998, broken)
    const { hosts, lines: problems, leftOut } = read(table(lines), map)
    expect(problems).toEqual([`hosts.csv:5000: ${message}`])
    expect(hosts).toHaveLength(9_999)
    expect(hosts[4998]).toMatchObject({ name: 'xen4999', source: { line: 5001 } })
    expect(leftOut).toEqual({ hosts: 1, reasons: { 'broken-line': 1 } })
  })
  it('with every line broken', () => {
    const { hosts, leftOut } = read(table(rows.map(() => 'a,"b')), map)
    expect(hosts).toEqual([])
    expect(leftOut.hosts).toBe(10_000)
  })
  it('with a quote that is open until a later one closes it', () => {
    const { hosts, lines } = read(table(['a,"4.1', 'b,4.1.5,x', 'c,4.1.5,"y"', 'd,4.1.5,z']), map)
    expect(hosts.map(({ name }) => name)).toEqual(['b', 'c', 'd'])
    expect(lines).toEqual(['hosts.csv:2: expected a line of CSV, found a quote that is never closed'])
  })
  it.each([',', ';', '\t', '|'])('divided by %j', delimiter => {
    const text = `Name${delimiter}"Xen version"\na${delimiter}4.1.5\n`
    expect(read(text, map).hosts).toMatchObject([{ name: 'a', xen: '4.1.5' }])
  })
  it('reads back what a library writes, with commas, quotes and line ends in the names', () => {
    const name = fc.string({
      minLength: 1,
      maxLength: 12,
      unit: fc.constantFrom('a', 'b', ',', '"', '\n', ';'),
    })
    fc.assert(
      fc.property(fc.uniqueArray(name, { selector: text => text.trim(), maxLength: 8 }), names => {
        const usable = names.filter(text => text.trim() !== '')
        const text = Papa.unparse([['Name', 'Xen version'], ...usable.map(one => [one, '4.1.5'])], {
          newline: '\n',
        })
        expect(read(text, map).hosts.map(host => host.name)).toEqual(usable.map(one => one.trim()))
      }),
    )
  })
  it('needs no map where the columns say what they are', () => {
    expect(read('Hostname,XEN version,label.rack\na,4.1.5,r1\n').hosts).toMatchObject([
      { name: 'a', xen: '4.1.5', labels: { rack: 'r1' } },
    ])
  })
})

describe('columns', () => {
  it('that are not there are named with the closest one, and how many hosts that costs', () => {
    const { hosts, lines, leftOut } = read('Name,Xen Version\na,4.1.5\nb,4.1.5\n', map)
    expect(hosts).toEqual([])
    expect(lines).toEqual([
      'hosts.csv:1: Xen version: expected a column of this name for xen, found the columns Name, Xen Version (did you mean "Xen Version"?)',
    ])
    expect(leftOut).toEqual({ hosts: 2, reasons: { 'unknown-column': 2 } })
  })
  it('that are not vital cost nothing', () => {
    const { hosts, problems } = read('Name,Xen version\na,4.1.5\n', { ...map, pool: 'Pool' })
    expect(hosts).toHaveLength(1)
    expect(problems).toMatchObject([{ code: 'unknown-column', field: 'Pool', line: 1 }])
  })
  it('for fields that do not exist are named', () => {
    const { lines } = read('Name,Xen version\na,4.1.5\n', { ...map, products: 'Name' } as ColumnMap)
    expect(lines).toEqual([
      'hosts.csv:1: Name: expected a known field such as product for this column, found products',
    ])
  })
  it('hold all that decides verdicts', () => {
    const text =
      'n;x;p;m;pr;pl;c;xc;vc;r\na;4.1.5;p1,p2;pv-domU pv-dom0;XenServer 6.5;90233c;dom0=pvh;x y;hvm;r1\n'
    const { hosts, problems } = read(text, {
      ...{ host: 'n', xen: 'x', pool: 'p', modes: 'm', product: 'pr', 'patch-level': 'pl', commandline: 'c' },
      ...{ 'xen-caps': 'xc', 'virt-caps': 'vc', 'label.rack': 'r' },
    })
    expect(problems).toEqual([])
    expect(hosts).toMatchObject([
      {
        ...{ name: 'a', xen: '4.1.5', pools: ['p1', 'p2'], modes: ['pv-domU', 'pv-dom0'] },
        ...{ product: 'XenServer 6.5', patchLevel: '90233c', commandline: 'dom0=pvh' },
        ...{ xenCaps: ['x', 'y'], virtCaps: ['hvm'], labels: { rack: 'r1' } },
      },
    ])
  })
  it('of modes without one that is known make a host that runs none', () => {
    const { hosts } = read('n;x;m\na;4.1.5;pvh_domu\nb;4.1.5;\n', { host: 'n', xen: 'x', modes: 'm' })
    expect(hosts.map(({ modes }) => modes)).toEqual([[], undefined])
  })
  it('are given as on a command line', () => {
    expect(parseColumnMap('host=Name,xen="Xen version"')).toEqual({ map, refused: [] })
    expect(parseColumnMap('host=Name,xen=Xen version')).toEqual({ map, refused: [] })
    expect(parseColumnMap('host = "a, b", xen=x=y,pool,=')).toEqual({
      map: { host: 'a, b', xen: 'x=y' },
      refused: ['pool', '='],
    })
  })
})

describe('JSON rows', () => {
  it('are found below what wraps them, cells by path too', () => {
    const text = JSON.stringify({ count: 1, results: [{ name: 'a', custom_fields: { xen: '4.1.5' } }] })
    expect(read(text, { host: 'name', xen: 'custom_fields.xen' }).hosts).toMatchObject([
      { name: 'a', xen: '4.1.5' },
    ])
  })
  it('that are broken are named', () => {
    const text =
      '[{"name": "a", "xen": "4.1.5"},\n{"name": "b"},\n{"xen": "4.1.5"},\n7,\n{"name": "c", "xen": 417}]'
    const { hosts, lines, leftOut } = read(text)
    expect(hosts).toHaveLength(1)
    expect(lines).toEqual([
      'hosts.csv:2: xen: expected a Xen version such as 4.17.2 for host b, found nothing',
      'hosts.csv:3: name: expected the name of a host, found nothing',
      'hosts.csv:4: expected an object with one host, found something else',
      'hosts.csv:5: xen: expected a Xen version such as 4.17.2 for host c, found 417',
    ])
    expect(leftOut.hosts).toBe(4)
  })
})
