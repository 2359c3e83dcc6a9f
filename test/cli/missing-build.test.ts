import { execFile } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { command, root } from './run.ts'

test('a missing WebAssembly build is told in words', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'xen-preflight-'))
  try {
    const filter = (path: string) => !path.endsWith('engine.wasm')
    cpSync(join(root, 'dist'), join(directory, 'dist'), { recursive: true, filter })
    cpSync(join(root, 'package.json'), join(directory, 'package.json'))
    const [program, ...rest] = command
    const args = [...rest.slice(0, -1), join(directory, 'dist/cli/main.js'), 'scan', 'fixtures/catalogue']
    const { code, stderr } = await new Promise<{ code: number; stderr: string }>(resolve => {
      execFile(program, args, { cwd: root }, (error, _, stderr) =>
        resolve({ code: Number(error?.code ?? 0), stderr }),
      )
    })
    expect([code, stderr]).toEqual([
      1,
      'xen-preflight: Cannot load dist/engine.wasm: the system says ENOENT; npm run build makes it, --engine typescript does without\n',
    ])
  } finally {
    rmSync(directory, { recursive: true })
  }
})
