import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type Inventory, mergeInventories, parseInventory } from '../../src/inventory/inventory.ts'

const directory = fileURLToPath(new URL('../../fixtures/inventories/', import.meta.url))
const samples = readdirSync(directory).map(name => readFileSync(`${directory}/${name}`, 'utf8'))
const columns = { host: 'Name', xen: 'Xen version' }

function isSound({ hosts, problems, placements, guests }: Inventory) {
  for (const host of hosts) {
    expect(host.name.trim()).not.toBe('')
    expect(host.xen.trim()).not.toBe('')
    expect(host.source.line).toBeGreaterThan(0)
  }
  expect(new Set(hosts.map(({ name }) => name)).size).toBe(hosts.length)
  for (const { name, source, type, boot } of guests) {
    expect(name).not.toBe('')
    expect(source.line).toBeGreaterThan(0)
    expect(['pv', 'pvh', 'hvm']).toContain(type)
    if (type === 'hvm') expect(['hvm', 'ovmf']).toContain(boot)
  }
  for (const { images } of placements) expect(images.length).toBeGreaterThan(0)
  for (const { line, message } of problems) {
    expect(line ?? 1).toBeGreaterThan(0)
    expect(message).not.toContain('undefined')
  }
}

function check(text: string) {
  const inventory = parseInventory(text, 'any')
  isSound(inventory)
  isSound(parseInventory(text, 'any', { columns }))
  isSound(mergeInventories([inventory, parseInventory(samples[0]!, 'sample'), inventory]))
  if (inventory.hosts.length === 0)
    expect(inventory.problems.length + inventory.readings.length).toBeGreaterThan(0)
}

const pieces = fc.constantFrom(
  ...[
    'hosts:',
    'pools:',
    'placements:',
    '- ',
    '  ',
    '\n',
    'name',
    'xen',
    ': ',
    '{',
    '}',
    '[',
    ']',
    ',',
    '"',
    "'",
    '&a',
  ],
  ...[
    '*a',
    '|',
    '>',
    '#',
    '!!binary ',
    '? ',
    '---\n',
    '%YAML 1.1\n',
    '4.10',
    '417',
    'null',
    '\t',
    '\0',
    '\ud800',
    '\\u',
  ],
  ...[
    'host : ',
    'xen_version : ',
    'xen_major : ',
    'uuid ( RO): ',
    'software-version (MRO): ',
    'Running hypervisor: Xen ',
  ],
  ...[
    '(XEN) Xen version ',
    '{"software_version": {"xen": ',
    '"Hypervisor Version": ',
    '"ansible_facts": {',
    'a | SUCCESS => {',
  ],
  ...[
    'name = "a"\n',
    'disk = [ ',
    "'file:/srv/a.img,xvda,w'",
    'bootloader = "pygrub"\n',
    'kernel = ',
    ' + ',
    ';',
  ],
  ...["<domain type='xen'>", '<name>', '</name>', '<os>', '</os>', '<!DOCTYPE a [<!ENTITY b "c">]>', '&b;'],
  ...['</domain>', '{"is_a_template": false, "domain_type": ', '"PV_bootloader": ', '"OpaqueRef:NULL"'],
  ...[
    'is-a-template ( RW): ',
    'virt_mode - pvh\n',
    'klass D AppVM\n',
    '{"disk_format": 0, "container_format": 0',
  ],
  ...['guests:', 'Name,Xen version\n', '__proto__', 'constructor', '/sys/hypervisor/version/major:', '<<: '],
)

it('any text is read without an exception', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 300 }), check), { numRuns: 300 })
})

it('any text of the words of the formats is read without an exception', () => {
  const text = fc.array(fc.oneof(pieces, pieces, fc.string({ maxLength: 3 })), { maxLength: 60 })
  fc.assert(
    fc.property(text, words => check(words.join(''))),
    { numRuns: 1500 },
  )
})

it('any sample with a part cut out, doubled or replaced is read without an exception', () => {
  const mutation = fc.tuple(
    fc.constantFrom(...samples),
    fc.nat(),
    fc.nat(60),
    fc.constantFrom('cut', 'twice', 'other'),
    pieces,
  )
  fc.assert(
    fc.property(mutation, ([sample, at, length, how, piece]) => {
      const start = at % sample.length
      const part = sample.slice(start, start + length)
      const instead = how === 'cut' ? '' : how === 'twice' ? part + part : piece
      check(sample.slice(0, start) + instead + sample.slice(start + length))
    }),
    { numRuns: 800 },
  )
})

it.each([
  ['brackets', '['.repeat(300_000)],
  ['objects', '{"a":'.repeat(200_000)],
  ['dashes', '- '.repeat(50_000)],
  ['question marks', 'hosts:\n'.concat('? '.repeat(20_000))],
  ['an alias of itself', 'hosts: &a [*a, *a]\n'],
  ['quotes', 'Name,Xen version\n'.concat('"\n'.repeat(20_000))],
  ['open brackets in a log', `(XEN) Xen version 4.1${' ('.repeat(100_000)}`],
  ['one long line of keys', 'host: a xen_version: '.repeat(50_000)],
  ['an unclosed list', `{"hosts": [${'{"name": "a"},'.repeat(3_000)}`],
])('%s without end come to an end', (_, text) => check(text))
