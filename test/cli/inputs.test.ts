import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Audit } from '../../src/findings/model.ts'
import { command, root, run } from './run.ts'

let directory: string
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'xen-preflight-'))
  copyFileSync(join(root, 'fixtures/catalogue/mini-os'), at('kernel'))
  mkdirSync(at('dumps'))
  copyFileSync(join(root, 'fixtures/inventories/xl-info.txt'), at('dumps/xl-info'))
  writeFileSync(at('c.yaml'), 'inventory: dumps\n')
  writeFileSync(at('list'), 'kernel\n')
  symlinkSync('c.yaml', at('link'))
  await here('scan', 'kernel', '-o', 'ndjson=facts.ndjson')
})
afterEach(() => rmSync(directory, { recursive: true }))

const at = (name: string) => join(directory, name)
const here = (...args: string[]) => run(args, { cwd: directory })

describe('what is read', () => {
  test.each([
    ['kernel', ['audit', 'kernel', '--inventory', 'dumps', '-o', 'csv=kernel']],
    [
      'facts.ndjson',
      ['audit', '--facts', 'facts.ndjson', '--inventory', 'dumps', '-o', 'ndjson=facts.ndjson'],
    ],
    ['dumps/xl-info', ['audit', 'kernel', '--inventory', 'dumps', '-o', 'html=dumps/xl-info']],
    ['kernel', ['upgrade', '--add', 'kernel', '--inventory', 'dumps', '-o', 'json=kernel']],
    ['dumps/xl-info', ['scan', 'kernel', '--inventory', 'dumps/xl-info', '-o', 'json=dumps/xl-info']],
    ['dumps/xl-info', ['scan', 'kernel', '--config', 'c.yaml', '-o', 'json=dumps/xl-info']],
    ['c.yaml', ['scan', 'kernel', '--config', 'c.yaml', '-o', 'json=c.yaml']],
    ['link', ['scan', 'kernel', '--config', 'c.yaml', '-o', 'json=link']],
    ['c.yaml', ['scan', 'kernel', '--config', 'link', '--journal', 'c.yaml']],
    ['list', ['scan', '--files-from', 'list', '-o', 'json=list']],
    ['list', ['audit', '--files-from', 'list', '--inventory', 'dumps', '-o', 'json=list']],
    ['list', ['upgrade', '--files-from', 'list', '--inventory', 'dumps', '--to', '4.17.4', '-o', 'csv=list']],
    [
      'dumps/xl-info',
      ['repair', '--plan', 'kernel', '--inventory', 'dumps', '-o', 'json=dumps/xl-info', '-o', 'out'],
    ],
    ['dumps/xl-info', ['repair', '--plan', 'kernel', '--inventory', 'dumps', '--script', 'dumps/xl-info']],
    ['kernel', ['repair', '--plan', 'kernel', '--inventory', 'dumps', '--script', 'kernel']],
  ])('is not written over: %s', async (name, args) => {
    const before = readFileSync(at(name))
    const { code, stdout, stderr } = await here(...args)
    expect([code, stderr]).toEqual([
      1,
      `xen-preflight: Cannot write ${name}: it is one of the files to read\n`,
    ])
    expect(readFileSync(at(name)).equals(before)).toBe(true)
    // Neither the table of a plan nor any other output was begun.
    expect(stdout).toBe('')
  })

  test('is not written over where the configuration was found', async () => {
    copyFileSync(at('c.yaml'), at('xen-preflight.yaml'))
    const { code, stderr } = await here('scan', 'kernel', '-o', 'json=xen-preflight.yaml')
    const message = 'xen-preflight: Cannot write xen-preflight.yaml: it is one of the files to read\n'
    expect([code, stderr]).toEqual([1, message])
    expect(readFileSync(at('xen-preflight.yaml'), 'utf8')).toBe('inventory: dumps\n')
  })

  test('is not written over where standard input is the list', () => {
    const args = [...command, 'scan', '--files-from', '-', '-o', 'json=list']
    const { status, stderr } = spawnSync('bash', ['-c', 'exec "$@" < list', 'bash', ...args], {
      cwd: directory,
      encoding: 'utf8',
    })
    expect([status, stderr]).toEqual([
      1,
      'xen-preflight: Cannot write list: it is one of the files to read\n',
    ])
    expect(readFileSync(at('list'), 'utf8')).toBe('kernel\n')
  })

  test('is not removed with the note of an earlier part', async () => {
    copyFileSync(at('c.yaml'), at('1.ndjson.part'))
    const asked = ['scan', 'kernel', '-o', 'ndjson=1.ndjson']
    const refused = await here(...asked, '--config', '1.ndjson.part')
    expect([refused.code, refused.stderr]).toEqual([
      1,
      'xen-preflight: Cannot write 1.ndjson.part: it is one of the files to read\n',
    ])
    // Nor is the note of a file that is not written.
    copyFileSync(at('list'), at('1.ndjson'))
    const list = await here('scan', '--files-from', '1.ndjson', ...asked.slice(1))
    expect(list.code).toBe(1)
    expect(readFileSync(at('1.ndjson.part'), 'utf8')).toBe('inventory: dumps\n')
    const merge = await here('merge', 'facts.ndjson', '-o', 'facts.ndjson.part')
    expect(merge.code).toBe(0)
    expect((await here('merge', 'facts.ndjson', '-o', 'facts.ndjson.part')).code).toBe(1)
  })

  test('may be a device, which loses nothing', async () => {
    const { code, stderr } = await here('scan', 'kernel', '--config', '/dev/null', '-o', 'json=/dev/null')
    expect([code, stderr]).toEqual([0, ''])
  })

  test('is not written over where a directory holds it', async () => {
    mkdirSync(at('kernels'))
    copyFileSync(at('kernel'), at('kernels/guest'))
    const { code, stderr } = await here('scan', 'kernels', '-o', 'json=kernels/guest')
    expect([code, stderr]).toEqual([1, 'xen-preflight: Cannot write kernels/guest: it holds a kernel\n'])
    expect(readFileSync(at('kernels/guest')).equals(readFileSync(at('kernel')))).toBe(true)
    const disk = Buffer.concat([Buffer.from('QFI\xfb', 'latin1'), Buffer.alloc(1024)])
    writeFileSync(at('kernels/disk'), disk)
    const over = await here('scan', 'kernels', '-o', 'json=kernels/disk')
    const message = 'xen-preflight: Cannot write kernels/disk: it holds binary data, as disks do\n'
    expect([over.code, over.stderr]).toEqual([1, message])
    expect(readFileSync(at('kernels/disk')).equals(disk)).toBe(true)
    rmSync(at('kernels/disk'))
    const again = ['scan', 'kernels', '-o', 'json=kernels/report.json']
    expect([(await here(...again)).code, (await here(...again)).code]).toEqual([0, 0])
  })

  test('is not the journal either', async () => {
    const { code, stderr } = await here('scan', 'kernel', '--journal', 'j', '-o', 'ndjson=j')
    expect([code, stderr]).toEqual([1, 'xen-preflight: Cannot write j: it is one of the files to read\n'])
  })

  test('counts once, however often it is given', async () => {
    const args = ['kernel', 'kernel', '--facts', 'facts.ndjson', '--facts', 'facts.ndjson']
    const { stdout } = await here('audit', ...args, '--inventory', 'dumps', '-o', 'json')
    const { kernels, counts } = JSON.parse(stdout) as Audit
    expect(kernels.map(({ images }) => images)).toEqual([['kernel']])
    // One guest on each of the two hosts of the dump.
    expect(counts.accepts).toBe(2)
  })

  test('with different facts is judged each time, and named', async () => {
    copyFileSync(join(root, 'fixtures/catalogue/linux-3.12-pv'), at('kernel'))
    const args = ['kernel', '--facts', 'facts.ndjson', '--inventory', 'dumps', '-o', 'json']
    const { stdout, stderr } = await here('audit', ...args)
    expect(stderr).toBe('xen-preflight: kernel was given with different facts: each is judged\n')
    expect((JSON.parse(stdout) as Audit).kernels).toHaveLength(2)
  })
})

