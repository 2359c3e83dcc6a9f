import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, describe, expect, test } from 'vitest'
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

describe('logs in files', () => {
  const directory = mkdtempSync(join(tmpdir(), 'xen-preflight-why-'))
  afterAll(() => rmSync(directory, { recursive: true }))
  const file = (name: string, content: string | Buffer) => {
    const path = join(directory, name)
    writeFileSync(path, content)
    return path
  }
  const NO_LOADER =
    'xc: error: panic: xg_dom_core.c:689: xc_dom_find_loader: no loader found: Invalid kernel\n'

  test('of several each line is named with its file', async () => {
    const [first, second] = [
      file('a.log', `Parsing config\n${NO_LOADER}`),
      file('b.log', '(XEN) Decoding failed\n'),
    ]
    const { stdout } = await run(['why', first, second])
    expect(stdout).toContain(`${first}:2: xc: error`)
    expect(stdout).toContain(`${second}:1: (XEN) Decoding failed`)
    const { stdout: json } = await run(['why', first, second, '-o', 'json'])
    expect(
      JSON.parse(json).lines.map(({ file, line }: { file: string; line: number }) => [file, line]),
    ).toEqual([
      [first, 2],
      [second, 1],
    ])
  })

  test('that logrotate packed by gzip are unpacked, and a damaged one is an error', async () => {
    const packed = gzipSync(NO_LOADER)
    expect((await run(['why', file('xl.log.2.gz', packed)])).stdout).toContain('xc_dom_find_loader')
    const cut = await run(['why', file('cut.log.gz', packed.subarray(0, 40))])
    expect([cut.code, cut.stderr]).toEqual([1, expect.stringContaining('it is gzip that is damaged')])
  })

  test('in other formats are named with what reads them', async () => {
    const { code, stderr } = await run(['why', file('system.journal', Buffer.from('LPKSHHRH\0\0\0\0\0'))])
    expect([code, stderr]).toEqual([1, expect.stringContaining('give what journalctl --file prints of it')])
  })
})
