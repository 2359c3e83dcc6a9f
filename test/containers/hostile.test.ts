import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { MemorySource } from '../../src/source/memory.ts'
import type { Source } from '../../src/source/source.ts'
import { contextOf, diskOf, walkedBy } from './container-suite.ts'
import { tarMembers, tarOf } from './tar-maker.ts'

const kernel = new Uint8Array(
  readFileSync(new URL('../../fixtures/catalogue/linux-6.1-lz4', import.meta.url)),
)
const join = (...parts: Uint8Array[]) => new Uint8Array(Buffer.concat(parts))
const walked = (bytes: Uint8Array, options = {}) =>
  walkedBy(new MemorySource(bytes), contextOf().context, options)

describe('layers in each other', () => {
  const nested = (count: number, wrap: (bytes: Uint8Array) => Uint8Array) => {
    let bytes = tarOf([{ path: 'boot/vmlinuz', bytes: kernel }])
    for (let layer = 0; layer < count; layer++) bytes = wrap(bytes)
    return bytes
  }
  const inTar = (bytes: Uint8Array) => tarOf([{ path: 'disk.img', bytes }])

  test('are followed as deep as the limit, which is said', () => {
    expect(walked(nested(7, inTar))).toEqual([`${'disk.img!/'.repeat(7)}boot/vmlinuz`])
    const found = walked(nested(40, inTar))
    expect(found).toHaveLength(1)
    expect(found[0]).toMatch(/^!(?:disk\.img!\/)*disk\.img: container-limit$/)
  })

  test('of streams are followed as deep, too', () => {
    const gzip = (bytes: Uint8Array) => new Uint8Array(gzipSync(bytes))
    expect(walked(nested(2, gzip))).toEqual(['boot/vmlinuz'])
    expect(walked(nested(40, gzip))).toEqual(['!: container-limit'])
  })

  test('of two kinds in turns end as well', () => {
    const both = (bytes: Uint8Array) => inTar(new Uint8Array(gzipSync(bytes)))
    for (const found of walked(nested(40, both), { everywhere: true }))
      expect(found).toMatch(/container-limit$/)
  })
})

describe('members of a tar', () => {
  /** A header whose size field is replaced, and its checksum made right. */
  const sized = (field: Uint8Array) => {
    const header = tarMembers([{ path: 'boot/vmlinuz-large', bytes: new Uint8Array() }])
    header.set(field, 124)
    header.fill(0x20, 148, 156)
    const sum = header.reduce((total, byte) => total + byte, 0)
    header.set(new TextEncoder().encode(`${sum.toString(8).padStart(6, '0')}\0 `), 148)
    return join(tarMembers([{ path: 'boot/vmlinuz', bytes: kernel }]), header)
  }

  test.each([
    ['2^63', [0x80, 0, 0, 0, 0x80, 0, 0, 0, 0, 0, 0, 0]],
    ['2^94', [0xbf, ...Array<number>(11).fill(0xff)]],
    ['-1', Array<number>(12).fill(0xff)],
  ])('of %s bytes are broken, and what is before them is read', (_, field) => {
    expect(walked(sized(Uint8Array.from(field)))).toEqual(['boot/vmlinuz', '!: container-corrupt'])
  })

  test('that are longer than the archive end there', () => {
    const bytes = sized(new TextEncoder().encode('77777777777\0'))
    expect(walked(bytes)).toEqual(['boot/vmlinuz'])
  })

  test('with .. in their paths are left alone', () => {
    const bytes = tarOf(['../boot/a', 'boot/../../b', '..', 'boot/..'].map(path => ({ path, bytes: kernel })))
    expect(walked(bytes, { everywhere: true })).toEqual([])
  })

  test('have addresses that no line end and no NUL is in', () => {
    const bytes = tarOf(
      ['boot/a\nb', 'boot/\x1b[31m', 'boot/a!', 'boot/ä b'].map(path => ({ path, bytes: kernel })),
    )
    expect(walked(bytes)).toEqual(['boot/a%0Ab', 'boot/%1B%5B31m', 'boot/a%21', 'boot/ä%20b'])
  })
})

describe('partitions', () => {
  /** The disk of the fixture with other entries in its table. */
  const forged = (entries: [start: number, count: number][]) => {
    const bytes = diskOf('mbr.img').slice()
    const view = new DataView(bytes.buffer)
    for (const [index, [start, count]] of entries.entries()) {
      const at = 446 + index * 16
      bytes.fill(0, at, at + 16)
      view.setUint8(at + 4, 0x83)
      view.setUint32(at + 8, start, true)
      view.setUint32(at + 12, count, true)
    }
    return bytes
  }

  test('that lie over each other, or outside, are read as far as they are there', () => {
    const found = walked(
      forged([
        [512, 2048],
        [512, 2048],
        [0xffffffff, 0xffffffff],
        [0, 0xffffffff],
      ]),
    )
    expect(found.filter(path => path.startsWith('part1/'))).toHaveLength(2)
    expect(found.filter(path => path.startsWith('part2/'))).toHaveLength(2)
    expect(found.slice(4)).toEqual(['!part4: container-corrupt'])
  })
})

describe('a bomb', () => {
  test('is unpacked no further than its first bytes where it is no kernel', () => {
    const zeros = new Uint8Array(64 * 2 ** 20)
    const bytes = tarOf([{ path: 'boot/initrd.gz', bytes: new Uint8Array(gzipSync(zeros)) }])
    const { context } = contextOf({ limits: { steps: 20_000 } })
    expect(walkedBy(new MemorySource(bytes), context)).toEqual([])
  })

  test('in a bomb costs no more than the budget', () => {
    const inner = new Uint8Array(gzipSync(new Uint8Array(256 * 2 ** 20)))
    const bytes = new Uint8Array(
      gzipSync(join(tarMembers([{ path: 'pad', bytes: new Uint8Array(0) }]), inner)),
    )
    const { context } = contextOf({ limits: { steps: 20_000, metadata: 2 ** 20 } })
    const found = walkedBy(new MemorySource(bytes), context, { everywhere: true })
    expect(found.length).toBeLessThan(3)
  })
})

test('a source that ends before its size says is a truncated one', () => {
  const bytes = diskOf('gpt.img')
  const short: Source = {
    size: bytes.length * 2,
    read: (into, position) => new MemorySource(bytes.subarray(0, 1_060_000)).read(into, position),
  }
  for (const found of walkedBy(short, contextOf().context))
    expect(found).toMatch(/^!.*container-(?:truncated|corrupt)$/)
})
