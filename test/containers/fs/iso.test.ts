import { expect, test } from 'vitest'
import { PLAIN_TREE, UNIX_TREE } from '../../../fixtures/builders/file-tree.ts'
import { openIso } from '../../../src/containers/fs/iso/tree.ts'
import { detectIso } from '../../../src/containers/fs/iso/volume.ts'
import { findPath } from '../../../src/containers/path.ts'
import { MemorySource } from '../../../src/source/memory.ts'
import { allOf, contextOf, describeBroken, expectTree, imageOf } from './tree-suite.ts'

const open = (name: string) => openIso(new MemorySource(imageOf(name)), contextOf())

test('names, links and modes are those of Rock Ridge', () => {
  expect(detectIso(new MemorySource(imageOf('iso-rock-ridge')))).toBe(true)
  const tree = open('iso-rock-ridge')
  expect(tree).toMatchObject({ format: 'iso9660', remarks: [] })
  expectTree(tree, UNIX_TREE)
})

test('without Rock Ridge the names are those of Joliet, found in either case', () => {
  const tree = open('iso-joliet')
  expectTree(tree, PLAIN_TREE)
  expect(findPath(tree, 'BOOT/GRÜßE')?.names).toEqual(['BOOT', 'GRÜßE'])
})

test('without both they are in lower case and have no version', () => {
  const tree = open('iso-plain')
  expect([...allOf(tree).keys()].filter(path => path.startsWith('boot'))).toEqual([
    'boot',
    'boot/empty',
    'boot/grub',
    'boot/grub/grub.cfg',
    'boot/gr__e',
    'boot/long_nam',
    'boot/sparse',
    'boot/vmlinuz0',
    'boot/vmlinuz1',
  ])
})

describeBroken('iso-rock-ridge', { detect: detectIso, open: openIso })
describeBroken('iso-joliet', { detect: detectIso, open: openIso })
