import { expect, test } from 'vitest'
import { PLAIN_TREE } from '../../../fixtures/builders/file-tree.ts'
import { detectFat } from '../../../src/containers/fs/fat/boot-sector.ts'
import { openFat } from '../../../src/containers/fs/fat/tree.ts'
import { findPath } from '../../../src/containers/path.ts'
import { MemorySource } from '../../../src/source/memory.ts'
import { contextOf, describeBroken, expectTree, imageOf } from './tree-suite.ts'

const open = (image: Uint8Array) => openFat(new MemorySource(image), contextOf())

test.each(['fat12', 'fat16', 'fat32'])('the image %s has the files that were put into it', name => {
  expect(detectFat(new MemorySource(imageOf(name)))).toBe(true)
  const tree = open(imageOf(name))
  expect(tree).toMatchObject({ format: 'vfat', remarks: [] })
  expectTree(tree, PLAIN_TREE)
})

test('names are found in either case, and by their short names', () => {
  const tree = open(imageOf('fat16'))
  const long = findPath(
    tree,
    'boot/long-name-long-name-long-name-long-name-long-name-long-name-long-name-long-name-long-name-',
  )
  expect(long?.node.size).toBe(40)
  expect(findPath(tree, '/BOOT/VMLINUZ-1')?.node.size).toBe(70_000)
  expect(findPath(tree, '/boot/LONG-N~1')?.node.key).toBe(long?.node.key)
  expect(findPath(tree, '/boot/LONG-N~2')).toBeUndefined()
})

test('a chain of clusters that leads back into itself is refused where it is read', () => {
  const image = imageOf('fat16').slice()
  // Every entry of the first table leads to cluster 2, which is a directory's.
  const [reserved, sectors] = [image[0x0e]! + image[0x0f]! * 256, image[0x16]! + image[0x17]! * 256]
  for (let at = reserved * 512 + 4; at < (reserved + sectors) * 512; at += 2) image.set([2, 0], at)
  // The size of boot/vmlinuz-1 in its entry.
  const size = Buffer.from(image).indexOf(Uint8Array.of(0x70, 0x11, 0x01, 0x00))
  image.fill(0xff, size, size + 4)
  const tree = open(image)
  const kernel = tree.open(findPath(tree, 'boot/vmlinuz-1')!.node)
  expect(kernel.size).toBe(2 ** 32 - 1)
  expect(() => kernel.read(new Uint8Array(1), 2 ** 31)).toThrow(
    expect.objectContaining({ code: 'container-corrupt' }),
  )
})

test.each([
  ['zeros', new Uint8Array(4096)],
  ['a boot sector without its fields', Uint8Array.of(0xeb, 0x3c, 0x90, ...new Uint8Array(4096))],
  ['less than a sector', imageOf('fat12').slice(0, 500)],
])('%s are not FAT', (_, bytes) => {
  expect(detectFat(new MemorySource(bytes))).toBe(false)
})

describeBroken('fat12', { detect: detectFat, open: openFat })
describeBroken('fat32', { detect: detectFat, open: openFat })
