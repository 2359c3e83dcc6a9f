/** Which part of a path pygrub's library looks for, by the reader of the file system. */
import { expect, test } from 'vitest'
import { GuestFiles } from '../../../src/boot/guest-files.ts'
import { pygrubSpans } from '../../../src/boot/pygrub/spans.ts'
import { guestDisk } from '../disks.ts'
import { memoryFiles } from '../files.ts'

const { tree } = memoryFiles({
  '/boot/initrd': 'initrd',
  '/boot/a b': 'blank',
  '/boot/KERNEL': '',
  '/boot/KerNel.Img': '',
  '/boot/grub/x': '',
})

test.each(['vfat', 'iso9660', 'ufs1', 'xfs', 'reiserfs'])('on %s a path ends before white space', family => {
  const files = new GuestFiles(tree, family, 'mounted')
  for (const path of ['/boot/initrd /boot/ucode', '/boot/initrd\tro', '/boot/initrd\n'])
    expect([files.pygrubPath(path), files.pygrubSize(path)]).toEqual(['/boot/initrd', 6])
  expect(files.pygrubSize('/boot/a b')).toBeUndefined()
})

test('on ext white space belongs to the name', () => {
  const files = new GuestFiles(tree, 'ext', 'mounted')
  expect(files.pygrubSize('/boot/initrd /boot/ucode')).toBeUndefined()
  expect(files.pygrubSize('/boot/a b')).toBe(5)
})

test.each([
  ['ext', '//boot/initrd', undefined],
  ['ext', '/boot/./initrd', '/boot/./initrd'],
  ['iso9660', '//boot/initrd', '//boot/initrd'],
  ['iso9660', '/boot/./initrd', undefined],
  ['iso9660', '/boot/initrd/', undefined],
  ['vfat', '//boot//initrd', '/boot/initrd'],
  ['vfat', './boot/initrd', undefined],
  ['vfat', '/boot/./initrd', '/boot/initrd'],
  ['vfat', '/boot/../boot/initrd', undefined],
  ['vfat', '/boot/grub/../initrd', '/boot/initrd'],
  ['vfat', '/boot/initrd/', undefined],
  ['vfat', '/boot/INITRD', undefined],
  ['vfat', '/boot/kernel', '/boot/KERNEL'],
  ['vfat', '/boot/KERNEL', undefined],
  ['vfat', '/boot/kernel.img', '/boot/KerNel.Img'],
  ['vfat', '/boot/KerNel.Img', '/boot/KerNel.Img'],
  ['vfat', '/boot/KERNEL.IMG', undefined],
  ['ufs1', '/boot/../boot/initrd', '/boot/../boot/initrd'],
])('%s: %s is looked for as %s', (family, path, asked) => {
  const files = new GuestFiles(tree, family, 'mounted')
  expect(files.pygrubPath(path)).toBe(asked)
})

test.each([
  ['ext', 8, 4],
  ['ext', 9, undefined],
  ['xfs', 8, 4],
  ['xfs', 9, undefined],
  ['iso9660', 0, 4],
  ['iso9660', 1, undefined],
  ['ufs1', 1, undefined],
])('on %s a path over %d links is of %s bytes', (family, links, size) => {
  const chain = Array.from({ length: links }, (_, at) => [
    `/link${at}`,
    { link: at === 0 ? 'file' : `link${at - 1}` },
  ])
  const files = memoryFiles({ '/file': 'text', ...Object.fromEntries(chain) }, { family })
  expect(files.pygrubSize(links === 0 ? '/file' : `/link${links - 1}`)).toBe(size)
})

test('libext2fs opens a directory as it does a file', () => {
  expect(new GuestFiles(tree, 'ext', 'mounted').pygrubSize('/boot')).toBeDefined()
  expect(new GuestFiles(tree, 'xfs', 'mounted').pygrubSize('/boot')).toBeUndefined()
})

test('XFS takes no slash after a file', () => {
  expect(new GuestFiles(tree, 'xfs', 'mounted').pygrubSize('/boot/initrd/')).toBeUndefined()
})

test.each([
  ['reiserfs', 0x1_0034, 'ReIsEr2Fs', '3.1.0'],
  ['zfs', 0x1_ffd8, '\x11\x7a\x0c\xb1\x7a\xda\x10\x02', '3.3.0'],
])('%s is read by pygrub and not here: nothing is claimed', (format, at, magic, since) => {
  const bytes = new Uint8Array(0x4_0000)
  bytes.set(
    Array.from(magic, character => character.charCodeAt(0)),
    at,
  )
  const undecided = pygrubSpans(guestDisk(bytes)).filter(({ outcome }) => outcome === 'undecided')
  expect([undecided[0]?.since, undecided.at(-1)?.until]).toEqual([since, '4.22.0'])
  expect(undecided[0]?.undecided).toContain(`the ${format} file system at byte 0`)
})
