import { describe, expect, test } from 'vitest'
import { openIso } from '../../../src/containers/fs/iso/tree.ts'
import { openInside } from '../../../src/containers/resolve.ts'
import { walkContainer } from '../../../src/containers/walk.ts'
import { MemorySource } from '../../../src/source/memory.ts'
import type { Source } from '../../../src/source/source.ts'
import { contextOf, expectCodedErrors } from '../container-suite.ts'
import { imageOf } from './tree-suite.ts'

const SECTOR = 2048

/** The disc of the fixture with a boot catalog after its end, and then a FAT. */
function disc(media: number, platform: number, count: number): Uint8Array {
  const iso = imageOf('iso-rock-ridge')
  const fat = imageOf('fat16')
  const catalogAt = Math.ceil(iso.length / SECTOR)
  const bytes = new Uint8Array((catalogAt + 1) * SECTOR + fat.length)
  bytes.set(iso)
  // The volume descriptors after the primary one move up by one.
  bytes.copyWithin(18 * SECTOR, 17 * SECTOR, 20 * SECTOR)
  const record = new Uint8Array(SECTOR)
  record.set(new TextEncoder().encode('\0CD001\x01EL TORITO SPECIFICATION'))
  new DataView(record.buffer).setUint32(0x47, catalogAt, true)
  bytes.set(record, 17 * SECTOR)
  const view = new DataView(bytes.buffer, catalogAt * SECTOR)
  view.setUint8(0, 1)
  view.setUint8(1, platform)
  view.setUint8(32, 0x88)
  view.setUint8(33, media)
  view.setUint16(38, count, true)
  view.setUint32(40, catalogAt + 1, true)
  bytes.set(fat, (catalogAt + 1) * SECTOR)
  return bytes
}

const filesOf = (source: Source) => {
  const found: string[] = []
  walkContainer(source, contextOf().context, {
    file: ({ inside }) => {
      found.push(inside)
      return false
    },
    problem: ({ inside }, { code }) => found.push(`!${inside}: ${code}`),
  })
  return found
}

describe('a disc that boots', () => {
  test.each([
    ['EFI', 0, 0xef, 0],
    ['a hard disk', 4, 0, 1],
  ])('from an image of %s has the files in it', (_, media, platform, count) => {
    const source = new MemorySource(disc(media, platform, count))
    const found = filesOf(source)
    expect(found).toContain('@boot1')
    expect(found).toContain('@boot1!/boot/vmlinuz-1')
    expect(openInside(source, contextOf().context, '@boot1!/boot/vmlinuz-1').size).toBeGreaterThan(0)
  })

  test('from a floppy or from code has an image of that size', () => {
    const size = (bytes: Uint8Array) => {
      const tree = openIso(new MemorySource(bytes), contextOf().context)
      return tree.besides!.map(({ node }) => node().size)
    }
    expect(size(disc(0, 0, 4))).toEqual([2048])
    expect(size(disc(2, 0, 1))).toEqual([1_474_560])
  })

  test('from a file of the disc has it once', () => {
    const bytes = disc(0, 0xef, 0)
    const tree = openIso(new MemorySource(bytes), contextOf().context)
    const [image] = tree.besides!
    expect(image!.node().key).toMatch(/^file \d+$/)
  })

  test('ends as a coded error', () => {
    const bytes = disc(0, 0xef, 0)
    const catalog = Math.ceil(imageOf('iso-rock-ridge').length / SECTOR) * SECTOR
    const read = (source: Source) => {
      const tree = openIso(source, contextOf({ limits: { steps: 10_000, metadata: 2 ** 20 } }).context)
      for (const { node } of tree.besides!) tree.open(node()).read(new Uint8Array(64), 0)
    }
    expectCodedErrors(bytes, read, { from: 17 * SECTOR, to: 18 * SECTOR })
    expectCodedErrors(bytes, read, { from: catalog, to: catalog + 64 })
  })
})
