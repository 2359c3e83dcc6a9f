import { execFileSync } from 'node:child_process'
import {
  copyFileSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { diskOf } from '../containers/container-suite.ts'
import { strict } from '../report/strict-schema.ts'
import { command, isDeno, root, run } from './run.ts'
import { start } from './start.ts'

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'repair-'))
})
afterEach(() => rmSync(directory, { recursive: true }))

const at = (name: string) => join(directory, name)
const catalogue = (name: string) => join(root, 'fixtures/catalogue', name)
const SEED = catalogue('linux-3.13-pvh')
const DOM0 = ['--for', '4.1.6.1', '--mode', 'pv-domU,pv-dom0']

test('writes the kernel that the release takes, says what it did, and keeps mode and times', async () => {
  copyFileSync(SEED, at('vmlinuz'))
  const { code, stdout, stderr } = await run(['repair', at('vmlinuz'), ...DOM0, '-o', at('repaired')])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  for (const text of [
    'FEATURES: without hvm_callback_vector',
    'SUPPORTED_FEATURES: a new note 0x90d',
    'payload: packed again by gzip',
    'it was unpacked from the disk, and both engines read the same',
    'taken by 4.1.6.1 as pv-domU, pv-dom0',
    "It also boots without Xen's loaders",
  ]) {
    expect(stdout.replace(/\s+/g, ' ')).toContain(text)
  }
  expect(readdirSync(directory).sort()).toEqual(['repaired', 'vmlinuz'])
  expect(statSync(at('repaired')).mtimeMs).toBeCloseTo(statSync(at('vmlinuz')).mtimeMs, 1)
  const scan = await run([
    'scan',
    at('repaired'),
    '--xen',
    '4.1.6.1',
    '--mode',
    'pv-domU,pv-dom0',
    '--fail-on',
    'refuses',
    '--verify',
  ])
  expect(scan.code).toBe(0)
})

test('--dry-run says what would be changed, and writes nothing', async () => {
  const { code, stdout } = await run(['repair', SEED, ...DOM0, '--dry-run'])
  expect(code).toBe(0)
  expect(stdout).toContain('changes   FEATURES: without hvm_callback_vector')
  expect(stdout).not.toContain('written')
})

test('takes hosts of an inventory, loaders of guests and addresses in containers', async () => {
  writeFileSync(at('disk.qcow2'), diskOf('zlib.qcow2'))
  writeFileSync(at('fleet.yaml'), 'hosts:\n  - {name: old, xen: 4.1.6.1}\n  - {name: new, xen: 4.17.4}\n')
  const image = `${at('disk.qcow2')}!/part1/boot/vmlinuz-6.1`
  const { code, stdout } = await run([
    'repair',
    image,
    '--inventory',
    at('fleet.yaml'),
    '--for',
    'old,pvgrub2@2.12',
    '-o',
    at('repaired'),
  ])
  expect(code).toBe(0)
  expect(stdout).toContain('targets   pvgrub2@2.12\n            4.1.6.1 as pv-domU')
  expect(stdout).not.toContain('4.17.4')
  const notes = await run(['notes', at('repaired')])
  expect(notes.stdout).toContain('bzImage gzip')
})

