import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { walk } from '../../src/source/node/walk.ts'

const root = mkdtempSync(join(tmpdir(), 'parts-'))
afterAll(() => rmSync(root, { recursive: true }))
const put = (path: string, text = '') => {
  mkdirSync(join(root, path, '..'), { recursive: true })
  writeFileSync(join(root, path), text)
}
const descriptor = (...names: string[]) =>
  `# Disk DescriptorFile\n${names.map(name => `RW 8 SPARSE "${name}"`).join('\n')}\n`

put('oci/oci-layout')
put('oci/index.json')
put('oci/blobs/sha256/abc')
put('oci/readme')
put('other/blobs/sha256/abc')
put('other/index.json')
put('vm/disk.vmdk', descriptor('disk-s001.vmdk', 'disk-s002.vmdk'))
for (const part of ['s001', 's002', 's003']) put(`vm/disk-${part}.vmdk`)
put('vm/flat.vmdk', descriptor('flat-flat.vmdk'))
put('vm/flat-flat.vmdk')
put('vm/lone-flat.vmdk')
put('vm/whole.vmdk', 'KDMV "whole-flat.vmdk"')
put('vm/whole-flat.vmdk')

test('a walk leaves out what another file of the directory names as its part', () => {
  expect([...walk([root])].map(({ address }) => relative(root, address))).toEqual([
    'oci/index.json',
    'oci/readme',
    'other/blobs/sha256/abc',
    'other/index.json',
    'vm/disk-s003.vmdk',
    'vm/disk.vmdk',
    'vm/flat.vmdk',
    'vm/lone-flat.vmdk',
    'vm/whole-flat.vmdk',
    'vm/whole.vmdk',
  ])
})

test('a part that is named is there', () => {
  const path = join(root, 'vm/flat-flat.vmdk')
  expect([...walk([path])].map(({ address }) => address)).toEqual([path])
})
