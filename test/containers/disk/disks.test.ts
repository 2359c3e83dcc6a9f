import { describe, expect, test } from 'vitest'
import { openLayer } from '../../../src/containers/layer.ts'
import { MemorySource } from '../../../src/source/memory.ts'
import type { Source } from '../../../src/source/source.ts'
import { expectSameBytes } from '../../unwrap/codec-suite.ts'
import { allBytes, contextOf, diskOf, expectCodedErrors, memoryFiles, walkedBy } from '../container-suite.ts'

const KERNELS = ['part1/boot/vmlinuz-6.1', 'part1/boot/vmlinuz-6.12']

const FILES = memoryFiles({
  'base.qcow2': diskOf('base.qcow2'),
  'data.raw': diskOf('data.raw'),
  'flat-flat.vmdk': diskOf('flat-flat.vmdk'),
  'split-s001.vmdk': diskOf('split-s001.vmdk'),
  'parent.vmdk': diskOf('parent.vmdk'),
})

function open(source: Source, files = FILES) {
  const { context, remarks } = contextOf({ files, limits: { steps: 100_000, metadata: 2 ** 23 } })
  const layer = openLayer(source, context)
  if (layer?.kind !== 'disk') throw new Error('no disk')
  return { disk: layer.disk, format: layer.format, remarks }
}

describe.each([
  ['plain.qcow2', 'qcow2'],
  ['v2.qcow2', 'qcow2'],
  ['zlib.qcow2', 'qcow2'],
  ['zstd.qcow2', 'qcow2'],
  ['extended.qcow2', 'qcow2'],
  ['overlay.qcow2', 'qcow2'],
  ['data.qcow2', 'qcow2'],
  ['dynamic.vhd', 'vhd'],
  ['fixed.vhd', 'vhd'],
  ['dynamic.vhdx', 'vhdx'],
  ['sparse.vmdk', 'vmdk'],
  ['stream.vmdk', 'vmdk'],
  ['flat.vmdk', 'vmdk'],
  ['split.vmdk', 'vmdk'],
])('%s', (name, format) => {
  test('gives the bytes that were put into it', () => {
    const opened = open(new MemorySource(diskOf(name)))
    expect(opened).toMatchObject({ format, remarks: [] })
    expectSameBytes(allBytes(opened.disk), diskOf('gpt.img'))
  })

  test('has its kernels at their addresses', () => {
    const { context } = contextOf({ files: FILES })
    expect(walkedBy(new MemorySource(diskOf(name)), context)).toEqual(KERNELS)
  })

  test('ends as a coded error, whatever its structures are', () => {
    const read = (source: Source) => {
      const { disk } = open(source)
      for (const at of [0, 512, 1_100_000, 2_000_000]) disk.read(new Uint8Array(4096), at)
      for (const snapshot of disk.snapshots) snapshot.open()
    }
    const bytes = diskOf(name)
    const isDisk = (source: Source) => {
      try {
        read(source)
      } catch (error) {
        if (!(error instanceof Error && error.message === 'no disk')) throw error
      }
    }
    expectCodedErrors(bytes, isDisk, { to: Math.min(bytes.length, 1024) })
    expectCodedErrors(bytes, isDisk, { runs: 50 })
  })
})

test('a snapshot of VMware has what its parent has, and its own', () => {
  const { disk } = open(new MemorySource(diskOf('child.vmdk')))
  const bytes = diskOf('gpt.img').slice()
  bytes.fill(7, 3 * 2 ** 20, 3 * 2 ** 20 + 65536)
  expectSameBytes(allBytes(disk), bytes)
})

test('a snapshot is the disk as it was', () => {
  const { disk } = open(new MemorySource(diskOf('snapshot.qcow2')))
  expect(disk.snapshots).toMatchObject([{ id: '1', name: 'before' }])
  expectSameBytes(allBytes(disk.snapshots[0]!.open()), diskOf('gpt.img'))
  const erased = diskOf('gpt.img').slice()
  erased.fill(0, 0, 2 ** 21)
  expectSameBytes(allBytes(disk), erased)
})

test('snapshots are looked into where that is asked for', () => {
  const { context } = contextOf()
  const source = () => new MemorySource(diskOf('snapshot.qcow2'))
  expect(walkedBy(source(), context)).toEqual([])
  expect(walkedBy(source(), context, { snapshots: true })).toEqual(KERNELS.map(name => `@1/${name}`))
})

