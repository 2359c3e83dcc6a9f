/** Which part of a path pygrub's library looks for, by the reader of the file system. */
import { expect, test } from 'vitest'
import { GuestFiles } from '../../../src/boot/guest-files.ts'
import { memoryFiles } from '../files.ts'

const { tree } = memoryFiles({ '/boot/initrd': 'initrd', '/boot/a b': 'blank' })

test.each(['fat', 'iso9660', 'ufs1', 'xfs', 'reiserfs'])('on %s a path ends before white space', family => {
  const files = new GuestFiles(tree, family, family === 'iso9660' ? 'plain-names' : 'mounted')
  for (const path of ['/boot/initrd /boot/ucode', '/boot/initrd\tro', '/boot/initrd\n'])
    expect([files.pygrubPath(path), files.pygrubSize(path)]).toEqual(['/boot/initrd', 6])
  expect(files.pygrubSize('/boot/a b')).toBeUndefined()
})

test('on ext white space belongs to the name', () => {
  const files = new GuestFiles(tree, 'ext', 'mounted')
  expect(files.pygrubSize('/boot/initrd /boot/ucode')).toBeUndefined()
  expect(files.pygrubSize('/boot/a b')).toBe(5)
})
