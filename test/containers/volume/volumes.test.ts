import { describe, expect, test } from 'vitest'
import { Budget } from '../../../src/containers/budget.ts'
import { openBsdLabel } from '../../../src/containers/volume/bsdlabel.ts'
import { openGpt } from '../../../src/containers/volume/gpt.ts'
import { openMbr } from '../../../src/containers/volume/mbr.ts'
import { MemorySource } from '../../../src/source/memory.ts'
import { contextOf, diskOf, expectCodedErrors, walkedBy } from '../container-suite.ts'

const KERNELS = ['boot/vmlinuz-6.1', 'boot/vmlinuz-6.12']
const below = (name: string) => KERNELS.map(kernel => `${name}/${kernel}`)

test.each([
  ['gpt.img', 'part1'],
  ['gpt-4096.img', 'part1'],
  ['mbr.img', 'part6'],
])('the kernels of %s are in %s', (name, partition) => {
  const { context } = contextOf()
  expect(walkedBy(new MemorySource(diskOf(name)), context)).toEqual(below(partition))
})

test('a file system without a table is read where a disk starts', () => {
  const { context } = contextOf()
  const disk = diskOf('gpt.img').subarray(2048 * 512, 2048 * 512 + 2 ** 20)
  expect(walkedBy(new MemorySource(disk), context)).toEqual(KERNELS)
})

describe('gpt', () => {
  test('names partitions by their numbers, with type and place', () => {
    const { volumes } = openGpt(new MemorySource(diskOf('gpt.img')), 512, new Budget())
    expect(volumes).toMatchObject([
      { name: 'part1', type: '4f68bce3-e8cd-4db1-96e7-fbcaf984b709', offset: 1048576, size: 1048576 },
    ])
  })

  test('reads the table at the end where that at the start is broken', () => {
    const { volumes } = openGpt(new MemorySource(diskOf('gpt-backup.img')), 512, new Budget())
    expect(volumes.map(({ name }) => name)).toEqual(['part1'])
  })

  test('refuses a table of more entries than there may be', () => {
    const disk = diskOf('gpt.img').slice(0, 2 ** 20)
    new DataView(disk.buffer).setUint32(512 + 80, 0xffffffff, true)
    expect(() => openGpt(new MemorySource(disk), 512, new Budget())).toThrow(
      'Cannot read the gpt header at 0x250: its table has 4294967295 entries, limit is 4096',
    )
  })

  test('ends as a coded error', () => {
    expectCodedErrors(
      diskOf('gpt.img').slice(0, 2 ** 17),
      source => {
        for (const volume of openGpt(source, 512, new Budget()).volumes)
          volume.open().read(new Uint8Array(512), 0)
      },
      { from: 512, to: 1536 },
    )
  })
})

describe('mbr', () => {
  test('lists primary partitions, then logical ones', () => {
    const { volumes } = openMbr(new MemorySource(diskOf('mbr.img')), new Budget())
    expect(volumes.map(({ name, type, offset }) => [name, type, offset])).toEqual([
      ['part1', '0x82', 64 * 512],
      ['part5', '0x83', 256 * 512],
      ['part6', '0x83', 512 * 512],
    ])
  })

  test('ends where the tables of logical partitions lead in a circle', () => {
    const disk = diskOf('mbr.img').slice()
    const view = new DataView(disk.buffer)
    // The second entry of the first table of the chain leads to that table.
    view.setUint32(128 * 512 + 446 + 16 + 8, 0, true)
    expect(() => openMbr(new MemorySource(disk), new Budget())).toThrow('its tables lead in a circle')
  })

  test('cuts partitions where the disk ends', () => {
    const disk = diskOf('mbr.img').slice(0, 2 ** 20)
    const [first] = openMbr(new MemorySource(disk), new Budget()).volumes.filter(
      ({ name }) => name === 'part6',
    )
    expect(first!.size).toBe(2 ** 20 - 512 * 512)
  })

  test('ends as a coded error', () => {
    const disk = diskOf('mbr.img').slice(0, 2 ** 18)
    for (const from of [440, 128 * 512 + 440]) {
      expectCodedErrors(disk, source => openMbr(source, new Budget()), { from, to: from + 72 })
    }
  })
})

describe('bsdlabel', () => {
  const label = (): Uint8Array => {
    const disk = new Uint8Array(65536)
    const view = new DataView(disk.buffer, 512)
    view.setUint32(0, 0x82564557, true)
    view.setUint32(40, 512, true)
    view.setUint32(132, 0x82564557, true)
    view.setUint16(138, 8, true)
    const entries = [
      [60, 16 + 63, 7],
      [20, 76 + 63, 1],
      [128, 63, 0],
    ]
    for (const [index, [size, offset, type]] of entries.entries()) {
      view.setUint32(148 + index * 16, size!, true)
      view.setUint32(152 + index * 16, offset!, true)
      view.setUint8(160 + index * 16, type!)
    }
    return disk
  }

  test('counts places from the partition that stands for the whole disk', () => {
    const { volumes } = openBsdLabel(new MemorySource(label()), new Budget())
    expect(volumes.map(({ name, type, offset, size }) => [name, type, offset, size])).toEqual([
      ['a', '7', 8192, 30720],
      ['b', '1', 38912, 10240],
    ])
  })

  test('ends as a coded error', () => {
    expectCodedErrors(label(), source => openBsdLabel(source, new Budget()), { from: 512, to: 1024 })
  })
})
