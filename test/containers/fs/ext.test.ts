import { expect, test } from 'vitest'
import { lines, UNIX_TREE } from '../../../fixtures/builders/file-tree.ts'
import { detectExt } from '../../../src/containers/fs/ext/superblock.ts'
import { openExt } from '../../../src/containers/fs/ext/tree.ts'
import { findPath } from '../../../src/containers/path.ts'
import { MemorySource } from '../../../src/source/memory.ts'
import { contentsOf, contextOf, describeBroken, expectTree, imageOf } from './tree-suite.ts'

const open = (image: Uint8Array) => openExt(new MemorySource(image), contextOf())

test.each([
  ['ext2', 'ext2'],
  ['ext4', 'ext4'],
])('the image %s is %s and has the files that were put into it', (name, format) => {
  expect(detectExt(new MemorySource(imageOf(name)))).toBe(true)
  const tree = open(imageOf(name))
  expect(tree).toMatchObject({ format, remarks: [] })
  expectTree(tree, UNIX_TREE, ['lost+found'])
})

test('a journal is replayed in memory, and said', () => {
  const tree = open(imageOf('ext4-journal'))
  expect(tree.remarks).toEqual([
    'The file system was not unmounted: its journal was replayed in memory, 2 blocks of 1 transactions',
  ])
  const after = lines(9000, 'second kernel')
  after.set(lines(2048, 'first kernel'))
  expect(Buffer.from(contentsOf(tree, findPath(tree, 'boot/vmlinuz-2')!.node))).toEqual(Buffer.from(after))
})

test('a broken journal leaves the state before, and is said', () => {
  const image = imageOf('ext4-journal').slice()
  // The journal's magic, big-endian, in its superblock.
  for (let at = 0; at < image.length; at += 1024) {
    if (image[at] === 0xc0 && image[at + 1] === 0x3b && image[at + 7] === 4) image[at] = 0
  }
  const tree = open(image)
  expect(tree.remarks[0]).toMatch(/^The file system was not unmounted and its journal cannot be replayed/)
  expectTree(tree, UNIX_TREE, ['lost+found'])
})

test('an incompatible feature that is not known is refused by its bit', () => {
  const image = imageOf('ext2').slice()
  image[1024 + 0x63] = 0x40
  expect(() => open(image)).toThrow(
    expect.objectContaining({
      code: 'container-unsupported',
      message: 'Cannot read the ext4 file system: its incompatible features 0x40000000 are not known',
    }),
  )
})

describeBroken('ext2', { detect: detectExt, open: openExt })
describeBroken('ext4', { detect: detectExt, open: openExt })
describeBroken('ext4-journal', { detect: detectExt, open: openExt })
