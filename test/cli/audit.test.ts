import { existsSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { describe, expect, test } from 'vitest'
import { type FactsLine, sampleFacts, sampleInventory } from '../../fixtures/builders/fleet.ts'
import { auditFormats } from '../../src/report/audit/formats.ts'
import { strict } from '../report/strict-schema.ts'
import { scratchDirectory } from '../scratch.ts'
import { records, root, run } from './run.ts'

const ajv = new Ajv2020({ allErrors: true })
addFormats.default(ajv)
const schema = JSON.parse(readFileSync(join(root, 'schema/audit.schema.json'), 'utf8'))
const valid = ajv.compile(strict(schema))

const scratch = scratchDirectory()

const { at } = scratch
const write = (name: string, text: string) => {
  writeFileSync(at(name), text)
  return at(name)
}
const env = { SOURCE_DATE_EPOCH: '1790000000' }
const SAMPLE = ['--no-config', '--inventory', 'fixtures/inventory.yaml']
const FORMATS = [...Object.keys(auditFormats), 'html']
const audit = (...args: string[]) => run(['audit', ...args], { env })

describe('the sample catalogue on the sample fleet', () => {
  test('is answered as a table: what fails and why, worst first, and what can run nothing new', async () => {
    const { code, stdout, stderr } = await audit('fixtures/catalogue', ...SAMPLE)
    expect([code, stderr]).toEqual([0, ''])
    const parts = [
      'Audit of the fleet as it is',
      'NO  refused',
      'Causes, the worst first',
      'unknown-feature',
      'Kernels that nothing in the fleet takes',
      'Builds that can run nothing new',
    ]
    const places = parts.map(part => stdout.indexOf(part))
    expect(places.filter(place => place === -1)).toEqual([])
    expect(places).toEqual([...places].sort((a, b) => a - b))
    expect(Math.max(...stdout.split('\n').map(line => line.length))).toBeLessThanOrEqual(80)
  })

  test('is written in every format at once, and comes out the same again, byte by byte', async () => {
    for (const round of ['a', 'b']) {
      const outputs = FORMATS.flatMap(format => ['-o', `${format}=${at(`${round}.${format}`)}`])
      const { code, stdout } = await audit('fixtures/catalogue', ...SAMPLE, '--mode', 'all', ...outputs)
      expect([code, stdout]).toEqual([0, ''])
    }
    for (const format of FORMATS) {
      const [first, second] = ['a', 'b'].map(round => readFileSync(at(`${round}.${format}`), 'utf8'))
      expect(first!.length, format).toBeGreaterThan(1000)
      expect(first, format).toBe(second)
    }
    const report = JSON.parse(readFileSync(at('a.json'), 'utf8'))
    expect(valid(report), JSON.stringify(valid.errors)).toBe(true)
    expect(report.created).toBe('2026-09-21T14:13:20.000Z')
  })

  test('gives from facts what it gives from the images', async () => {
    const scan = await run(['scan', 'fixtures/catalogue', '-o', `ndjson=${at('facts.ndjson')}`])
    expect(scan.code).toBe(0)
    const fromImages = await audit('fixtures/catalogue', ...SAMPLE, '-o', 'json')
    const fromFacts = await audit('--facts', at('facts.ndjson'), ...SAMPLE, '-o', 'json')
    expect(fromFacts.stdout).toBe(fromImages.stdout)
    expect(JSON.parse(fromFacts.stdout).kernels).toHaveLength(10)
  })
})

test('a fleet of 500 images and 800 hosts is one report of less than 3 MB', async () => {
  const scan = await run(['scan', 'fixtures/catalogue', 'fixtures/codecs', '-o', 'ndjson'])
  const facts = write('facts.ndjson', sampleFacts(records(scan.stdout) as FactsLine[]))
  const fleet = write('fleet.yaml', sampleInventory())
  const outputs = ['-o', `html=${at('a.html')}`, '-o', 'json']
  const { code, stdout, stderr } = await audit(
    ...['--no-config', '--facts', facts, '--inventory', fleet, '--mode', 'all', ...outputs],
  )
  expect([code, stderr]).toEqual([0, ''])
  const { kernels, builds, inventory } = JSON.parse(stdout)
  expect([kernels.length, builds.length, inventory.hosts]).toEqual([60, 35, 800])
  expect(kernels.flatMap(({ images }: { images: string[] }) => images)).toHaveLength(500)
  expect(statSync(at('a.html')).size).toBeLessThan(3e6)
})

describe('a placement', () => {
  test('limits what is asked; what GRUB starts is uncertain; what is not there is named', async () => {
    const fleet = write(
      'fleet.yaml',
      `hosts:
  - {name: a, xen: 4.1.6.1}
  - {name: b, xen: 4.1.6.1}
placements:
  - {host: a, images: linux-3.13-pvh}
  - {host: b, images: linux-3.13-pvh, boot: pvgrub2}
  - {host: a, images: linux-3.31}
  - {host: c, images: linux-3.13-pvh}
`,
    )
    const { stdout, stderr } = await audit(
      'fixtures/catalogue',
      '--no-config',
      '--inventory',
      fleet,
      '-o',
      'ndjson',
    )
    // One build, one kernel: a refusal outweighs a doubt, and says that there is one.
    expect(records(stdout)).toMatchObject([
      {
        verdict: 'refuses',
        guests: 2,
        assumptions: expect.arrayContaining([expect.stringContaining('by pvgrub2')]),
      },
    ])
    expect(stderr).toContain(
      `${fleet}:7: placements[2].images: expected an image of the catalogue, found linux-3.31, which is not in it`,
    )
    expect(stderr).toContain(`${fleet}:8: placements[3].host: expected a host of the inventory, found c`)
  })
})

test('placements that put nothing anywhere are no clean report', async () => {
  const fleet = write(
    'fleet.yaml',
    'hosts:\n  - {name: a, xen: 4.1.6.1}\nplacements:\n  - {host: a, images: linux-9}\n',
  )
  const { code, stdout, stderr } = await audit('fixtures/catalogue', '--no-config', '--inventory', fleet)
  expect([code, stdout]).toEqual([1, ''])
  expect(stderr).toContain('no image of the catalogue is placed on a host that is asked')
})

describe('what is wrong is named, and the rest is used', () => {
  test('hosts without a version, two of one name, gates that are none', async () => {
    const fleet = write(
      'fleet.yaml',
      `hosts:
  - {name: good, xen: 4.1.6.1, gates: {unknown-optional-feat: accepts}}
  - {name: bare}
  - {name: good, xen: 4.4.4}
`,
    )
    const { code, stdout, stderr } = await audit(
      'fixtures/catalogue',
      '--no-config',
      '--inventory',
      fleet,
      '-o',
      'json',
    )
    expect(code).toBe(2)
    expect(stderr).toContain(
      `${fleet}:2: hosts[0].gates.unknown-optional-feat: for host good: There is no gate`,
    )
    expect(stderr).toContain(
      `${fleet}:3: hosts[1].xen: expected a Xen version such as 4.17.2 for host bare, found none`,
    )
    expect(stderr).toContain(
      `${fleet}:4: hosts[2].name: expected each host once, found good again after line 2`,
    )
    expect(stderr).toContain('2 hosts left out')
    const { inventory } = JSON.parse(stdout)
    expect(inventory).toMatchObject({
      hosts: 1,
      leftOut: 2,
      reasons: { 'no-version': 1, 'duplicate-host': 1 },
    })
    expect(inventory.problems.map(({ code }: { code: string }) => code).sort()).toEqual([
      'duplicate-host',
      'no-version',
      'unknown-gate',
    ])
  })

  test('a line of a CSV that is broken, in the middle of many', async () => {
    const rows = Array.from({ length: 10_000 }, (_, index) =>
      index === 5000 ? 'xen5000,"4.1' : `xen${index},4.1.6.1`,
    )
    const fleet = write('hosts.csv', `host,xen\n${rows.join('\n')}\n`)
    const { code, stdout, stderr } = await audit(
      'fixtures/catalogue',
      '--no-config',
      '--inventory',
      fleet,
      '-o',
      'json',
    )
    expect(code).toBe(2)
    expect(stderr).toContain(`${fleet}:5002`)
    expect(JSON.parse(stdout).inventory).toMatchObject({ hosts: 9999, leftOut: 1 })
  })

  describe('and fails the run, unless nothing is to fail', () => {
    const fleet = () => write('fleet.yaml', 'hosts:\n  - {name: good, xen: 4.17.4}\n  - {name: bare}\n')
    const config = (failOn: string) => write('policy.yaml', `fail-on: ${failOn}\n`)
    test.each([
      ['audit', [], 2],
      ['audit', ['--fail-on', 'breaks'], 2],
      ['audit', ['--fail-on', 'never'], 0],
      ['upgrade', ['--to', '4.22.0'], 2],
      ['upgrade', ['--to', '4.22.0', '--fail-on', 'never'], 0],
      ['scan', [], 2],
      ['scan', ['--fail-on', 'uncertain'], 2],
      ['scan', ['--fail-on', 'never'], 0],
    ])('%s %j', async (name, more, expected) => {
      const policy = name === 'scan' ? [] : ['--no-config']
      const { code, stderr } = await run([
        ...[name, 'fixtures/catalogue/linux-5.10-xz', '--inventory', fleet()],
        ...policy,
        ...more,
      ])
      expect(code).toBe(expected)
      expect(stderr.includes('1 fault of the inventory fails the run')).toBe(expected === 2)
    })
    test.each([
      ['never', 0],
      ['breaks', 2],
    ])('by configuration: %s', async (failOn, expected) => {
      const args = ['audit', 'fixtures/catalogue/linux-5.10-xz', '--inventory', fleet()]
      expect((await run([...args, '--config', config(failOn)])).code).toBe(expected)
    })
  })
})

describe('what cannot be done is said before anything is read, with exit code 1', () => {
  test.each([
    [
      ['fixtures/catalogue'],
      'give --inventory, or inventory in xen-preflight.yaml; `audit` takes --xen as well',
    ],
    [['--inventory', 'fixtures/inventory.yaml'], 'give kernels, or --facts'],
    [
      ['fixtures/catalogue', '--inventory', 'nowhere.yaml'],
      'Cannot read the inventory nowhere.yaml: the system says ENOENT',
    ],
    [['fixtures/catalogue', '--inventory', 'LICENSE'], 'Known formats of inventories: '],
    [['fixtures/catalogue', ...SAMPLE, '-o', 'pdf'], 'Cannot write the format pdf'],
    [['fixtures/catalogue', ...SAMPLE, '-o', 'json='], 'expected a file after json=, found nothing'],
    [
      ['fixtures/catalogue', ...SAMPLE, '-o', 'json', '-o', 'csv'],
      'Cannot write json and csv to standard output',
    ],
    [
      ['fixtures/catalogue', ...SAMPLE, '-o', 'json=/nowhere/a.json'],
      'Cannot write /nowhere/a.json: the system says ENOENT',
    ],
    [['fixtures/catalogue', ...SAMPLE, '--mode', 'pv'], 'expected pv-domU'],
    [['fixtures/catalogue', ...SAMPLE, '--fail-on', 'refused'], 'did you mean refuses?'],
    [['fixtures/catalogue', ...SAMPLE, '--map', 'host'], 'expected FIELD=COLUMN'],
    [
      ['--facts', 'nowhere.ndjson', ...SAMPLE],
      'Cannot read the facts nowhere.ndjson: the system says ENOENT',
    ],
    [['--facts', 'README.md', ...SAMPLE], 'Cannot read the facts at README.md:1'],
  ])('%j', async (args, message) => {
    const { code, stdout, stderr } = await audit('--no-config', ...args)
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr.replace(/\s+/g, ' ')).toContain(message)
  })

  test.each([
    ['null'],
    ['[]'],
    ['{"image":"a","kind":"elf","facts":null}'],
    ['{"image":"a","kind":"elf","facts":{"version":1,"size":1,"kind":"elf","layers":[1]}}'],
    ['{"image":"a","kind":"elf","facts":{"version":1,"size":1,"kind":"elf","layers":[],"elf":{"notes":3}}}'],
  ])('a line that is no record: %s', async line => {
    const facts = write('facts.ndjson', `\n${line}\n`)
    const { code, stderr } = await audit('--facts', facts, ...SAMPLE)
    expect([code, stderr]).toEqual([
      1,
      `xen-preflight: Cannot read the facts at ${facts}:2: expected a line of \`scan -o ndjson\`\n`,
    ])
  })

  test('facts of another version', async () => {
    const facts = write('facts.ndjson', '{"image":"a","kind":"elf","facts":{"version":9,"layers":[]}}\n')
    expect((await audit('--facts', facts, ...SAMPLE)).stderr).toContain(
      'their version is 9, expected 1 or 2; scan again',
    )
  })

  test('and what was written before stays as it was', async () => {
    const report = write('report.json', 'of yesterday')
    const { code } = await audit(
      'fixtures/catalogue',
      '--no-config',
      '--inventory',
      'nowhere.yaml',
      '-o',
      `json=${report}`,
    )
    expect(code).toBe(1)
    expect(readFileSync(report, 'utf8')).toBe('of yesterday')
    const other = await audit('fixtures/catalogue', ...SAMPLE, '-o', 'pdf', '-o', `json=${at('new.json')}`)
    expect([other.code, existsSync(at('new.json'))]).toEqual([1, false])
  })

  test('a time that is not valid', async () => {
    const { code, stderr } = await run(['audit', 'fixtures/catalogue', ...SAMPLE], {
      env: { SOURCE_DATE_EPOCH: 'today' },
    })
    expect(code).toBe(1)
    expect(stderr).toContain('expected seconds, found today')
  })
})

