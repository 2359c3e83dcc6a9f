import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { run } from './run.ts'

const HARMLESS = 'xc: error: xc_dom_probe_bzimage_kernel: kernel is not a bzImage: Invalid kernel'

test('a line that every kernel has is said to mean nothing', async () => {
  const { code, stdout } = await run(['why', HARMLESS])
  expect(code).toBe(0)
  expect(stdout).toContain('It means nothing: it is logged of kernels that load, too.')
})

test('of a log the lines of loaders are explained, with their numbers', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'xen-preflight-why-'))
  const log = join(directory, 'xl.log')
  try {
    writeFileSync(
      log,
      'Parsing config from guest.cfg\nxc: error: xc_dom_probe_bzimage_kernel: unknown compression format: Invalid kernel\n',
    )
    const { stdout } = await run(['why', log, '-o', 'json'])
    const { lines } = JSON.parse(stdout)
    expect(lines).toHaveLength(1)
    expect(lines[0].line).toBe(2)
    expect(lines[0].causes.map(({ code }: { code: string }) => code)).toContain('codec-unsupported')
  } finally {
    rmSync(directory, { recursive: true })
  }
})

test('of another line it says that nothing is known', async () => {
  const { stdout } = await run(['why', 'Linux version 6.1.0'])
  expect(stdout).toContain('No line of it is known')
})
