import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { run } from './run.ts'

const DIRECTORY = mkdtempSync(join(tmpdir(), 'xen-preflight-builds-'))
const fleet = (text: string) => {
  const path = join(DIRECTORY, 'fleet.yaml')
  writeFileSync(path, text)
  return path
}
const XZ = 'fixtures/builds/linux-6.12-xz128'
const PV32 = 'fixtures/builds/linux-3.2-686-pae'

async function verdicts(...args: string[]): Promise<string[]> {
  const { stdout } = await run(['scan', ...args, '-o', 'ndjson', '--no-config'])
  return JSON.parse(stdout).verdicts.map(({ verdict, code }: { verdict: string; code?: string }) =>
    code === undefined ? verdict : `${verdict} ${code}`,
  )
}

test("Debian's build takes what upstream's release and Debian's builds before it refuse", async () => {
  expect(await verdicts(XZ, '--inventory', 'fixtures/builds/xldmesg.txt')).toEqual(['accepts'])
  expect(await verdicts(XZ, '--xen', '4.17.7,4.17.5+23-ga4e5191dc0-1')).toEqual([
    'refuses dictionary-too-large',
    'refuses dictionary-too-large',
  ])
})

test('a product is asked as the Xen that came with it, and named', async () => {
  const hosts = fleet('hosts: [{name: a, xen: "XCP-ng release 8.2.0 (xenenterprise)"}]\n')
  const { stdout } = await run(['scan', PV32, '--inventory', hosts, '-o', 'ndjson', '--no-config'])
  expect(JSON.parse(stdout).verdicts[0]).toMatchObject({ xen: '4.13.1 (XCP-ng 8.2.0)', verdict: 'accepts' })
  expect(await verdicts(PV32, '--xen', 'XCP-ng 8.3')).toEqual(['refuses pv32-not-built'])
})

test('what a default build has off is refused, and what is known of a build counts', async () => {
  expect(await verdicts(PV32, '--xen', '4.17.7')).toEqual(['refuses pv32-not-built'])
  expect(await verdicts(PV32, '--xen', '4.17.7', '--build', 'pv32=true')).toEqual(['accepts'])
  expect(await verdicts(PV32, '--xen', '4.17.7', '--build', 'full')).toEqual(['accepts'])
  const { code, stderr } = await run(['scan', PV32, '--xen', '4.17.7', '--build', 'pv31=true'])
  expect(code).toBe(1)
  expect(stderr).toContain('found pv31=true')
})

test('an upgrade to where 32-bit PV guests are off breaks them', async () => {
  const hosts = fleet('hosts: [{name: hv1, xen: 4.10.4}]\n')
  const args = ['upgrade', PV32, '--inventory', hosts, '--to', '4.17.7', '--no-config', '-o', 'json']
  expect(JSON.parse((await run(args)).stdout).counts.changes).toMatchObject({ breaks: 1 })
})

test('an upgrade to Citrix Hypervisor 8.1 warns that PV guests are not supported there', async () => {
  const args = ['upgrade', PV32, '--inventory', 'fixtures/builds/xapi.json', '--no-config']
  const { stdout } = await run([...args, '--to', 'Citrix Hypervisor 8.1.0'])
  expect(stdout.replace(/\s+/g, ' ')).toContain('Citrix Hypervisor 8.1.0 does not support PV guests')
  expect(stdout).toMatch(/^Upgrade to Xen 4\.13\.0 \(Citrix Hypervisor 8\.1\.0\)$/m)
})
