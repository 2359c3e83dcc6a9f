import { expect, test } from 'vitest'
import { UNIX_TREE } from '../../../fixtures/builders/file-tree.ts'
import { detectErofs } from '../../../src/containers/fs/erofs/superblock.ts'
import { openErofs } from '../../../src/containers/fs/erofs/tree.ts'
import { findPath } from '../../../src/containers/path.ts'
import { MemorySource, readBytes } from '../../../src/source/memory.ts'
import { contextOf, describeBroken, expectTree, imageOf } from './tree-suite.ts'

// Compact indexes, clusters of several blocks with their tails inline, the older indexes, chunks.
test.each(['erofs', 'erofs-lz4', 'erofs-lz4hc-large', 'erofs-legacy', 'erofs-chunks'])(
  'the image %s has the files that were put into it',
  name => {
    const source = new MemorySource(imageOf(name))
    expect(detectErofs(source)).toBe(true)
    const tree = openErofs(source, contextOf())
    expect(tree).toMatchObject({ format: 'erofs', remarks: [] })
    expectTree(tree, UNIX_TREE)
  },
)

test('a compressed file is read from any place on', () => {
  const tree = openErofs(new MemorySource(imageOf('erofs-lz4')), contextOf())
  const file = tree.open(findPath(tree, 'boot/vmlinuz-1')!.node)
  const whole = readBytes(file, 0, file.size)
  for (const at of [69_999, 40_000, 12_345, 4096, 1]) {
    expect(readBytes(file, at, 7000)).toEqual(whole.subarray(at, at + 7000))
  }
})

describeBroken('erofs-lz4', { detect: detectErofs, open: openErofs })
describeBroken('erofs-lz4hc-large', { detect: detectErofs, open: openErofs }, 30)
describeBroken('erofs-chunks', { detect: detectErofs, open: openErofs }, 30)
