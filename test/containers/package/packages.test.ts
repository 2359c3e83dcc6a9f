import { readFileSync } from 'node:fs'
import { crc32, deflateRawSync, gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { openLayer } from '../../../src/containers/layer.ts'
import { openMd } from '../../../src/containers/volume/md.ts'
import { MemorySource, readBytes } from '../../../src/source/memory.ts'
import type { Source } from '../../../src/source/source.ts'
import { runTool } from '../../unwrap/codec-suite.ts'
import { contextOf, diskOf, expectCodedErrors, walkedBy } from '../container-suite.ts'
import { tarOf } from '../tar-maker.ts'

const KERNELS = ['boot/vmlinuz-6.1', 'boot/vmlinuz-6.12']
const kernel = new Uint8Array(
  readFileSync(new URL('../../../fixtures/catalogue/linux-6.1-lz4', import.meta.url)),
)
const join = (...parts: Uint8Array[]) => new Uint8Array(Buffer.concat(parts))
const text = (value: string) => new TextEncoder().encode(value)

function arMember(name: string, bytes: Uint8Array): Uint8Array {
  const header = `${name.padEnd(16)}0           0     0     100644  ${String(bytes.length).padEnd(10)}\`\n`
  return join(text(header), bytes, new Uint8Array(bytes.length % 2))
}

function deb(sums: string, data: Uint8Array): Uint8Array {
  const control = gzipSync(tarOf([{ path: './md5sums', bytes: text(sums) }]))
  return join(
    text('!<arch>\n'),
    arMember('debian-binary', text('2.0\n')),
    arMember('control.tar.gz', control),
    arMember('data.tar.xz', runTool('xz', ['-c'], data)),
  )
}
const sumOf = (path: string) => `${'0'.repeat(32)}  ${path}\n`

function rpmHeader(entries: [tag: number, type: number, count: number, bytes: Uint8Array][]): Uint8Array {
  const index = new Uint8Array(entries.length * 16)
  const view = new DataView(index.buffer)
  let offset = 0
  for (const [at, [tag, type, count, bytes]] of entries.entries()) {
    for (const [field, value] of [tag, type, offset, count].entries())
      view.setUint32(at * 16 + field * 4, value)
    offset += bytes.length
  }
  const intro = new Uint8Array(16)
  new DataView(intro.buffer).setUint32(0, 0x8eade801)
  new DataView(intro.buffer).setUint32(8, entries.length)
  new DataView(intro.buffer).setUint32(12, offset)
  return join(intro, index, ...entries.map(([, , , bytes]) => bytes))
}

function rpm(names: string[], folder: string): Uint8Array {
  const lead = new Uint8Array(96)
  lead.set([0xed, 0xab, 0xee, 0xdb, 3, 0])
  const header = rpmHeader([
    [1116, 4, names.length, new Uint8Array(names.length * 4)],
    [1117, 8, names.length, text(names.map(name => `${name}\0`).join(''))],
    [1118, 8, 1, text(`${folder}\0`)],
  ])
  return join(lead, rpmHeader([]), header, runTool('zstd', ['-c'], diskOf('newc.cpio')))
}

function zip(members: [name: string, bytes: Uint8Array, method: number][]): Uint8Array {
  const parts: Uint8Array[] = []
  const directory: Uint8Array[] = []
  let at = 0
  for (const [name, bytes, method] of members) {
    const packed = method === 8 ? new Uint8Array(deflateRawSync(bytes)) : bytes
    const fields = (signature: number, before: number[], after: number[]) => {
      const words = [...before, 20, 0, method, 0, 0]
      const block = new Uint8Array(4 + words.length * 2 + 12 + 4 + after.length)
      const view = new DataView(block.buffer)
      view.setUint32(0, signature, true)
      for (const [index, word] of words.entries()) view.setUint16(4 + index * 2, word, true)
      const numbers = 4 + words.length * 2
      view.setUint32(numbers, crc32(bytes), true)
      view.setUint32(numbers + 4, packed.length, true)
      view.setUint32(numbers + 8, bytes.length, true)
      view.setUint16(numbers + 12, name.length, true)
      block.set(after, numbers + 16)
      return block
    }
    const place = new Uint8Array(14)
    new DataView(place.buffer).setUint32(10, at, true)
    directory.push(join(fields(0x02014b50, [20], [...place]), text(name)))
    const local = join(fields(0x04034b50, [], []), text(name), packed)
    parts.push(local)
    at += local.length
  }
  const end = new Uint8Array(22)
  const view = new DataView(end.buffer)
  view.setUint32(0, 0x06054b50, true)
  view.setUint16(8, members.length, true)
  view.setUint16(10, members.length, true)
  view.setUint32(
    12,
    directory.reduce((sum, entry) => sum + entry.length, 0),
    true,
  )
  view.setUint32(16, at, true)
  return join(...parts, ...directory, end)
}

/** A PE with the sections `.text` and `.linux`. */
function uki(linux: Uint8Array): Uint8Array {
  const head = new Uint8Array(1024)
  const view = new DataView(head.buffer)
  head.set(text('MZ'))
  view.setUint32(0x3c, 0x80, true)
  head.set(text('PE\0\0'), 0x80)
  view.setUint16(0x86, 2, true)
  for (const [index, [name, size, start]] of (
    [
      ['.text', 0, 1024],
      ['.linux', linux.length, 1024],
    ] as const
  ).entries()) {
    const at = 0x98 + index * 40
    head.set(text(name), at)
    view.setUint32(at + 8, size, true)
    view.setUint32(at + 16, size + 100, true)
    view.setUint32(at + 20, start, true)
  }
  return join(head, linux, new Uint8Array(100))
}

const PACKAGES = {
  deb: deb(KERNELS.map(sumOf).join('') + sumOf('usr/share/doc'), diskOf('gnu.tar')),
  rpm: rpm(['vmlinuz-6.1', 'vmlinuz-6.12'], '/boot/'),
  zip: zip([
    ['boot/', new Uint8Array(), 0],
    ['boot/vmlinuz-6.1', kernel, 8],
    ['boot/vmlinuz-6.12', kernel, 0],
  ]),
}

describe.each(Object.entries(PACKAGES))('%s', (_, bytes) => {
  test('has its kernels at their addresses', () => {
    const { context } = contextOf()
    expect(walkedBy(new MemorySource(bytes), context)).toEqual(KERNELS)
  })

  test('ends as a coded error', () => {
    const read = (source: Source) => {
      const { context } = contextOf({ limits: { steps: 100_000, metadata: 2 ** 22 } })
      const layer = openLayer(source, context)
      if (layer?.kind !== 'archive') return
      for (const entry of layer.entries(true)) entry.open().read(new Uint8Array(64), 0)
    }
    expectCodedErrors(bytes, read, { to: 700 })
    expectCodedErrors(bytes, read, { from: bytes.length - 200 })
  })
})

test('the payload of a package is left alone where its list names no kernel', () => {
  const broken = deb(sumOf('usr/share/doc/readme'), diskOf('gnu.tar'))
  broken.fill(0xff, broken.length - 3000)
  const { context } = contextOf()
  expect(walkedBy(new MemorySource(broken), context)).toEqual([])
  expect(walkedBy(new MemorySource(broken), context, { everywhere: true })).toEqual(['!: container-corrupt'])
})

test('the payload of a package is read up to its last kernel', () => {
  const data = deb(sumOf(KERNELS[0]!), diskOf('gnu.tar'))
  const { context } = contextOf()
  expect(walkedBy(new MemorySource(data), context)).toEqual([KERNELS[0]])
})

test('an archive that is no package is no container', () => {
  const { context } = contextOf()
  expect(walkedBy(new MemorySource(join(text('!<arch>\n'), arMember('a.o', kernel))), context)).toEqual([
    'no container',
  ])
})

test('the kernel of a unified kernel image has the smaller of its two sizes', () => {
  const { context, remarks } = contextOf()
  const image = uki(kernel)
  expect(walkedBy(new MemorySource(image), context)).toEqual(['.linux'])
  expect(remarks).toEqual([
    'No loader of Xen takes a unified kernel image: what is said is of the kernel in it.',
  ])
  const layer = openLayer(new MemorySource(image), context)
  if (layer?.kind !== 'archive') throw new Error('no archive')
  const [entry] = layer.entries(false)
  expect(entry!.size).toBe(kernel.length)
  expectCodedErrors(image.slice(0, 2048), source => {
    const opened = openLayer(source, contextOf().context)
    if (opened?.kind === 'archive')
      for (const { open } of opened.entries(false)) open().read(new Uint8Array(64), 0)
  })
})

describe('a member of a RAID', () => {
  const member = (level: number) => {
    const bytes = new Uint8Array(2 ** 20)
    const view = new DataView(bytes.buffer, 4096)
    view.setUint32(0, 0xa92b4efc, true)
    view.setUint32(4, 1, true)
    view.setUint32(72, level, true)
    view.setBigUint64(128, 128n, true)
    view.setBigUint64(136, 512n, true)
    bytes.fill(7, 65536, 65536 + 262144)
    return new MemorySource(bytes)
  }

  test('of a mirror is its volume', () => {
    const [volume] = openMd(member(1), contextOf().context.budget).volumes
    expect(volume).toMatchObject({ name: 'md', type: 'raid1', offset: 65536, size: 262144 })
    expect(readBytes(volume!.open(), 262143, 2)).toEqual(new Uint8Array([7]))
  })

  test('of another level is refused by its number', () => {
    expect(() => openMd(member(5), contextOf().context.budget)).toThrow(
      'Cannot read the md array: its level is 5',
    )
  })
})