describe('a raw disk whose guest wrote the header of a qcow2 into it', () => {
  const forged = diskOf('mbr.img').slice()
  forged.set(diskOf('overlay.qcow2').subarray(0, 440))
  const source = new MemorySource(forged)
  const kernels = ['boot/vmlinuz-6.1', 'boot/vmlinuz-6.12']

  test('is that qcow2 where nobody says otherwise', () => {
    expect(walkedBy(source, contextOf().context)[0]).toMatch(/^!: /)
  })

  test('is read as raw where its store says so, and that is remarked', () => {
    const { context, remarks } = contextOf()
    const found = walkedBy(source, { ...context, declared: { source, format: 'raw' } })
    expect(found.map(path => path.replace(/^part\d\//, ''))).toEqual(kernels)
    expect(remarks).toEqual(['The image starts like qcow2 and is read as raw, as its store says.'])
  })

  test('is broken where its store says that it is something else', () => {
    const { context } = contextOf()
    expect(walkedBy(source, { ...context, declared: { source, format: 'vhdx' } })).toEqual([
      '!: container-corrupt',
    ])
  })

  test('inside another format of disks is no disk, and names no file', () => {
    const disk: Source & { snapshots: [] } = {
      snapshots: [],
      size: forged.length,
      read: (into, position) => source.read(into, position),
    }
    expect(walkedBy(disk, contextOf().context).map(path => path.replace(/^part\d\//, ''))).toEqual(kernels)
  })
})

describe('forged structures', () => {
  const forged = (name: string, change: (view: DataView) => void) => {
    const bytes = diskOf(name).slice()
    change(new DataView(bytes.buffer))
    return new MemorySource(bytes)
  }

  test('a qcow2 whose L1 table has 2^32 entries is read like any other', () => {
    const { disk } = open(forged('plain.qcow2', view => view.setUint32(36, 0xffffffff)))
    expectSameBytes(allBytes(disk), diskOf('gpt.img'))
  })

  test('a disk that is larger than its L1 table says so where that ends', () => {
    const { disk } = open(forged('plain.qcow2', view => view.setBigUint64(24, 2n ** 40n)))
    expect(() => disk.read(new Uint8Array(1), 2 ** 39)).toThrow(
      expect.objectContaining({
        code: 'container-corrupt',
        layer: 'qcow2',
        message: expect.stringMatching(/^Cannot read the qcow2 L1 table at 0x/),
      }),
    )
  })

  test('an encrypted qcow2 is named', () => {
    expect(() => open(forged('plain.qcow2', view => view.setUint32(32, 2)))).toThrow(
      expect.objectContaining({
        code: 'container-not-read',
        message: 'Cannot read the qcow2 image: it is encrypted (method 2)',
      }),
    )
  })

  test('features that are not known are refused by their bits', () => {
    expect(() => open(forged('plain.qcow2', view => view.setBigUint64(72, 0x100n)))).toThrow(
      'its incompatible features 0x100 are not known',
    )
  })

  test('a dirty image is said', () => {
    const { remarks } = open(forged('plain.qcow2', view => view.setBigUint64(72, 1n)))
    expect(remarks).toEqual(['The qcow2 image was not closed properly (dirty bit).'])
  })

  test('a backing chain that leads in a circle ends', () => {
    const overlay = diskOf('overlay.qcow2')
    const files = memoryFiles({ 'base.qcow2': overlay })
    expect(() => open(new MemorySource(overlay), files)).toThrow(
      'Cannot open "base.qcow2", which the qcow2 names: the files name each other in a circle',
    )
  })

  test('a backing file that may not be opened is a problem of the image', () => {
    const { context } = contextOf()
    expect(walkedBy(new MemorySource(diskOf('overlay.qcow2')), context)).toEqual(['!: backing-outside'])
  })

  test('a backing file of the declared format raw is raw, whatever it starts with', () => {
    const bytes = diskOf('overlay.qcow2').slice()
    const text = new TextDecoder('latin1').decode(bytes.subarray(0, 1024))
    const at = text.indexOf('qcow2', 4)
    bytes.set(new TextEncoder().encode('raw\0\0'), at)
    new DataView(bytes.buffer).setUint32(at - 4, 3)
    const { disk } = open(new MemorySource(bytes))
    const start = new Uint8Array(4)
    disk.read(start, 65536)
    expect([...start]).toEqual([...diskOf('base.qcow2').subarray(65536, 65540)])
  })
})
