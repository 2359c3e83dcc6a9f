import { execFile, execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { command, root } from './run.ts'
import { slowImage } from './slow-image.ts'

const hasTools = (() => {
  try {
    execFileSync('script', ['--version'])
    execFileSync('timeout', ['--version'])
    return true
  } catch {
    return false
  }
})()

/** What a terminal gets from a command that Ctrl-C ends after a second and a half. */
function interrupted(...args: string[]): Promise<{ code: number; shown: string }> {
  const words = [
    'timeout',
    '--foreground',
    '--preserve-status',
    '-k',
    '10',
    '-s',
    'INT',
    '1.5',
    ...command,
    ...args,
  ]
  const line = words.map(word => `'${word}'`).join(' ')
  const env = { ...process.env, CI: '' }
  return new Promise(resolve => {
    execFile('script', ['-qec', line, '/dev/null'], { cwd: root, env }, (error, shown) =>
      resolve({ code: Number(error?.code ?? 0), shown }),
    )
  })
}

describe.skipIf(!hasTools)('on a terminal (needs script and timeout)', () => {
  test.each([
    ['audit', ['--inventory', 'fixtures/inventory.yaml']],
    ['bench', ['--verify']],
    ['scan', []],
  ])('Ctrl-C gives the cursor back: %s', async (name, flags) => {
    const directory = mkdtempSync(join(tmpdir(), 'xen-preflight-'))
    try {
      writeFileSync(join(directory, 'slow'), slowImage())
      const paths = name === 'bench' ? ['fixtures/codecs'] : [directory]
      const rounds = name === 'bench' ? ['--rounds', '9999'] : []
      const { code, shown } = await interrupted(name, ...flags, ...rounds, ...paths)
      expect(code).toBe(130)
      const [hidden, back] = ['\u001b[?25l', '\u001b[?25h'].map(sequence => shown.lastIndexOf(sequence))
      expect(hidden).toBeGreaterThanOrEqual(0)
      expect(back).toBeGreaterThan(hidden!)
    } finally {
      rmSync(directory, { recursive: true })
    }
  })
})