test('a directory of dumps: links are followed, and what cannot be read is named', async () => {
  copyFileSync(join(root, 'fixtures/inventories/xm-info.txt'), at('xm-info'))
  symlinkSync('../xm-info', at('dumps/link'))
  symlinkSync('nowhere', at('dumps/old'))
  mkdirSync(at('dumps/sub'))
  const { code, stdout, stderr } = await here('audit', 'kernel', '--inventory', 'dumps', '-o', 'json')
  expect((JSON.parse(stdout) as Audit).inventory.hosts).toBe(3)
  expect([code, stderr]).toEqual([
    2,
    'xen-preflight: dumps/old: expected a file, but the system says ENOENT\n' +
      'xen-preflight: dumps/sub: expected a file, but the system says EISDIR\n' +
      'xen-preflight: 2 faults of the inventory fail the run; --fail-on never lets it pass\n',
  ])
})

test('an audit finds by --digest which images placements mean', async () => {
  const digest = createHash('sha256')
    .update(readFileSync(at('kernel')))
    .digest('hex')
  writeFileSync(
    at('fleet.yaml'),
    `hosts: [{name: a, xen: 4.17.2}]\nplacements: [{host: a, images: 'sha256:${digest}'}]\n`,
  )
  const { code, stdout } = await here(
    'audit',
    'kernel',
    '--digest',
    '--inventory',
    'fleet.yaml',
    '-o',
    'json',
  )
  expect([code, (JSON.parse(stdout) as Audit).counts.accepts]).toEqual([0, 1])
})

