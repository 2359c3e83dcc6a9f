import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { openLayer } from '../../../src/containers/layer.ts'
import { MemorySource } from '../../../src/source/memory.ts'
import type { Source } from '../../../src/source/source.ts'
import { expectSameBytes } from '../../unwrap/codec-suite.ts'
import { allBytes, contextOf, diskOf, expectCodedErrors, memoryFiles } from '../container-suite.ts'
import { differencingVhd, differencingVhdx, seSparse, uncloseVhdx, vhdxRegion } from './disk-maker.ts'

const FILES = {
  'parent.vhd': diskOf('dynamic.vhd'),
  './parent.vhd': diskOf('dynamic.vhd'),
  './parent.vhdx': diskOf('dynamic.vhdx'),
}

function open(source: Source, files: Record<string, Uint8Array> = FILES) {
  const { context, remarks } = contextOf({
    files: memoryFiles(files),
    limits: { steps: 100_000, metadata: 2 ** 24 },
  })
  const layer = openLayer(source, context)
  if (layer?.kind !== 'disk') throw new Error('no disk')
  return { disk: layer.disk, remarks }
}

const CHANGED = new Map([
  [3, 0x11],
  [4, 0x22],
  [9, 0x33],
  [100, 0x44],
])
const expected = () => {
  const bytes = diskOf('gpt.img').slice()
  for (const [sector, value] of CHANGED) bytes.fill(value, sector * 512, (sector + 1) * 512)
  return bytes
}
const quiet = (source: Source) => {
  try {
    const { disk } = open(source)
    for (const at of [0, 512, 4608, 1_100_000]) disk.read(new Uint8Array(4096), at)
  } catch (error) {
    if (!(error instanceof Error && error.message === 'no disk')) throw error
  }
}

describe('a differencing VHD', () => {
  const bytes = differencingVhd(diskOf('dynamic.vhd'), CHANGED)

  test('has its own sectors, and those of its parent', () => {
    expectSameBytes(allBytes(open(new MemorySource(bytes)).disk), expected())
  })

  test.each([
    [
      'a file: URL, as XenServer writes it',
      { locators: [['MacX', new TextEncoder().encode('file://./parent.vhd')]] },
    ],
    ['the name in its header', { locators: [], name: 'parent.vhd' }],
  ] as const)('finds it by %s', (_, names) => {
    const other = differencingVhd(diskOf('dynamic.vhd'), CHANGED, names as never)
    expectSameBytes(allBytes(open(new MemorySource(other)).disk), expected())
  })

  test('refuses a parent of another identity', () => {
    const other = diskOf('fixed.vhd')
    expect(() => open(new MemorySource(bytes), { './parent.vhd': other })).toThrow('the identities differ')
  })

  test('does not lead out', () => {
    const remote = {
      locators: [['MacX', new TextEncoder().encode('http://example.org/parent.vhd')]],
    } as never
    expect(() => open(new MemorySource(differencingVhd(diskOf('dynamic.vhd'), CHANGED, remote)))).toThrow(
      'Cannot open http://example.org/parent.vhd',
    )
  })

  test('ends as a coded error', () => {
    expectCodedErrors(bytes, quiet, { to: 9000, runs: 40 })
    expectCodedErrors(bytes, quiet, { from: bytes.length - 512, runs: 20 })
  })
})

describe('a differencing VHDX', () => {
  const bytes = differencingVhdx(diskOf('dynamic.vhdx'), CHANGED)

  test('has its own sectors, and those of its parent', () => {
    expectSameBytes(allBytes(open(new MemorySource(bytes)).disk), expected())
  })

  test('finds its parent by another path where the first leads nowhere', () => {
    const pairs = { relative_path: '.\\gone.vhdx', absolute_win32_path: './parent.vhdx' }
    const other = differencingVhdx(diskOf('dynamic.vhdx'), CHANGED, pairs)
    expectSameBytes(allBytes(open(new MemorySource(other)).disk), expected())
  })

  test('refuses a parent of another identity', () => {
    const other = diskOf('dynamic.vhdx').slice()
    const linked = differencingVhdx(other, CHANGED, {
      parent_linkage: '{00000000-0000-0000-0000-000000000001}',
      relative_path: '.\\parent.vhdx',
    })
    expect(() => open(new MemorySource(linked))).toThrow('is not its parent')
  })

  test('ends as a coded error', () => {
    const table = vhdxRegion(bytes, 'metadata')
    expectCodedErrors(bytes, quiet, { from: table, to: table + 512, runs: 30 })
    expectCodedErrors(bytes, quiet, { from: table + 128 * 1024, to: table + 128 * 1024 + 300, runs: 30 })
  })
})

