import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { GRUB2_FILES } from '../../src/boot/grub/grub2.ts'
import { GRUB_LEGACY_FILES } from '../../src/boot/guest/grub-legacy.ts'
import { readTar } from '../../src/containers/archive/tar.ts'
import { CONFIG_FILES, findConfig, namedFiles, SYSLINUX_FILES } from '../../src/containers/boot-config.ts'
import { Budget } from '../../src/containers/budget.ts'
import { MemorySource } from '../../src/source/memory.ts'
import { archiveTree } from './archive-tree.ts'
import { tarOf } from './tar-maker.ts'

const kernel = new Uint8Array(
  readFileSync(new URL('../../fixtures/catalogue/linux-6.1-lz4', import.meta.url)),
)
const text = (value: string) => new TextEncoder().encode(value)
const treeOf = (files: Record<string, string | Uint8Array>) => {
  const members = Object.entries(files).map(([path, contents]) => ({
    path,
    bytes: typeof contents === 'string' ? text(contents) : contents,
  }))
  const budget = new Budget()
  return archiveTree('tar', readTar(new MemorySource(tarOf(members)), budget), budget)
}
const named = (files: Record<string, string | Uint8Array>) =>
  [...namedFiles(treeOf(files))].map(({ names }) => names.join('/'))

test('the places are those of the models of the loaders', () => {
  expect([...CONFIG_FILES].sort()).toEqual(
    [...new Set([...GRUB2_FILES, ...GRUB_LEGACY_FILES, ...SYSLINUX_FILES])].sort(),
  )
})

test.each([
  ['boot/grub/grub.cfg', 'menuentry "a" {\n  linux (hd0,gpt2)/srv/k ro quiet\n}\n'],
  ['grub2/grub.cfg', 'multiboot2 ($root)/srv/k\n\tmodule2 --nounzip "/srv/k" x\n'],
  ['boot/grub/menu.lst', 'title a\nkernel (hd0,0)/srv/k root=/dev/sda1\n'],
  ['extlinux/extlinux.conf', 'LABEL a\n  KERNEL ../srv/k\n'],
  ['loader/entries/a.conf', 'title a\nlinux /srv/k\noptions quiet\n'],
])('%s names a kernel', (path, config) => {
  expect(named({ [path]: config, 'srv/k': kernel })).toEqual(['srv/k'])
})

test('a name with a variable, or of what is not there, leads to nothing', () => {
  expect(
    named({ 'boot/grub/grub.cfg': 'linux $dir/k\nlinux /none\nlinux /boot\n', 'srv/k': kernel }),
  ).toEqual([])
})

test('any text is read to its end', () => {
  const piece = fc.constantFrom(
    'linux ',
    'kernel',
    '/srv/k',
    '"',
    "'",
    '(hd0',
    ')',
    '$',
    '\n',
    '\0',
    ' ',
    '--',
    '..',
  )
  fc.assert(
    fc.property(fc.array(fc.oneof(piece, fc.string()), { maxLength: 40 }), pieces => {
      const found = named({ 'boot/grub/grub.cfg': pieces.join(''), 'srv/k': kernel })
      for (const path of found) expect(['srv/k', 'boot/grub/grub.cfg']).toContain(path)
    }),
    { numRuns: 60 },
  )
})

test('the first configuration is that of GRUB 2', () => {
  const tree = treeOf({ 'isolinux.cfg': '', 'boot/grub/menu.lst': '', 'boot/grub2/grub.cfg': '' })
  expect(findConfig(tree)?.names.join('/')).toBe('boot/grub2/grub.cfg')
})