test.each([
  ['inventory', ['audit', 'kernel', '--inventory', '/dev/zero'], 'it is longer than 256 MiB, the limit\n'],
  ['configuration', ['audit', 'kernel', '--config', '/dev/zero'], 'it is longer than 256 MiB, the limit\n'],
  [
    'baseline',
    ['audit', 'kernel', '--inventory', 'dumps', '--baseline', '/dev/zero'],
    'it is no JSON: line 1: ',
  ],
])('an endless %s is given up', async (what, args, reason) => {
  const { code, stdout, stderr } = await here(...args)
  expect([code, stdout]).toEqual([1, ''])
  expect(stderr).toContain(`xen-preflight: Cannot read the ${what} /dev/zero: ${reason}`)
})

test('facts that no scan wrote are named by file, line and member', async () => {
  const record = JSON.parse(readFileSync(at('facts.ndjson'), 'utf8'))
  record.facts.elf.segments[0].filesz = undefined
  writeFileSync(at('facts.ndjson'), `\n${JSON.stringify(record)}\n`)
  const { code, stdout, stderr } = await here('audit', '--facts', 'facts.ndjson', '--inventory', 'dumps')
  expect([code, stdout]).toEqual([1, ''])
  expect(stderr).toMatch(
    /^xen-preflight: Cannot read the facts at facts\.ndjson:2: facts\.elf\.segments\.0: .*"filesz"\.\n$/,
  )
})

test('a fault that every host has is told some twenty times, and counted', async () => {
  const hosts = Array.from({ length: 300 }, (_, at) => `  - {name: host-${at}, xen: 4.17.2, rack: ${at}}`)
  writeFileSync(at('fleet.yaml'), `hosts:\n${hosts.join('\n')}\n`)
  const { stdout, stderr } = await here('audit', 'kernel', '--inventory', 'fleet.yaml', '-o', 'json')
  const lines = stderr.trimEnd().split('\n')
  expect(lines).toHaveLength(22)
  expect(lines[19]).toContain('fleet.yaml:21: hosts[19].rack: expected one of name, ')
  expect(lines[20]).toBe('xen-preflight: fleet.yaml: unknown-field hosts[].rack: 280 more of these')
  expect((JSON.parse(stdout) as Audit).inventory.problems).toHaveLength(300)
})

test.each([
  [
    'placement',
    'fleet.yaml',
    'hosts: [{name: a, xen: 4.17.2}]\nplacements: [{host: a, images: kernel, mode: pvh_domu}]\n',
  ],
  ['guest', 'dumps/g.cfg', 'name = "g"\nmemory = 1\ntype = "pvx"\nkernel = "/k"\n'],
])('a %s that is left out does not make every kernel run everywhere', async (what, file, text) => {
  writeFileSync(at(file), text)
  const inventory = what === 'guest' ? 'dumps' : file
  const { code, stdout, stderr } = await here('audit', 'kernel', '--inventory', inventory)
  expect([code, stdout]).toEqual([1, ''])
  expect(stderr).toContain(`: the ${what} is left out\n`)
  expect(stderr).toContain(
    'Cannot audit anything: no image of the catalogue is placed on a host that is asked',
  )
})
