/** Guests of inventories end to end: found disks, boot loaders, upgrades. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliDecompressSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { records, root, run } from './run.ts'

let directory: string
const file = (name: string, text: string | Uint8Array): string => {
  const path = join(directory, name)
  writeFileSync(path, text)
  return path
}
const fixture = (name: string) => readFileSync(join(root, 'fixtures', name))

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'xen-preflight-'))
  // ext4 on the whole disk; grub.cfg names its default, the second entry, by its title.
  file('web01.img', brotliDecompressSync(fixture('boot-paths/guest-title.img.br')))
})
afterAll(() => rmSync(directory, { recursive: true }))

/** A pool with one PV and one HVM guest, as XAPI has them. */
const POOL = {
  host: {
    'OpaqueRef:h1': {
      uuid: 'h1',
      name_label: 'xs-1',
      software_version: { product_brand: 'Citrix Hypervisor', product_version: '8.0.0', xen: '4.11.1-7.3.1' },
      capabilities: ['xen-3.0-x86_64 xen-3.0-x86_32p hvm-3.0-x86_32 hvm-3.0-x86_32p hvm-3.0-x86_64'],
    },
  },
  VM: {
    'OpaqueRef:v1': {
      uuid: 'v1',
      name_label: 'web-pv',
      is_a_template: false,
      is_control_domain: false,
      resident_on: 'OpaqueRef:h1',
      HVM_boot_policy: '',
      PV_bootloader: 'pygrub',
      PV_kernel: '',
      domain_type: 'pv',
    },
    'OpaqueRef:v2': {
      uuid: 'v2',
      name_label: 'db-hvm',
      is_a_template: false,
      is_control_domain: false,
      resident_on: 'OpaqueRef:h1',
      HVM_boot_policy: 'BIOS order',
      PV_bootloader: '',
      PV_kernel: '',
      domain_type: 'hvm',
    },
  },
}

describe('a pool of XAPI', () => {
  test('has its PV guest asked as PV by pygrub, and its HVM guest counted', async () => {
    const inventory = file('pool.json', JSON.stringify(POOL))
    const args = ['fixtures/catalogue/linux-3.12-pv', '--inventory', inventory, '-o', 'json']
    const { stdout } = await run(['upgrade', '--to', 'Citrix Hypervisor 8.1', ...args])
    const audit = JSON.parse(stdout)
    expect(audit.modes).toEqual(['pv-domU'])
    expect(audit.cells).toMatchObject([{ mode: 'pv-domU', guests: 1, names: ['web-pv'] }])
    expect(audit.inventory.guests).toMatchObject({ total: 2, judged: 1, firmware: 1 })
    expect(audit.builds[0].remarks.join(' ')).toMatch(/PV/)
    expect(audit.causes.map(({ code }: { code: string }) => code)).toContain('pygrub-default-by-title')
  })
})

describe('configurations of guests', () => {
  const fleet = 'hosts:\n  - {name: x1, xen: 4.17.4}\n'
  test('say by which mode and path a kernel is asked, and that a guest has none', async () => {
    const inventories = [
      file('fleet.yaml', fleet),
      file('guest.cfg', 'name = "hello"\ntype = "pvh"\nkernel = "/root/unikernel-pvh"\nmemory = 128\n'),
      file(
        'web4.xml',
        "<domain type='xen'><name>web4</name><os><type arch='x86_64' machine='xenpvh'>xenpvh</type></os></domain>",
      ),
    ].flatMap(path => ['--inventory', path])
    const { code, stdout } = await run([
      'audit',
      'fixtures/catalogue',
      ...inventories,
      '--fail-on',
      'refuses',
      '-o',
      'ndjson',
    ])
    expect(code).toBe(2)
    const found = records(stdout).map(({ mode, verdict, code, names }) => [mode, verdict, code, names])
    expect(found).toEqual([
      ['pvh-domU', 'accepts', undefined, ['hello']],
      ['pvh-domU', 'refuses', 'nothing-to-boot', ['web4']],
    ])
  })

  test('without kernels to read are judged for what they say alone', async () => {
    const args = ['--inventory', file('alone.yaml', `${fleet}guests:\n  - {name: w, host: x1, type: pvh}\n`)]
    const { code, stdout } = await run(['audit', '--fail-on', 'refuses', ...args])
    expect(code).toBe(2)
    expect(stdout).toContain('Nothing to boot (nothing-to-boot)')
    expect(stdout).toContain('guests:   w')
  })
})

describe('the disk of a guest', () => {
  const inventory = () =>
    file(
      'disks.yaml',
      `hosts:\n  - {name: old, xen: 4.12.4, build: full}\nguests:\n  - {name: web01, host: old, boot: pygrub, disks: /dev/vg0/web01}\n`,
    )
  test('decides which kernel is asked', async () => {
    const args = ['audit', directory, '--inventory', inventory(), '-o', 'ndjson']
    const [line, ...others] = records((await run(args)).stdout)
    expect(others).toEqual([])
    expect(line).toMatchObject({ verdict: 'accepts', names: ['web01'] })
    expect(line.kernel.images).toEqual([expect.stringMatching(/web01\.img!\/boot\/vmlinuz-5\.10$/)])
  })
  test('boots another kernel after an upgrade: named, with what the tenant can do first', async () => {
    const { stdout } = await run(['upgrade', directory, '--inventory', inventory(), '--to', '4.17.4'])
    const text = stdout.replace(/\s+/g, ' ')
    expect(text).toContain('(pygrub-default-by-title)')
    expect(text).toContain('/boot/vmlinuz-6.1 instead of /boot/vmlinuz-5.10')
    expect(text).toContain('do: In the guest, set GRUB_DEFAULT')
    expect(text).toContain('guests: web01')
  })
  test('is walked by boot as its guest boots, on its host', async () => {
    const disk = join(directory, 'web01.img')
    const { stdout } = await run(['boot', disk, '--inventory', inventory(), '-o', 'ndjson'])
    expect(records(stdout)).toMatchObject([
      {
        image: disk,
        path: 'pygrub',
        guest: 'web01',
        hosts: ['old'],
        answers: [{ since: '4.12.4', until: '4.12.4', kernel: '/boot/vmlinuz-5.10' }],
      },
    ])
  })
})
