import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildElf } from '../../fixtures/builders/elf.ts'
import { command, root, run } from './run.ts'

/** Forges a line of a CI system, clears a screen, sets a title, turns the direction of text, ends a line of JavaScript. */
const NAME = '\n::error::forged\u001b[2J\u001b]0;title\u0007\u202e\u2028\x7f\u009b31m'
const ACTIVE = /(?!\n)\p{Cc}|[\u202a-\u202e\u2028\u2029]|^::error/mu

let directory: string
const at = (name: string) => join(directory, name)
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'xen-preflight-'))
  mkdirSync(at(`d${NAME}`))
  copyFileSync(join(root, 'fixtures/catalogue/linux-3.13-pvh'), at(`d${NAME}/good${NAME}`))
  writeFileSync(at(`d${NAME}/bad${NAME}`), '\x7fELF')
  const notes = [
    { type: 6, value: `os${NAME}` },
    { type: 7, value: `version${NAME}` },
    { type: 8, value: 'generic' },
    { type: 99, value: 'x', owner: `owner${NAME}` },
  ]
  writeFileSync(at('notes'), buildElf({ bits: 64, notes }))
  writeFileSync(
    at('fleet.yaml'),
    `hosts:\n  - {name: ${JSON.stringify(`h${NAME}`)}, xen: 4.1.6.1}\n  - {name: ${JSON.stringify(`i${NAME}`)}}\n`,
  )
  writeFileSync(at(`c${NAME}.yaml`), `fail-on: nothing\n${JSON.stringify(`x${NAME}`)}: 1\n`)
})
afterAll(() => rmSync(directory, { recursive: true }))

const images = () => [at(`d${NAME}/good${NAME}`), at(`d${NAME}/bad${NAME}`), at('notes')]
const fleet = () => ['--inventory', at('fleet.yaml')]

describe('names that would act on a terminal are spelled out on both streams', () => {
  test.each([
    ['scan', () => ['scan', directory, '--every-file']],
    ['scan, matrix', () => ['scan', directory, ...fleet()]],
    ['scan, spans', () => ['scan', directory, '--xen', 'all']],
    ['scan, json', () => ['scan', directory, ...fleet(), '-o', 'json']],
    ['scan, ndjson', () => ['scan', directory, ...fleet(), '-o', 'ndjson']],
    ['scan of nothing', () => ['scan', `nothing${NAME}`, '-o', `json=${at(`no${NAME}/x`)}`]],
    ['audit', () => ['audit', directory, ...fleet(), '--no-config']],
    ['audit, csv', () => ['audit', directory, ...fleet(), '--no-config', '-o', 'csv']],
    ['audit, markdown', () => ['audit', directory, ...fleet(), '--no-config', '-o', 'markdown']],
    ['audit, configuration', () => ['audit', directory, ...fleet(), '--config', at(`c${NAME}.yaml`)]],
    ['upgrade', () => ['upgrade', directory, ...fleet(), '--no-config', '--to', '4.17.4']],
    ['notes', () => ['notes', ...images(), `nothing${NAME}`]],
    ['notes, json', () => ['notes', ...images(), '-o', 'json']],
    ['explain', () => ['explain', images()[0]!, '--xen', '4.1.6.1']],
    ['explain, json', () => ['explain', images()[0]!, '--xen', '4.1.6.1', '-o', 'json']],
    ['merge', () => ['merge', images()[0]!]],
    ['releases', () => ['releases', `4.1${NAME}`]],
    ['bench', () => ['bench', ...images(), '--rounds', '1']],
    ['an option', () => ['scan', `--no${NAME}`]],
    ['a command', () => [`scan${NAME}`]],
    ['a value', () => ['scan', 'x', '--mode', NAME]],
    ['a format', () => ['scan', 'x', '-o', NAME]],
  ])('%s', async (_, args) => {
    const { stdout, stderr } = await run(args())
    expect(stdout).not.toMatch(ACTIVE)
    expect(stderr).not.toMatch(ACTIVE)
    expect(stdout + stderr).not.toMatch(/\n {4}at /)
  })
})

// Deno reserves more than this for itself.
test.skipIf('Deno' in globalThis || process.platform !== 'linux')(
  'too little memory is said in words',
  () => {
    const line = `ulimit -v 3000000; exec ${command.map(word => `'${word}'`).join(' ')} scan fixtures/catalogue`
    const { status, stderr } = spawnSync('bash', ['-c', line], { cwd: root, encoding: 'utf8' })
    if (status === 0) return
    expect([status, stderr]).toEqual([
      1,
      expect.stringMatching(/^xen-preflight: Cannot go on: there is not enough memory .*\n$/),
    ])
  },
)

test.each([
  ['UTF-16LE', '\ufeff', 'UTF-16'],
  ['UTF-16BE', '\ufeff', 'UTF-16'],
  ['UTF-16LE', '', 'UTF-16LE'],
  ['UTF-16BE', '', 'UTF-16BE'],
])('an inventory and a list in %s after %j are named as such', async (name, mark, from) => {
  const write = (file: string, text: string) => {
    const bytes = Buffer.from(mark + text, 'utf16le')
    writeFileSync(at(file), name === 'UTF-16LE' ? bytes : bytes.swap16())
    return at(file)
  }
  const inventory = write('fleet', 'hosts:\n  - {name: a, xen: 4.17.4}\n')
  const list = write('list', 'fixtures/catalogue\n')
  const reason = `it is ${name}, expected UTF-8; convert it with iconv -f ${from} -t UTF-8`
  const audit = await run(['audit', 'fixtures/catalogue', '--no-config', '--inventory', inventory])
  const said = `xen-preflight: Cannot read the inventory ${inventory}: ${reason}\n`
  expect([audit.code, audit.stdout, audit.stderr]).toEqual([1, '', said])
  const scan = await run(['scan', '--files-from', list, '--no-config', '-o', 'json'])
  expect(scan.code).toBe(1)
  expect(scan.stderr).toContain(`xen-preflight: Cannot read the list ${list}: ${reason}\n`)
})

test('the formats of inventories are listed once', async () => {
  mkdirSync(at('mails'))
  for (const name of ['a', 'b', 'c']) writeFileSync(at(`mails/${name}`), 'Dear colleagues,\n')
  const { code, stderr } = await run([
    'audit',
    'fixtures/catalogue',
    '--no-config',
    '--inventory',
    at('mails'),
  ])
  expect(code).toBe(1)
  expect(stderr.match(/xl info/g)).toHaveLength(1)
  expect(stderr.match(/found a text that begins with "Dear/g)).toHaveLength(3)
})
