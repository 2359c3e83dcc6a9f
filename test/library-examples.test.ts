/** Runs every program of examples/ as a child process. */
import { execFile } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { isDeno } from './cli/run.ts'

const root = fileURLToPath(new URL('../', import.meta.url))
const kernel = 'fixtures/catalogue/linux-3.13-pvh'

/** What each is run with, and what it prints among other things. */
const EXAMPLES: Record<string, { args: string[]; prints: string[] }> = {
  'facts.mjs': { args: [kernel], prints: ['64-bit linux 2.6', 'Xen note 10, 136 bytes'] },
  'fleet.mjs': {
    args: ['fixtures/catalogue', 'fixtures/inventory.yaml'],
    prints: ['10 images of 10 kernels, 8 hosts of 8 builds; pv-domU'],
  },
  'verdicts.mjs': { args: [kernel, '4.1.6.1', '4.2.0'], prints: ['4.1.6.1 refuses: ', '4.2.0 accepts: '] },
}

const print = (file: string, args: readonly string[]) =>
  new Promise<string>((resolve, reject) => {
    const runtime = isDeno ? ['run', '-A'] : []
    const words = [...runtime, `examples/${file}`, ...args]
    execFile(process.execPath, words, { cwd: root }, (error, stdout, stderr) =>
      error === null ? resolve(stdout) : reject(new Error(stderr)),
    )
  })

test('every example is run', () => {
  const files = readdirSync(`${root}examples`).filter(name => name.endsWith('.mjs'))
  expect(files).toEqual(Object.keys(EXAMPLES))
})

test.each(Object.entries(EXAMPLES))('examples/%s', async (file, { args, prints }) => {
  const output = await print(file, args)
  for (const text of prints) expect(output).toContain(text)
})
