import { expect, test } from 'vitest'
import { openExt } from '../../src/containers/fs/ext/tree.ts'
import { findPath } from '../../src/containers/path.ts'
import { MemorySource } from '../../src/source/memory.ts'
import { contextOf, imageOf } from './fs/tree-suite.ts'

const tree = openExt(new MemorySource(imageOf('ext4')), contextOf())
const namesAt = (path: string, options = {}) => findPath(tree, path, options)?.names.join('/')

test.each([
  ['/', ''],
  ['boot/vmlinuz-1', 'boot/vmlinuz-1'],
  ['//boot/./grub/../vmlinuz-1', 'boot/vmlinuz-1'],
  ['/../../boot', 'boot'],
  // Through two links, the first absolute.
  ['/vmlinuz', 'boot/vmlinuz-1'],
  ['/up/vmlinuz', 'boot/vmlinuz-1'],
  ['/up/../long-link', 'boot/vmlinuz-2'],
])('%s leads to %s', (path, names) => {
  expect(namesAt(path)).toBe(names)
})

test.each(['/none', '/boot/vmlinuz-1/x', '/boot/vmlinuz-1/..', '/none/..'])('%s leads to nothing', path => {
  expect(findPath(tree, path)).toBeUndefined()
})

test('a link at the end can be left, and a path begun in a directory', () => {
  expect(findPath(tree, '/vmlinuz', { followLast: false })).toMatchObject({
    names: ['vmlinuz'],
    node: { kind: 'link' },
  })
  expect(namesAt('vmlinuz', { from: ['boot'] })).toBe('boot/vmlinuz-1')
  expect(namesAt('/boot/empty', { from: ['boot'] })).toBe('boot/empty')
})

test('links in a circle and endless paths are limits, not loops', () => {
  const limit = expect.objectContaining({ code: 'container-limit' })
  expect(() => findPath(tree, '/circle')).toThrow(limit)
  expect(() => findPath(tree, '/boot/../'.repeat(2000))).toThrow(limit)
})
