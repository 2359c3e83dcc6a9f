import { expect, test } from 'vitest'
import { type TreeItem, UNIX_TREE } from '../../../fixtures/builders/file-tree.ts'
import { detectBtrfs } from '../../../src/containers/fs/btrfs/superblock.ts'
import { openBtrfs, openBtrfsDevices } from '../../../src/containers/fs/btrfs/tree.ts'
import { findPath } from '../../../src/containers/path.ts'
import { walkContainer } from '../../../src/containers/walk.ts'
import { MemorySource, SliceSource } from '../../../src/source/memory.ts'
import { contextOf as containerContext } from '../container-suite.ts'
import { contextOf, describeBroken, expectTree, imageOf, sparseImageOf } from './tree-suite.ts'

const open = (name: string) => openBtrfs(new MemorySource(imageOf(name)), contextOf())

test('the image btrfs has the files that were put into it', () => {
  expect(detectBtrfs(new MemorySource(imageOf('btrfs')))).toBe(true)
  const tree = open('btrfs')
  expect(tree).toMatchObject({ format: 'btrfs', remarks: [], systemRoots: [[]] })
  expectTree(tree, UNIX_TREE)
})

const below = (directory: string, items: readonly TreeItem[]): TreeItem[] =>
  items.map(item => {
    const path = `${directory}/${item.path}`
    return item.same === undefined ? { ...item, path } : { path, same: `${directory}/${item.same}` }
  })

const text = (content: string) => new TextEncoder().encode(content)

test.each(['zlib', 'lzo', 'zstd'])('subvolumes are directories, and %s is unpacked', codec => {
  const tree = open(`btrfs-${codec}`)
  expect(tree.systemRoots).toEqual([['@'], [], ['@', 'var', 'nested'], ['snapshot']])
  const changed = UNIX_TREE.map(item =>
    item.path === 'boot/grub/grub.cfg' ? { path: item.path, bytes: text('changed\n') } : item,
  )
  expectTree(
    tree,
    [
      ...below('@', changed),
      { path: '@/var/nested/file', bytes: text('nested\n') },
      ...below('snapshot', UNIX_TREE),
    ],
    // A snapshot does not go on into the subvolumes of what it is of.
    ['snapshot/var', 'snapshot/var/nested'],
  )
})

test('a path can start in a subvolume, and its links stay there', () => {
  const tree = open('btrfs-zstd')
  expect(findPath(tree, '/vmlinuz', { root: ['@'] })?.names).toEqual(['@', 'boot', 'vmlinuz-1'])
  expect(findPath(tree, '/../../boot', { root: ['@'] })?.names).toEqual(['@', 'boot'])
  expect(findPath(tree, '/vmlinuz', { root: ['@', 'none'] })).toBeUndefined()
  expect(findPath(tree, '/@/vmlinuz')).toBeUndefined()
})

test('kernels are looked for in each subvolume as in a system of its own', () => {
  const found: string[] = []
  walkContainer(new MemorySource(imageOf('btrfs-zstd')), containerContext().context, {
    file({ inside, isExpected }) {
      if (isExpected) found.push(inside)
      return true
    },
    problem: (_, error) => expect(error).toBeUndefined(),
  })
  expect(found).toEqual(expect.arrayContaining(['@/boot/vmlinuz-1', 'snapshot/boot/vmlinuz-1']))
})

const RAID = ['raid0', 'raid1', 'raid10']
const DEVICE = 96 * 2 ** 20

function devicesOf(profile: string): SliceSource[] {
  const all = sparseImageOf(`btrfs-${profile}`)
  return Array.from({ length: all.size / DEVICE }, (_, index) => new SliceSource(all, index * DEVICE, DEVICE))
}

test.each(RAID)('%s is read where all devices are there, in any order', profile => {
  const tree = openBtrfsDevices(devicesOf(profile).reverse(), contextOf())
  expectTree(tree, UNIX_TREE)
})

test('one device of RAID1 is enough, half of RAID10 too, and of RAID0 what is missing is said', () => {
  expectTree(openBtrfs(devicesOf('raid1')[1]!, contextOf()), UNIX_TREE)
  expectTree(openBtrfsDevices([devicesOf('raid10')[0]!, devicesOf('raid10')[2]!], contextOf()), UNIX_TREE)
  expect(() => openBtrfs(devicesOf('raid0')[0]!, contextOf())).toThrow(
    expect.objectContaining({
      code: 'container-unsupported',
      message: expect.stringMatching(/lies on device 2 of 2, which is not there$/),
    }),
  )
})

test('a tree log is a remark', () => {
  const image = imageOf('btrfs').slice()
  image[65536 + 96] = 1
  expect(openBtrfs(new MemorySource(image), contextOf()).remarks).toEqual([
    'The tree log was not replayed: what was written last before a crash is as it was before',
  ])
})

describeBroken('btrfs', { detect: detectBtrfs, open: openBtrfs })
describeBroken('btrfs-zstd', { detect: detectBtrfs, open: openBtrfs }, 30)
