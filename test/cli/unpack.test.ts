import {
  chmodSync,
  linkSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { buildElf } from '../../fixtures/builders/elf.ts'
import { type UnpackFlags, unpackAction, unpackCommand } from '../../src/cli/commands/unpack.ts'
import { diskOf } from '../containers/container-suite.ts'
import { scratchDirectory } from '../scratch.ts'
import { isDeno, root } from './run.ts'
import { start } from './start.ts'

const scratch = scratchDirectory()

const { at } = scratch
const flags = unpackCommand(() => {}).opts<UnpackFlags>()
const unpack = (image: string, output: string) => unpackAction(image, { ...flags, output })
const codecs = join(root, 'fixtures/codecs')
const vmlinux = readFileSync(join(codecs, 'vmlinux'))
/** Those around other kernels, or around what Xen does not take. */
const OTHER = new Set(['bzimage-setup-sects-0'])

test.each(readdirSync(codecs).filter(name => !OTHER.has(name)))('finds the ELF in %s', async name => {
  await unpack(join(codecs, name), at('vmlinux'))
  expect(readFileSync(at('vmlinux')).equals(vmlinux)).toBe(true)
})

test('keeps mode and times', async () => {
  const image = at('vmlinuz')
  writeFileSync(image, readFileSync(join(codecs, 'bzimage-elf')))
  chmodSync(image, 0o640)
  utimesSync(image, 1e9, 1e9)
  await unpack(image, at('vmlinux'))
  const { mode, mtimeMs } = statSync(at('vmlinux'))
  expect([mode & 0o777, mtimeMs]).toEqual([0o640, 1e12])
})

test('takes an address in a container', async () => {
  writeFileSync(at('disk.qcow2'), diskOf('zlib.qcow2'))
  await unpack(`${at('disk.qcow2')}!/part1/boot/vmlinuz-6.1`, at('inside'))
  await unpack(join(root, 'fixtures/catalogue/linux-6.1-lz4'), at('bare'))
  expect(readFileSync(at('inside')).equals(readFileSync(at('bare')))).toBe(true)
})

describe('writes nothing', () => {
  test.each([
    'bzimage-corrupt',
    'bzimage-cut',
    'bzimage-outside',
    'bzimage-protocol',
    'bzimage-unknown',
    'elf-cut',
    'empty',
    'text',
  ])('where the image is %s', async name => {
    await expect(unpack(join(root, 'fixtures/broken', name), at('out'))).rejects.toThrow(/Cannot/)
    expect(readdirSync(scratch.path)).toEqual([])
  })

  test('where a segment ends after the file', async () => {
    const elf = buildElf({ bits: 64 })
    new DataView(elf.buffer).setBigUint64(64 + 32, 0x10000n, true)
    writeFileSync(at('cut'), elf)
    await expect(unpack(at('cut'), at('out'))).rejects.toThrow(
      /Cannot take the ELF for whole: its segment 0 ends at 0x100\w+, the file at/,
    )
    expect(readdirSync(scratch.path)).toEqual(['cut'])
  })

  test('over what it reads, by any of its names', async () => {
    writeFileSync(at('vmlinuz'), vmlinux)
    symlinkSync('vmlinuz', at('link'))
    linkSync(at('vmlinuz'), at('hard'))
    for (const name of ['vmlinuz', 'link', 'hard']) {
      await expect(unpack(at('vmlinuz'), at(name))).rejects.toThrow(/which is read|the file that is read/)
    }
    await expect(unpack(at('vmlinuz'), scratch.path)).rejects.toThrow(/it is a directory/)
    await expect(unpack(at('vmlinuz'), '/dev/null')).rejects.toThrow(/it is a device/)
    expect(readFileSync(at('vmlinuz')).equals(vmlinux)).toBe(true)
  })
})

/** The file may not grow: as final as a full disk, and any user may set it. */
const bounded = ['bash', '-c', 'trap "" XFSZ; ulimit -f 8; exec "$@"', 'bash']

test('leaves the old file as it was where the disk is full', async () => {
  writeFileSync(at('old'), 'old')
  const { code, stderr } = await start(['unpack', join(codecs, 'vmlinux'), '-o', at('old')], bounded).ended
  const system = isDeno ? 'File too large (os error 27)' : 'EFBIG'
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: `xen-preflight: Cannot go on writing ${at('old')}: the system says ${system}\n`,
  })
  expect(readdirSync(scratch.path)).toEqual(['old'])
  expect(readFileSync(at('old'), 'utf8')).toBe('old')
})