describe('a VHDX that was not closed', () => {
  const closed = diskOf('dynamic.vhdx')
  const bat = vhdxRegion(closed, 'bat')
  const open2 = (bytes: Uint8Array) => open(new MemorySource(bytes))

  test('is read with what its log has', () => {
    const { disk, remarks } = open2(uncloseVhdx(closed, [bat]))
    expectSameBytes(allBytes(disk), diskOf('gpt.img'))
    expect(remarks).toEqual(['The VHDX was not closed properly: 1 entry of its log is replayed in memory.'])
  })

  test('has zeros where its log says so', () => {
    const entry = new DataView(closed.buffer, closed.byteOffset).getBigUint64(bat, true)
    const { disk } = open2(uncloseVhdx(closed, [bat], [Number(entry >> 20n) * 2 ** 20 + 4096]))
    const bytes = diskOf('gpt.img').slice()
    bytes.fill(0, 4096, 8192)
    expectSameBytes(allBytes(disk), bytes)
  })

  test('without a sound entry is as it is', () => {
    const broken = uncloseVhdx(closed, [bat])
    const log = Number(new DataView(broken.buffer).getBigUint64(65536 + 72, true))
    broken[log + 100]! ^= 1
    const { remarks } = open2(broken)
    expect(remarks).toEqual([
      'The VHDX was not closed properly: 0 entries of its log are replayed in memory.',
    ])
  })

  test('ends as a coded error', () => {
    const bytes = uncloseVhdx(closed, [bat])
    const log = Number(new DataView(bytes.buffer).getBigUint64(65536 + 72, true))
    expectCodedErrors(bytes, quiet, { from: log, to: log + 128, runs: 30 })
  })
})

describe('a space-efficient extent of VMware', () => {
  const size = 64 * 2 ** 20
  const grain = (value: number) => new Uint8Array(4096).fill(value)
  const extent = seSparse(
    size,
    new Map([
      [0, grain(1)],
      [5000, grain(2)],
      [16383, grain(3)],
    ]),
    [1],
  )
  const descriptor = (hint: string) =>
    new TextEncoder().encode(
      `# Disk DescriptorFile\nversion=1\nCID=fffffffe\nparentCID=ffffffff\ncreateType="seSparse"\nRW ${size / 512} SESPARSE "${hint}"\n`,
    )
  const disk = descriptor('disk-sesparse.vmdk')
  const files = { 'disk-sesparse.vmdk': extent }
  const bytes = new Uint8Array(size)
  bytes.set(grain(1), 0)
  bytes.set(grain(2), 5000 * 4096)
  bytes.set(grain(3), 16383 * 4096)

  test('has its grains where they belong', () => {
    expectSameBytes(allBytes(open(new MemorySource(disk), files).disk), bytes)
  })

  test.skipIf(spawnSync('qemu-img', ['--version']).status !== 0)('is the same to QEMU', () => {
    const directory = mkdtempSync(join(tmpdir(), 'sesparse-'))
    try {
      writeFileSync(join(directory, 'disk.vmdk'), disk)
      writeFileSync(join(directory, 'disk-sesparse.vmdk'), extent)
      const { status, stderr } = spawnSync(
        'qemu-img',
        ['convert', '-f', 'vmdk', '-O', 'raw', 'disk.vmdk', 'out'],
        { cwd: directory, encoding: 'utf8' },
      )
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
      expectSameBytes(readFileSync(join(directory, 'out')), bytes)
    } finally {
      rmSync(directory, { recursive: true })
    }
  })

  test('ends as a coded error', () => {
    const read = (source: Source) => {
      const opened = open(new MemorySource(disk), { 'disk-sesparse.vmdk': bytesOf(source) })
      for (const at of [0, 4096, 5000 * 4096]) opened.disk.read(new Uint8Array(4096), at)
    }
    expectCodedErrors(extent, read, { to: 512, runs: 40 })
    expectCodedErrors(extent, read, { from: 8192, to: 9300, runs: 40 })
  })
})

function bytesOf(source: Source): Uint8Array {
  const bytes = new Uint8Array(source.size)
  source.read(bytes, 0)
  return bytes
}