describe('writes nothing and ends with 1', () => {
  test('where a change cannot make it true, and says who can', async () => {
    const { code, stdout, stderr } = await run([
      'repair',
      catalogue('linux-6.12-nodom0'),
      '--for',
      '4.17.4',
      '--mode',
      'pv-dom0',
      '-o',
      at('out'),
    ])
    expect(code).toBe(1)
    expect(stdout).toContain('who runs the host: Build the kernel with CONFIG_XEN_DOM0=y')
    expect(stderr).toBe(
      `xen-preflight: Cannot repair ${catalogue('linux-6.12-nodom0')} for all targets: no file is written\n`,
    )
    expect(readdirSync(directory)).toEqual([])
  })

  test.each([
    [
      'a damaged image',
      ['fixtures/broken/bzimage-corrupt', '--for', '4.1.6.1'],
      /Cannot unpack the xz stream/,
    ],
    ['an image that is cut', ['fixtures/broken/bzimage-cut', '--for', '4.1.6.1'], /ends|past the end|cut/],
    ['a payload outside its file', ['fixtures/broken/bzimage-outside', '--for', '4.1.6.1'], /payload/],
    ['an ELF that is cut', ['fixtures/broken/elf-cut', '--for', '4.1.6.1'], /ends/],
    ['an empty file', ['fixtures/broken/empty', '--for', '4.1.6.1'], /empty|0 bytes/],
    ['a file that is not there', ['fixtures/nothing', '--for', '4.1.6.1'], /fixtures\/nothing/],
    [
      'two kernels',
      ['fixtures/catalogue/linux-3.12-pv', 'fixtures/broken/text', '--for', '4.1.6.1'],
      /2 kernels at once/,
    ],
    ['two places', ['fixtures/catalogue/linux-3.12-pv', '--for', '4.1.6.1', '-o', 'a'], /give --output once/],
    ['a file that is no kernel', ['fixtures/broken/text', '--for', '4.1.6.1'], /Cannot find a kernel/],
    ['no target', ['fixtures/catalogue/linux-3.13-pvh'], /Cannot tell what the kernel is to start on/],
    [
      'a release that is not known',
      ['fixtures/catalogue/linux-3.13-pvh', '--for', 'nonsense'],
      /Cannot repair for nonsense/,
    ],
    [
      'a range from new to old',
      ['fixtures/catalogue/linux-3.13-pvh', '--for', '4.4.0..4.1.0'],
      /4.4.0 is newer than 4.1.0/,
    ],
  ])('for %s', async (_, args, message) => {
    const { code, stderr } = await run(['repair', ...args, '-o', at('out')])
    expect(code).toBe(1)
    expect(stderr).toMatch(message)
    expect(readdirSync(directory)).toEqual([])
  })

  test('over what it reads', async () => {
    copyFileSync(SEED, at('vmlinuz'))
    symlinkSync('vmlinuz', at('link'))
    linkSync(at('vmlinuz'), at('hard'))
    for (const name of ['link', 'hard']) {
      const { code, stdout, stderr } = await run(['repair', at('vmlinuz'), ...DOM0, '-o', at(name)])
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
      expect(stderr).toContain(`it is the same file as ${at('vmlinuz')}, which is read`)
    }
    const { code, stderr } = await run(['repair', at('vmlinuz'), ...DOM0, '-o', at('vmlinuz')])
    expect(code).toBe(1)
    expect(stderr).toContain('it is the file that is read')
    expect(readFileSync(at('vmlinuz')).equals(readFileSync(SEED))).toBe(true)
    expect(readdirSync(directory).sort()).toEqual(['hard', 'link', 'vmlinuz'])
  })

  test('over the disk that holds the kernel', async () => {
    writeFileSync(at('disk.qcow2'), diskOf('zlib.qcow2'))
    const image = `${at('disk.qcow2')}!/part1/boot/vmlinuz-6.1`
    const { code, stderr } = await run(['repair', image, '--for', '4.1.6.1', '-o', at('disk.qcow2')])
    expect(code).toBe(1)
    expect(stderr).toContain(`Cannot write ${at('disk.qcow2')}: it is the file that is read`)
    expect(readFileSync(at('disk.qcow2')).equals(diskOf('zlib.qcow2'))).toBe(true)
  })

  test.each([
    ['a directory', '.', /it is a directory, expected a name for a file/],
    // Deno shows no devices.
    [
      'a device',
      '/dev/full',
      isDeno ? /^xen-preflight: Cannot write \/dev\/full: / : /it is a device, a FIFO or a socket/,
    ],
    ['a folder that is not there', 'no/such/out', /Cannot write .*no\/such\/out/],
  ])('into %s', async (_, output, message) => {
    const { code, stderr } = await run([
      'repair',
      SEED,
      ...DOM0,
      '-o',
      join(directory, output).replace(/^.*(?=\/dev\/full$)/, ''),
    ])
    expect(code).toBe(1)
    expect(stderr).toMatch(message)
    expect(readdirSync(directory)).toEqual([])
  })

  test('where the disk is full', async () => {
    const bounded = ['bash', '-c', 'trap "" XFSZ; ulimit -f 4; exec "$@"', 'bash']
    const { code, stderr } = await start(['repair', SEED, ...DOM0, '-o', at('out')], bounded).ended
    const system = isDeno ? 'File too large (os error 27)' : 'EFBIG'
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: `xen-preflight: Cannot go on writing ${at('out')}: the system says ${system}\n`,
    })
    expect(readdirSync(directory)).toEqual([])
  })
})

test('--partial writes what helps most of the targets, and still ends with 1', async () => {
  const { code, stdout } = await run([
    'repair',
    catalogue('linux-6.12-nodom0'),
    '--for',
    '4.1.6.1,4.17.4',
    '--mode',
    'pv-domU,pv-dom0',
    '--partial',
    '-o',
    at('out'),
  ])
  expect(code).toBe(1)
  expect(stdout.replace(/\s+/g, ' ')).toContain('taken by 4.1.6.1, 4.17.4 as pv-domU; 4.1.6.1 as pv-dom0')
  expect(readdirSync(directory)).toEqual(['out'])
})

