import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { run } from './run.ts'

const SHELLS = ['bash', 'zsh', 'fish'] as const
const has = (shell: string) => spawnSync(shell, ['-c', ':']).status === 0
const without = (shell: string) => (has(shell) ? '' : ` (not run: there is no ${shell} on this machine)`)

let directory: string
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'xen-preflight-'))
  for (const shell of SHELLS) {
    const { code, stdout } = await run(['completion', shell])
    expect(code).toBe(0)
    writeFileSync(join(directory, shell), stdout)
  }
  writeFileSync(join(directory, 'some-kernel'), '')
})
afterAll(() => rmSync(directory, { recursive: true }))

const lines = (text: string) => text.split('\n').filter(line => line !== '')

/** bash calls the function with the words as it has split them; compopt works only where bash completes itself. */
function inBash(line: string): string[] {
  const words = line.split(/(=)| /).filter(word => word !== undefined)
  const script = `compopt() { :; }
source ${join(directory, 'bash')}
COMP_WORDS=(${words.map(word => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}
_xen_preflight; printf '%s\\n' "\${COMPREPLY[@]}"`
  return lines(execFileSync('bash', ['--norc', '-c', script], { encoding: 'utf8' })).sort()
}

function inZsh(line: string): string[] {
  const script = fileURLToPath(new URL('complete.zsh', import.meta.url))
  const out = join(mkdtempSync(join(directory, 'zsh-')), 'out')
  return lines(
    execFileSync('zsh', ['-f', script, join(directory, 'zsh'), line, out], {
      cwd: directory,
      encoding: 'utf8',
    }),
  )
}

function inFish(line: string): string[] {
  const script = `source ${join(directory, 'fish')}; complete -C '${line}'`
  const env = { ...process.env, HOME: directory }
  const text = execFileSync('fish', ['-c', script], { cwd: directory, encoding: 'utf8', env })
  return lines(text).map(found => found.split('\t')[0]!)
}

const IN = { bash: inBash, zsh: inZsh, fish: inFish }
const COMMANDS = ['audit', 'completion', 'explain', 'notes', 'releases', 'scan', 'upgrade']

describe.each(SHELLS)('in %s', shell => {
  const inShell = IN[shell]
  const name = (what: string) => `${what}${without(shell)}`

  describe.skipIf(!has(shell))(name('completes'), () => {
    test('commands', () => {
      expect(inShell('xen-preflight ')).toEqual(expect.arrayContaining(COMMANDS))
      expect(inShell('xen-preflight au')).toEqual(['audit'])
    })

    test('options of the command', () => {
      expect(inShell('xen-preflight audit --bas')).toEqual(['--baseline'])
      expect(inShell('xen-preflight notes --bas')).toEqual([])
      expect(inShell('xen-preflight notes --read')).toEqual(['--readers'])
    })

    test('values of options', () => {
      expect(inShell('xen-preflight audit --mode pvh')).toEqual(['pvh-dom0', 'pvh-domU'])
      expect(inShell('xen-preflight explain --xen 4.1.6')).toEqual(['4.1.6', '4.1.6.1'])
      expect(inShell('xen-preflight audit -o ht')).toEqual(['html'])
      expect(inShell('xen-preflight completion f')).toEqual(['fish'])
    })
  })
})

test.skipIf(!has('bash'))('bash takes apart what has a sign in it', () => {
  expect(inBash('xen-preflight audit --mode=pvh')).toEqual(['pvh-dom0', 'pvh-domU'])
  // Left to readline, which offers files.
  expect(inBash('xen-preflight audit -o json=so')).toEqual([])
})

test.skipIf(!has('fish'))('files are offered where a file is wanted, and nowhere else', () => {
  expect(inFish('xen-preflight audit some')).toEqual(['some-kernel'])
  expect(inFish('xen-preflight audit --baseline some')).toEqual(['some-kernel'])
  expect(inFish('xen-preflight audit --engine some')).toEqual([])
})

test('every option of every command is in every script', async () => {
  const scripts = await Promise.all(SHELLS.map(async shell => (await run(['completion', shell])).stdout))
  for (const command of COMMANDS) {
    const { stdout } = await run([command, '--help'])
    const options = [...stdout.matchAll(/^ {2}(?:-\w, )?--([a-z-]+)/gm)].map(([, name]) => name!)
    expect(options.length).toBeGreaterThan(0)
    for (const option of options) for (const script of scripts) expect(script).toContain(option)
  }
})

test('another shell is named as unknown', async () => {
  const { code, stderr } = await run(['completion', 'tcsh'])
  expect(code).toBe(1)
  expect(stderr).toContain('bash, zsh, fish')
})
