import { expect, test } from 'vitest'
import { describeLayers } from '../../../src/containers/describe.ts'
import { joinSources } from '../../../src/containers/mapped-source.ts'
import { openInside } from '../../../src/containers/resolve.ts'
import { walkContainer } from '../../../src/containers/walk.ts'
import { MemorySource } from '../../../src/source/memory.ts'
import type { Source } from '../../../src/source/source.ts'
import { contextOf, diskOf, expectCodedErrors, walkedBy } from '../container-suite.ts'
import { imageOf, sparseImageOf } from '../fs/tree-suite.ts'

const MIB = 2 ** 20
const SECTOR = 512

/** A disk with a table of partitions that follow each other, each as long as the others, from 1 MiB on. */
function disk(contents: Source, count: number): Source {
  const head = new Uint8Array(MIB)
  const view = new DataView(head.buffer)
  const length = contents.size / count / SECTOR
  for (let index = 0; index < count; index++) {
    const at = 446 + index * 16
    view.setUint8(at + 4, 0x83)
    view.setUint32(at + 8, MIB / SECTOR + index * length, true)
    view.setUint32(at + 12, length, true)
  }
  view.setUint16(510, 0xaa55, true)
  return joinSources([new MemorySource(head), contents], 'disk', contextOf().context.budget)
}

const filesOf = (source: Source) => {
  const found: string[] = []
  walkContainer(source, contextOf().context, {
    file: ({ inside }) => found.push(inside) > 0,
    problem: ({ inside }, { message }) => found.push(`!${inside}: ${message}`),
  })
  return found
}

test.each([
  ['btrfs-raid0', 2],
  ['btrfs-raid1', 2],
  ['btrfs-raid10', 4],
])('%s over %i partitions is one file system, at its first one', (name, count) => {
  const source = disk(sparseImageOf(name), count)
  const found = filesOf(source)
  expect(found).toContain('part1/boot/vmlinuz-1')
  expect(found.filter(path => !path.startsWith('part1/'))).toEqual([])
  expect(openInside(source, contextOf().context, 'part1/boot/vmlinuz-1').size).toBeGreaterThan(0)
  expect(describeLayers(source, contextOf().context).volumes?.map(({ format }) => format)).toEqual(['btrfs'])
})

test('a path from the root of a system leads into its default subvolume', () => {
  const source = new MemorySource(imageOf('btrfs-zstd'))
  const open = (path: string) => openInside(source, contextOf().context, path).size
  expect(open('boot/vmlinuz-1')).toBe(open('@/boot/vmlinuz-1'))
  expect(() => open('boot/none')).toThrow('no such file')
})

const fileSystem = diskOf('gpt.img').subarray(MIB, 2 * MIB)

/** A member of a mirror: the superblock of version 1.2, 1.0 or 0.90, and the file system where that puts it. */
function member(version: string, events: number, array = 7, contents = fileSystem): Uint8Array {
  const bytes = new Uint8Array(2 * MIB)
  const start = version === '1.2' ? MIB : 0
  bytes.set(contents, start)
  const at = version === '1.2' ? 4096 : version === '1.0' ? 2 * MIB - 8192 : 2 * MIB - 65536
  const view = new DataView(bytes.buffer, at)
  view.setUint32(0, 0xa92b4efc, true)
  if (version === '0.90') {
    view.setUint32(20, array, true)
    view.setUint32(28, 1, true)
    view.setBigUint64(156, BigInt(events), true)
  } else {
    view.setUint32(4, 1, true)
    view.setUint8(16, array)
    view.setUint32(72, 1, true)
    view.setBigUint64(128, BigInt(start / SECTOR), true)
    view.setBigUint64(136, BigInt(MIB / SECTOR), true)
    view.setBigUint64(200, BigInt(events), true)
  }
  return bytes
}
const both = (...members: Uint8Array[]) =>
  disk(new MemorySource(new Uint8Array(Buffer.concat(members))), members.length)
const walked = (source: Source) => walkedBy(source, contextOf().context)
const kernels = (place: string) => ['6.1', '6.12'].map(version => `${place}/boot/vmlinuz-${version}`)

test.each(['1.2', '1.0', '0.90'])(
  'of a mirror of version %s the member that was written last is read',
  version => {
    const inside = version === '1.2' ? '/md' : ''
    expect(walked(both(member(version, 5), member(version, 5)))).toEqual(kernels(`part1${inside}`))
    expect(walked(both(member(version, 5), member(version, 6)))).toEqual(kernels(`part2${inside}`))
  },
)

test('two mirrors are two', () => {
  expect(walked(both(member('1.2', 5), member('1.2', 5, 8)))).toEqual([
    ...kernels('part1/md'),
    ...kernels('part2/md'),
  ])
})

test('superblocks of mirrors and of btrfs that are broken end as coded errors', () => {
  const bytes = member('1.2', 5)
  const read = (source: Source) => {
    walkedBy(
      disk(source.size === 2 * MIB ? source : new MemorySource(bytes), 2),
      contextOf({ limits: { steps: 10_000 } }).context,
    )
  }
  expectCodedErrors(bytes, read, { from: 4096, to: 4096 + 256, runs: 30 })
})
