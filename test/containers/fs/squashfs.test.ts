import { expect, test } from 'vitest'
import { UNIX_TREE } from '../../../fixtures/builders/file-tree.ts'
import { detectSquashfs } from '../../../src/containers/fs/squashfs/superblock.ts'
import { openSquashfs } from '../../../src/containers/fs/squashfs/tree.ts'
import { findPath } from '../../../src/containers/path.ts'
import { MemorySource, readBytes } from '../../../src/source/memory.ts'
import { contextOf, describeBroken, expectTree, imageOf } from './tree-suite.ts'

const open = (image: Uint8Array) => openSquashfs(new MemorySource(image), contextOf())

test.each(['gzip', 'lzma', 'lzo', 'xz', 'lz4', 'zstd', 'stored'])('blocks with %s are read', codec => {
  const image = imageOf(`squashfs-${codec}`)
  expect(detectSquashfs(new MemorySource(image))).toBe(true)
  const tree = open(image)
  expect(tree).toMatchObject({ format: 'squashfs', remarks: [] })
  expectTree(tree, UNIX_TREE)
})

test('a file is read from any place on, backwards as well', () => {
  const tree = open(imageOf('squashfs-stored'))
  const file = tree.open(findPath(tree, 'boot/sparse')!.node)
  const whole = readBytes(file, 0, file.size)
  for (const at of [file.size - 3, 299_000, 100_000, 4095, 0]) {
    expect(readBytes(file, at, 9000)).toEqual(whole.subarray(at, at + 9000))
  }
})

test.each([
  ['version 3', 28, 'Cannot read the squashfs file system: its version is 3, only 4 is read'],
  ['codec 9', 20, 'Cannot read the squashfs file system: its codec 9 is not known'],
])('%s is refused by its name', (name, at, message) => {
  const image = imageOf('squashfs-gzip').slice()
  image[at] = Number(name.split(' ')[1])
  expect(() => open(image)).toThrow(expect.objectContaining({ code: 'container-unsupported', message }))
})

describeBroken('squashfs-gzip', { detect: detectSquashfs, open: openSquashfs })
describeBroken('squashfs-stored', { detect: detectSquashfs, open: openSquashfs })
describeBroken('squashfs-xz', { detect: detectSquashfs, open: openSquashfs }, 20)