test('is not written over the inventory, or over the hypervisor that it is booted with', async () => {
  const fleet = 'hosts: [{name: old, xen: 4.1.6.1}]\n'
  writeFileSync(at('fleet.yaml'), fleet)
  for (const asks of [
    ['--inventory', at('fleet.yaml')],
    ['--for', '4.1.6.1', '--prove', at('fleet.yaml')],
  ]) {
    const { code, stderr } = await run(['repair', SEED, ...asks, '-o', at('fleet.yaml')])
    expect([code, stderr]).toEqual([
      1,
      `xen-preflight: Cannot write ${at('fleet.yaml')}: it is the file that is read\n`,
    ])
    expect(readFileSync(at('fleet.yaml'), 'utf8')).toBe(fleet)
  }
})

describe('--plan', () => {
  /** One kernel twice, one that needs nothing, and one that no change helps. */
  function fleet(): void {
    mkdirSync(at('kernels'))
    for (const name of ['linux-3.13-pvh', 'linux-3.12-pv', 'unikernel-pvh']) {
      copyFileSync(catalogue(name), at(`kernels/${name}`))
    }
    copyFileSync(SEED, at('kernels/copy of it'))
    writeFileSync(
      at('fleet.yaml'),
      'hosts:\n  - {name: old, xen: 4.1.6.1, modes: [pv-domU, pv-dom0]}\n  - {name: new, xen: 4.17.4, build: {pv: true}}\n',
    )
  }
  const plan = (...args: string[]) =>
    run(['repair', '--plan', '--inventory', at('fleet.yaml'), at('kernels'), '-o', at('out dir'), ...args])

  test('names one repair for all copies of a kernel, and a script that makes it', async () => {
    fleet()
    const { code, stdout } = await plan('--script', at('repair.sh'))
    expect(code).toBe(2)
    expect(stdout).toContain('1 repair cure')
    expect(stdout).toMatch(/copies {4}\S*linux-3\.13-pvh/)
    expect(stdout).toMatch(/unikernel-pvh\n.*\n.*refused .*, of which 0 would start then/)
    const script = readFileSync(at('repair.sh'), 'utf8')
    const lines = script.split('\n').filter(line => line.startsWith('xen-preflight '))
    expect(lines).toHaveLength(1)
    expect(lines[0]).toContain(`repair '${at('kernels/copy of it')}'`)
    expect(lines[0]).toContain('--for old:pv-domU,')
    expect(lines[0]).toContain(`-o '${at('out dir')}/copy_of_it' || status=1`)
    expect(readdirSync(directory).sort()).toEqual(['fleet.yaml', 'kernels', 'repair.sh'])
  })

  test('--apply writes over no kernel that was given', async () => {
    fleet()
    mkdirSync(at('out dir'))
    copyFileSync(SEED, at('out dir/linux-3.13-pvh'))
    writeFileSync(at('out dir/linux-3.13-pvh'), 'no kernel', { flag: 'a' })
    const given = readFileSync(at('out dir/linux-3.13-pvh'))
    rmSync(at('kernels/copy of it'))
    const { code, stderr } = await plan(at('out dir/linux-3.13-pvh'), '--apply')
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining(`Cannot write ${at('out dir/linux-3.13-pvh')}: `),
    ])
    expect(readFileSync(at('out dir/linux-3.13-pvh')).equals(given)).toBe(true)
  })

  test('--apply makes the repairs in threads, and the script makes the same', async () => {
    fleet()
    await plan('--apply', '--script', at('repair.sh'))
    const made = readFileSync(at('out dir/copy_of_it'))
    rmSync(at('out dir'), { recursive: true })
    mkdirSync(at('bin'))
    const shim = `#!/bin/sh\nexec ${command.map(word => `'${word}'`).join(' ')} "$@"\n`
    writeFileSync(at('bin/xen-preflight'), shim, { mode: 0o755 })
    const env = { ...process.env, PATH: `${at('bin')}:${process.env.PATH}` }
    execFileSync('sh', [at('repair.sh')], { cwd: root, env })
    expect(readFileSync(at('out dir/copy_of_it')).equals(made)).toBe(true)
  })

  test('-o json gives the plan to programs, with the words of each command', async () => {
    const args = ['--inventory', 'fixtures/inventory.yaml', '--build', 'pv32=true', '-o', 'repaired']
    const kernels = ['linux-3.13-pvh', 'linux-6.12-nodom0', 'unikernel-pvh'].map(
      name => `fixtures/catalogue/${name}`,
    )
    const { code, stdout } = await run(['repair', '--plan', ...args, ...kernels, '-o', 'json'])
    expect(code).toBe(2)
    await expect(stdout).toMatchFileSnapshot('../../fixtures/golden/repair-plan.golden')
    const schema = JSON.parse(readFileSync(join(root, 'schema/repair-plan.schema.json'), 'utf8'))
    const valid = new Ajv2020({ allErrors: true, allowUnionTypes: true, strictRequired: false }).compile(
      strict(schema),
    )
    expect(valid(JSON.parse(stdout)), JSON.stringify(valid.errors)).toBe(true)
  })

  test('writes the plan as several formats, each to a place of its own', async () => {
    fleet()
    const { stdout } = await plan('-o', `json=${at('plan.json')}`, '-o', 'table')
    expect(stdout).toContain('1 repair cure')
    const { kind, repairs } = JSON.parse(readFileSync(at('plan.json'), 'utf8'))
    expect([kind, repairs[0].repair.output]).toEqual(['repair-plan', at('out dir/copy_of_it')])
    expect((await plan('-o', 'elsewhere')).stderr).toContain('expected one directory')
    expect((await plan('-o', 'json', '-o', 'table')).stderr).toContain('to standard output')
  })

  test('gives the commands what it was told of the builds', async () => {
    fleet()
    await plan('--build', 'pv32=true,decoders.xz=false', '--script', at('repair.sh'))
    expect(readFileSync(at('repair.sh'), 'utf8')).toContain(' --build pv32=true,decoders.xz=false ')
  })

  test('puts nothing where the next scan would find it', async () => {
    fleet()
    symlinkSync('kernels', at('by-link'))
    const args = ['repair', '--plan', '--inventory', at('fleet.yaml'), at('kernels'), '--apply', '-o']
    for (const place of ['kernels', 'kernels/repaired', 'by-link/repaired']) {
      const { code, stdout, stderr } = await run([...args, at(place)])
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
      expect(stderr).toContain(`it lies in ${at('kernels')}, which is scanned`)
    }
    expect(readdirSync(at('kernels'))).toHaveLength(4)
  })
})

