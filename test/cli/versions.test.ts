/** Versions of Xen in place of an inventory: `audit --xen`, and the formats of audits for `scan`. */
import { readFileSync } from 'node:fs'
import Papa from 'papaparse'
import { describe, expect, test } from 'vitest'
import type { Audit } from '../../src/findings/model.ts'
import { releases } from '../../src/xen/releases.ts'
import { scratchDirectory } from '../scratch.ts'
import { run } from './run.ts'

const scratch = scratchDirectory()
const env = { SOURCE_DATE_EPOCH: '1790000000' }
const KERNEL = 'fixtures/catalogue/linux-3.13-pvh'
const audit = (...args: string[]) => run(['audit', '--no-config', KERNEL, ...args], { env })
const read = async (...args: string[]) => JSON.parse((await audit(...args, '-o', 'json')).stdout) as Audit

describe('audit --xen', () => {
  test('asks each version as a host of its own', async () => {
    const { builds, counts, inventory } = await read('--xen', '4.1.6.1,4.21,XCP-ng 8.2')
    const product = '4.13.1 to 4.13.5 (XCP-ng 8.2)'
    const labels = ['4.1.6.1', product, '4.21.0', '4.21.1', '4.21.2']
    expect(builds.map(({ label }) => label)).toEqual(labels)
    expect(builds.map(({ hosts }) => hosts)).toEqual(labels.map(label => [label]))
    expect(counts).toMatchObject({ accepts: 4, refuses: 1 })
    expect(inventory).toMatchObject({ files: [], hosts: 5, problems: [] })
  })

  test('asks all releases, in all modes', async () => {
    const { builds, cells, modes } = await read('--xen', 'all', '--mode', 'all')
    expect(builds.map(({ label }) => label)).toEqual(releases)
    expect(modes).toHaveLength(4)
    expect(cells).toHaveLength(releases.length * 4)
  })

  test('takes what is known of the builds, and --fail-on', async () => {
    const { code } = await audit('--xen', '4.1.6.1', '--fail-on', 'refuses')
    expect(code).toBe(2)
    const known = await run(
      [
        'audit',
        '--no-config',
        'fixtures/catalogue/linux-6.12-zstd',
        '--xen',
        '4.17.4',
        '--build',
        'decoders.zstd=false',
        '-o',
        'json',
      ],
      { env },
    )
    expect((JSON.parse(known.stdout) as Audit).counts.refuses).toBe(1)
  })

  test('says versions, and no hosts', async () => {
    const { stdout } = await audit('--xen', '4.1.6.1,4.17.4')
    expect(stdout).toMatch(/^Audit on versions of Xen\n1 image of 1 kernel, 2 versions of Xen; pv-domU\n/)
    expect(stdout.replace(/\s+/g, ' ')).toContain('A pair is an image on a version of Xen')
    expect(stdout).not.toContain('1 host:')
  })

  test.each([
    [
      ['--xen', '4.17.4', '--inventory', 'fixtures/inventory.yaml'],
      "option '--xen <versions>' cannot be used with",
    ],
    [['--xen', 'soon'], 'Cannot read the Xen version "soon"'],
    [['--xen', '4.17.4', '--map', 'host=Name'], 'Cannot use --map'],
  ])('what cannot be asked: %j', async (args, message) => {
    const { code, stderr } = await audit(...args)
    expect(code).toBe(1)
    expect(stderr).toContain(message)
  })
})

describe('scan in the formats of audits', () => {
  const scan = (...args: string[]) => run(['scan', '--no-config', 'fixtures/catalogue', ...args], { env })

  test('is what an audit of the same versions writes', async () => {
    const formats = ['csv', 'markdown', 'sarif', 'junit', 'html']
    for (const command of ['scan', 'audit']) {
      const outputs = formats.flatMap(format => ['-o', `${format}=${scratch.at(`${command}.${format}`)}`])
      const asked = ['--xen', '4.1.6.1,4.17.4', '--mode', 'pv-domU,pvh-domU']
      const { code } = await run([command, '--no-config', 'fixtures/catalogue', ...asked, ...outputs], {
        env,
      })
      expect(code).toBe(0)
    }
    for (const format of formats) {
      expect(readFileSync(scratch.at(`scan.${format}`), 'utf8'), format).toBe(
        readFileSync(scratch.at(`audit.${format}`), 'utf8'),
      )
    }
  })

  test('has the hosts of an inventory as columns', async () => {
    const { stdout } = await scan('--inventory', 'fixtures/inventory.yaml', '-o', 'csv')
    const { data } = Papa.parse<Record<string, string>>(stdout, { header: true, skipEmptyLines: true })
    expect(data).toHaveLength(80)
    expect(new Set(data.map(row => row.hosts)).size).toBe(8)
  })

  test('needs somebody to be asked, and counts for the exit code as the table does', async () => {
    const { code, stderr } = await scan('-o', 'html')
    expect([code, stderr]).toEqual([
      1,
      'xen-preflight: Cannot write html: it tells verdicts, and no hypervisor is asked, give --xen or --inventory\n',
    ])
    expect((await scan('--xen', '4.1.6.1', '--fail-on', 'refuses', '-o', 'markdown')).code).toBe(2)
  })
})
