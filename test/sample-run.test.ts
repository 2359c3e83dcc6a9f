/** What `npm start` prints: the kernels that the project began with, before all others. */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const script = fileURLToPath(new URL('../.ci/start.mjs', import.meta.url))

test('the sample run starts with the story of 2014, and tells each guest what helps it', () => {
  const { stdout } = spawnSync(process.execPath, ['Deno' in globalThis ? ['run', '-A'] : [], script].flat(), {
    encoding: 'utf8',
  })
  const lines = stdout.split('\n')
  expect(lines[0]).toBe('January 2014: Linux 3.13 with PVH is refused by Xen 4.1 and older')
  const rows = lines.filter(line => line.includes(' pv-domU '))
  expect(rows[0]).toMatch(/^linux-3\.13-pvh +pv-domU( +NO){3}( +ok){5}$/)
  expect(rows[1]).toMatch(/^linux-3\.14-pvh +pv-domU( +ok){8}$/)
  const [first = ''] = stdout.slice(stdout.indexOf('unknown-feature (')).split('\n\n')
  const told = first.replace(/\s+/g, ' ')
  expect(told).toContain('xen-preflight repair fixtures/catalogue/linux-3.13-pvh --for')
  expect(told).toMatch(/do: Use Linux 3\.14 or later.*\(for linux-3\.13-pvh\)/)
  expect(told).toMatch(/do: Start the guest as HVM.*\(for freebsd-10\)/)
  // What the guest's owner can do comes before what the host's can.
  expect(told.indexOf('do: Upgrade the toolstack')).toBe(told.lastIndexOf('do: '))
})