describe.skipIf(isDeno)('--prove, which Deno may not do without --allow-run', () => {
  /** An emulator that prints what a kernel would; QEMU itself is asked by npm run test:repair. */
  function emulator(...lines: string[]): Record<string, string> {
    mkdirSync(at('bin'))
    const script = `#!/bin/sh\necho "$@" >> ${at('asked')}\n${lines.map(line => `echo '${line}'\n`).join('')}`
    writeFileSync(at('bin/qemu-system-x86_64'), script, { mode: 0o755 })
    return { PATH: `${at('bin')}:${process.env.PATH}` }
  }
  const prove = (env: Record<string, string>) => {
    writeFileSync(at('xen.gz'), gzipSync('xen'))
    const args = ['--for', '3.4.0', '--prove', at('xen.gz'), '-o', at('out')]
    return run(['repair', catalogue('linux-5.10-xz'), ...args], { env })
  }

  test('boots it as PVH and as dom0, and says how far it came', async () => {
    const env = emulator('[    0.0] Linux version 5.10 (debian)', '[    1.0] VFS: Cannot open root device')
    const { code, stdout } = await prove(env)
    expect(code).toBe(0)
    const text = stdout.replace(/\s+/g, ' ')
    expect(text).toContain('as PVH by QEMU: Linux version 5.10, 2 lines up to "VFS: Cannot open root device"')
    expect(text).toContain('as PV dom0 by Xen: Linux version 5.10')
    const asked = readFileSync(at('asked'), 'utf8').split('\n')
    expect(asked[0]).toMatch(/-kernel \S+\/vmlinux -append console=ttyS0/)
    expect(asked[1]).toMatch(/-kernel \S+\/xen -append .*dom0=pv.* -initrd \S+\/kernel console=hvc0/)
  })

  test('keeps no kernel that does not come to its first line', async () => {
    const { code, stderr } = await prove(emulator('(XEN) Panic on CPU 0:'))
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr:
        'xen-preflight: Cannot boot the kernel as PVH by QEMU: the last line of the console is "(XEN) Panic on CPU 0:"\n',
    })
    expect(readdirSync(directory)).not.toContain('out')
  })
})
