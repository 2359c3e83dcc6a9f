import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import type { Audit } from '../../src/findings/model.ts'
import { scratchDirectory } from '../scratch.ts'
import { run } from './run.ts'

const scratch = scratchDirectory()
let reports: string
beforeEach(() => {
  reports = scratch.at('reports')
  mkdirSync(reports)
})

const audit = (time: number, xen: string, ...args: string[]) =>
  run(['audit', '--no-config', 'fixtures/catalogue/linux-3.13-pvh', '--xen', xen, ...args], {
    env: { SOURCE_DATE_EPOCH: String(time) },
  })

test('earlier reports are put in order by their own time, and this one comes last', async () => {
  // Names say nothing.
  await audit(1792000000, '4.17.4', '-o', `json=${join(reports, 'a.json')}`)
  await audit(1790000000, '4.1.6.1', '-o', `json=${join(reports, 'b.json')}`)
  const { code, stdout, stderr } = await audit(
    1795000000,
    '4.1.6.1,4.17.4',
    ...['--history', reports, '-o', 'table', '-o', `json=${join(reports, 'now.json')}`],
    ...['-o', `html=${scratch.at('now.html')}`, '-o', `markdown=${scratch.at('now.md')}`],
  )
  expect([code, stderr]).toEqual([0, ''])
  const { history } = JSON.parse(readFileSync(join(reports, 'now.json'), 'utf8')) as Audit
  expect(history!.leftOut).toEqual([])
  expect(
    history!.points.map(({ created, file, counts }) => [created.slice(0, 10), file, counts.refuses]),
  ).toEqual([
    ['2026-09-21', join(reports, 'b.json'), 1],
    ['2026-10-14', join(reports, 'a.json'), 0],
    ['2026-11-18', undefined, 1],
  ])
  expect(history!.points[0]!.causes).toEqual([{ code: 'unknown-feature', guests: 1 }])
  expect(stdout).toMatch(
    /^Trend\n {2}date +refuses.*\n {2}2026-09-21 +1 +0 +0 +1 +1\n {2}2026-10-14 +0 +0 +1 /m,
  )
  expect(readFileSync(scratch.at('now.md'), 'utf8')).toContain('| 2026-11-18 | 1 | 0 | 1 | 1 | 2 |')
  const html = readFileSync(scratch.at('now.html'), 'utf8')
  expect(html).toMatch(/<svg [^>]*role="img" aria-label="Answers of 3 reports\. 2026-09-21: /)
  expect(html).toContain('<th scope="row">2026-10-14</th>')
})

test('only a JSON report takes the place of an earlier one', async () => {
  const first = join(reports, 'first.json')
  await audit(1790000000, '4.1.6.1', '-o', `json=${first}`)
  const before = readFileSync(first, 'utf8')
  const csv = await audit(1795000000, '4.1.6.1', '--history', reports, '-o', `csv=${first}`)
  expect([csv.code, csv.stderr]).toEqual([
    1,
    `xen-preflight: Cannot write ${first}: it is one of the files to read\n`,
  ])
  expect(readFileSync(first, 'utf8')).toBe(before)
  const again = await audit(1795000000, '4.1.6.1', '--history', reports, '-o', `json=${first}`)
  expect([again.code, again.stderr]).toEqual([0, ''])
})

describe('of an upgrade', () => {
  const upgrade = (time: number, to: string, images: string[], ...args: string[]) => {
    const fleet = [
      ...images.map(name => `fixtures/catalogue/${name}`),
      '--inventory',
      'fixtures/inventory.yaml',
    ]
    return run(['upgrade', '--no-config', ...fleet, '--to', to, ...args], {
      env: { SOURCE_DATE_EPOCH: String(time) },
    })
  }

  test('counts what the same upgrade breaks and fixes', async () => {
    const json = (name: string) => ['-o', `json=${join(reports, name)}`]
    await upgrade(
      1790000000,
      '4.22.0',
      ['linux-6.1-lz4', 'linux-3.13-pvh', 'linux-6.12-zstd'],
      ...json('a.json'),
    )
    await upgrade(1790000000, '4.17.4', ['mini-os'], ...json('b.json'))
    await audit(1790000000, '4.17.4', ...json('c.json'))
    const outputs = ['-o', 'table', ...json('now.json'), '-o', `html=${scratch.at('now.html')}`]
    const { stdout, stderr } = await upgrade(
      1795000000,
      '4.22.0',
      ['mini-os'],
      '--history',
      reports,
      ...outputs,
    )
    const { history, counts } = JSON.parse(readFileSync(join(reports, 'now.json'), 'utf8')) as Audit
    expect(history!.points).toHaveLength(2)
    expect(history!.points[0]!.changes!.fixed).toBeGreaterThan(0)
    expect(history!.points[1]!.changes).toEqual(counts.changes)
    expect(history!.leftOut.map(({ reason }) => reason)).toEqual([
      'it is a report of an upgrade to Xen 4.17.4, and none of an upgrade to Xen 4.22.0',
      'it is a report of a fleet as it is, and none of an upgrade to Xen 4.22.0',
    ])
    expect(stderr).toContain('Left out of the history')
    expect(stdout).toMatch(/^Trend\n {2}date +breaks +uncertain +fixed +kernels +hosts\n/m)
    expect(readFileSync(scratch.at('now.html'), 'utf8')).toContain('From below: breaks, uncertain, fixed.')
  })

  test('to several releases, and of new kernels, has none', async () => {
    const several = await upgrade(1795000000, '4.22.0,4.17.4', ['mini-os'], '--history', reports)
    expect([several.code, several.stderr]).toEqual([
      1,
      'xen-preflight: Cannot use --history with several releases: a trend is that of the upgrade to one\n',
    ])
    const added = await run([
      ...['upgrade', '--no-config', '--inventory', 'fixtures/inventory.yaml'],
      ...['--add', 'fixtures/catalogue/mini-os', '--history', reports],
    ])
    expect([added.code, added.stderr]).toEqual([
      1,
      'xen-preflight: Cannot use --history with --add: new kernels are others every time\n',
    ])
  })
})

test('what is no report of a fleet is named, and left out', async () => {
  writeFileSync(join(reports, 'x.json'), '{"version": 2, "kind": "scan"}')
  writeFileSync(join(reports, 'notes.txt'), 'not read')
  const fleet = ['fixtures/catalogue/mini-os', '--inventory', 'fixtures/inventory.yaml', '--no-config']
  await run(['upgrade', ...fleet, '--to', '4.22.0', '-o', `json=${join(reports, 'upgrade.json')}`])
  const { code, stdout, stderr } = await audit(1795000000, '4.17.4', '--history', reports, '-o', 'json')
  expect(code).toBe(0)
  const { history } = JSON.parse(stdout) as Audit
  expect(history!.points).toHaveLength(1)
  expect(history!.leftOut).toEqual([
    {
      file: join(reports, 'upgrade.json'),
      reason: 'it is a report of an upgrade to Xen 4.22.0, and none of a fleet as it is',
    },
    {
      file: join(reports, 'x.json'),
      reason: 'line 1: kind: expected one of audit, upgrade, add, found "scan"',
    },
  ])
  expect(stderr).toContain(
    `Left out of the history: ${join(reports, 'x.json')}: line 1: kind: expected one of`,
  )
  expect(stderr).toContain('There is no earlier report in')
})

test('a directory that is not there', async () => {
  const { code, stderr } = await audit(1795000000, '4.17.4', '--history', scratch.at('none'))
  expect(code).toBe(1)
  expect(stderr).toContain('Cannot read the history')
})
