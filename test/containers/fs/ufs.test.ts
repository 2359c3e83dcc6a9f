import { expect, test } from 'vitest'
import { UNIX_TREE } from '../../../fixtures/builders/file-tree.ts'
import { detectUfs } from '../../../src/containers/fs/ufs/superblock.ts'
import { openUfs } from '../../../src/containers/fs/ufs/tree.ts'
import { MemorySource } from '../../../src/source/memory.ts'
import { contextOf, describeBroken, expectTree, imageOf } from './tree-suite.ts'

// UFS1 of a big-endian machine, UFS2 of a little-endian one.
test.each(['ufs1', 'ufs2'])('the image %s has the files that were put into it', name => {
  const source = new MemorySource(imageOf(name))
  expect(detectUfs(source)).toBe(true)
  const tree = openUfs(source, contextOf())
  expect(tree).toMatchObject({ format: name, remarks: [] })
  expectTree(tree, UNIX_TREE)
})

describeBroken('ufs1', { detect: detectUfs, open: openUfs })
describeBroken('ufs2', { detect: detectUfs, open: openUfs })