test('a title of its own is in every format for people; the age of the inventory is told', async () => {
  const fleet = write('aged.yaml', 'hosts:\n  - {name: a, xen: 4.1.6.1, pool: east}\n')
  utimesSync(fleet, 1_789_000_000, 1_789_000_000)
  const outputs = ['table', 'markdown', 'html', 'json'].flatMap(format => [
    '-o',
    `${format}=${at(`t.${format}`)}`,
  ])
  const named = ['--no-config', '--inventory', fleet, '--title', 'Kernels of <Q3>']
  const { code, stderr } = await audit('fixtures/catalogue', ...named, ...outputs)
  expect([code, stderr]).toEqual([0, ''])
  const text = (format: string) => readFileSync(at(`t.${format}`), 'utf8')
  expect(text('table')).toMatch(/^Kernels of <Q3>\nAudit of the fleet as it is\n/)
  expect(text('markdown')).toMatch(/^# Kernels of \\<Q3\\>\n/)
  expect(text('html')).toContain('<h1>Kernels of &lt;Q3&gt;</h1>')
  const document = JSON.parse(text('json'))
  expect(document).toMatchObject({
    title: 'Kernels of <Q3>',
    knowledge: '4.22.0',
    inventory: { written: { oldest: '2026-09-10T00:26:40.000Z', newest: '2026-09-10T00:26:40.000Z' } },
  })
  expect(valid(document), JSON.stringify(valid.errors)).toBe(true)
  for (const format of ['table', 'markdown', 'html']) {
    expect(text(format).replaceAll('\n', ' ')).toContain('written 2026-09-10 (11 days before this report)')
    expect(text(format).replaceAll('\n', ' ')).toContain(document.headline)
  }
  expect(document.plan[document.actions[0]].command).toContain(`repair --plan --inventory ${fleet}`)
  const empty = await audit('fixtures/catalogue', '--no-config', '--inventory', fleet, '--title', ' ')
  expect([empty.code, empty.stderr]).toEqual([1, expect.stringContaining('A title has at least one letter')])
})
