/** Packages and zips that dpkg-deb, rpmbuild and zip made, with every codec of theirs. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { openInside } from '../../../src/containers/resolve.ts'
import { MemorySource, readBytes } from '../../../src/source/memory.ts'
import { expectSameBytes } from '../../unwrap/codec-suite.ts'
import { contextOf, diskOf, walkedBy } from '../container-suite.ts'

const KERNELS = ['boot/vmlinuz-6.1', 'boot/vmlinuz-6.12']
const kernel = new Uint8Array(
  readFileSync(new URL('../../../fixtures/catalogue/linux-6.1-lz4', import.meta.url)),
)

test.each([
  'gzip.deb',
  'xz.deb',
  'zstd.deb',
  'stored.deb',
  'gzip.rpm',
  'bzip2.rpm',
  'xz.rpm',
  'lzma.rpm',
  'zstd.rpm',
  'deflate.zip',
  'stored.zip',
  'bzip2.zip',
  'lzma.zip',
  'xz.zip',
])('%s has its kernels at their addresses', name => {
  const source = new MemorySource(diskOf(name))
  // A zip has them in the order in which they were found.
  expect(walkedBy(source, contextOf().context).sort()).toEqual(KERNELS)
  const file = openInside(source, contextOf().context, KERNELS[0]!)
  expectSameBytes(readBytes(file, 0, kernel.length), kernel)
})
