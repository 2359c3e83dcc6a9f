import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { archiveTree } from '../archive-tree.ts'
import { readCpio } from '../../../src/containers/archive/cpio.ts'
import { readTar } from '../../../src/containers/archive/tar.ts'
import { Budget } from '../../../src/containers/budget.ts'
import { findPath } from '../../../src/containers/path.ts'
import { MemorySource, readBytes } from '../../../src/source/memory.ts'
import type { Source } from '../../../src/source/source.ts'
import { expectSameBytes, runTool } from '../../unwrap/codec-suite.ts'
import { contextOf, diskOf, expectCodedErrors, walkedBy } from '../container-suite.ts'

const KERNELS = ['boot/vmlinuz-6.1', 'boot/vmlinuz-6.12']
const kernel = new Uint8Array(
  readFileSync(new URL('../../../fixtures/catalogue/linux-6.1-lz4', import.meta.url)),
)

const READERS = [
  ['gnu.tar', readTar],
  ['pax.tar', readTar],
  ['newc.cpio', readCpio],
  ['odc.cpio', readCpio],
] as const

describe.each(READERS)('%s', (name, read) => {
  const archive = diskOf(name)

  test('has its kernels at their addresses', () => {
    const { context } = contextOf()
    expect(walkedBy(new MemorySource(archive), context)).toEqual(KERNELS)
  })

  test('gives the bytes of its files', () => {
    for (const entry of read(new MemorySource(archive), new Budget())) {
      if (entry.path !== KERNELS[0]) continue
      expect(entry).toMatchObject({ kind: 'file', size: kernel.length })
      expectSameBytes(readBytes(entry.open(), 0, entry.size), kernel)
    }
  })

  test('is a tree', () => {
    const budget = new Budget()
    const tree = archiveTree('archive', read(new MemorySource(archive), budget), budget)
    const file = findPath(tree, '/boot/grub/grub.cfg')!
    expect(readBytes(tree.open(file.node), 0, 20)).toEqual(new TextEncoder().encode('set default=0\n'))
    expect(findPath(tree, '/boot/none')).toBeUndefined()
  })

  test('ends as a coded error', () => {
    const open = (source: Source) => {
      for (const entry of read(source, new Budget({ steps: 10_000 })))
        entry.open().read(new Uint8Array(64), 0)
    }
    expectCodedErrors(archive, open, { to: 4096, runs: 200 })
  })

  test.each([
    ['gzip', ['-c']],
    ['bzip2', ['-c']],
    ['xz', ['-c']],
    ['xz', ['--format=lzma', '-c']],
    ['zstd', ['-c']],
  ])('is read from a stream of %s %j', (tool, args) => {
    const { context } = contextOf()
    expect(walkedBy(new MemorySource(runTool(tool, args, archive)), context)).toEqual(KERNELS)
  })
})

describe('sparse files in a tar', () => {
  test.each(['sparse-gnu.tar', 'sparse-pax.tar', 'sparse-pax-0.0.tar'])('%s: holes are zeros', name => {
    const [entry] = readTar(new MemorySource(diskOf(name)), new Budget())
    const whole = diskOf('gpt.img')
    expect(entry).toMatchObject({ path: 'disk.img', size: whole.length })
    expectSameBytes(readBytes(entry!.open(), 0, whole.length), whole)
  })

  test.each(['sparse-gnu.tar', 'sparse-pax.tar', 'sparse-pax-0.0.tar'])(
    '%s: a disk in it is walked',
    name => {
      const { context } = contextOf()
      expect(walkedBy(new MemorySource(diskOf(name)), context)).toEqual(
        KERNELS.map(path => `disk.img!/part1/${path}`),
      )
    },
  )
})

describe('a tar with', () => {
  /** One header with its checksum. */
  function header(name: string, size: string, type = '0'): Uint8Array {
    const block = new Uint8Array(512)
    const put = (at: number, text: string) => block.set(new TextEncoder().encode(text), at)
    put(0, name)
    put(124, size)
    put(156, type)
    put(257, 'ustar\0' + '00')
    put(148, '        ')
    const sum = block.reduce((total, byte) => total + byte, 0)
    put(148, `${sum.toString(8).padStart(6, '0')}\0 `)
    return block
  }
  const tar = (...blocks: Uint8Array[]) =>
    new MemorySource(new Uint8Array(Buffer.concat([...blocks, new Uint8Array(1024)])))
  const list = (source: Source) => [...readTar(source, new Budget())].map(({ path }) => path)

  test('names with .. leads nowhere in its tree', () => {
    const source = tar(header('../../etc/passwd', '00000000000\0'), header('boot/kernel', '00000000000\0'))
    expect(list(source)).toEqual(['../../etc/passwd', 'boot/kernel'])
    const budget = new Budget()
    const tree = archiveTree('tar', readTar(source, budget), budget)
    expect([...tree.list(tree.root)].map(({ name }) => name)).toEqual(['boot'])
    expect(tree.remarks).toEqual(['1 entries of the tar have ".." in their paths.'])
  })

  test('names with line ends is listed as it is', () => {
    expect(list(tar(header('boot/a\nb', '00000000000\0')))).toEqual(['boot/a\nb'])
  })

  test('a member of 2^63 bytes is a coded error', () => {
    const size = String.fromCharCode(0x80, 0, 0, 0, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff)
    const block = header('huge', '')
    for (let at = 0; at < 12; at++) block[124 + at] = size.charCodeAt(at)
    block.fill(0x20, 148, 156)
    const sum = block.reduce((total, byte) => total + byte, 0)
    block.set(new TextEncoder().encode(`${sum.toString(8).padStart(6, '0')}\0 `), 148)
    expect(() => list(tar(block))).toThrow(
      'Cannot read the tar header at 0x7c: its size is 9223372036854776000',
    )
  })

  test('more entries than the budget allows is a coded error', () => {
    const many = Array.from({ length: 20 }, (_, index) => header(`file${index}`, '00000000000\0'))
    expect(() => [...readTar(tar(...many), new Budget({ entries: 10 }))]).toThrow(
      expect.objectContaining({ code: 'container-limit', layer: 'tar' }),
    )
  })
})
