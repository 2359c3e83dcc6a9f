import { describe, expect, test } from 'vitest'
import { openXva } from '../../../src/containers/archive/xva.ts'
import { openLayer } from '../../../src/containers/layer.ts'
import { MemorySource } from '../../../src/source/memory.ts'
import type { Source } from '../../../src/source/source.ts'
import { contextOf, diskOf, expectCodedErrors, walkedBy } from '../container-suite.ts'

const MIB = 2 ** 20

/** A tar member of ustar. */
function member(name: string, bytes: Uint8Array): Uint8Array {
  const block = new Uint8Array(512)
  const put = (at: number, text: string) => block.set(new TextEncoder().encode(text), at)
  put(0, name)
  put(124, `${bytes.length.toString(8).padStart(11, '0')}\0`)
  put(156, '0')
  put(257, 'ustar\x0000')
  put(148, '        ')
  put(
    148,
    `${block
      .reduce((total, byte) => total + byte, 0)
      .toString(8)
      .padStart(6, '0')}\0 `,
  )
  const padding = new Uint8Array((512 - (bytes.length % 512)) % 512)
  return Buffer.concat([block, bytes, padding])
}

const chunk = (index: number) => diskOf('gpt.img').subarray(index * MIB, (index + 1) * MIB)
const checksum = (name: string) => member(`${name}.xxhash`, new Uint8Array(16))

test('a sign of life takes a number and no place, and zeros are left out', () => {
  const xva = Buffer.concat([
    member('ova.xml', new TextEncoder().encode('<value/>')),
    member('Ref:7/00000000', chunk(0)),
    checksum('Ref:7/00000000'),
    member('Ref:7/00000001', new Uint8Array()),
    checksum('Ref:7/00000001'),
    member('Ref:7/00000002', chunk(1)),
    checksum('Ref:7/00000002'),
    // The third mebibyte is zeros.
    member('Ref:7/00000004', chunk(3)),
    checksum('Ref:7/00000004'),
    new Uint8Array(1024),
  ])
  const { context } = contextOf()
  expect(walkedBy(new MemorySource(new Uint8Array(xva)), context)).toEqual([
    'Ref:7/part1/boot/vmlinuz-6.1',
    'Ref:7/part1/boot/vmlinuz-6.12',
  ])
})

describe('an export that says how long its disks are', () => {
  const vdi = (name: string, size: number) =>
    `<struct><member><name>class</name><value>VDI</value></member><member><name>id</name><value>${name}</value></member>` +
    `<member><name>snapshot</name><value><struct><member><name>virtual_size</name><value>${size}</value></member></struct></value></member></struct>`
  const parts = [
    member('ova.xml', new TextEncoder().encode(vdi('Ref:7', 4 * MIB) + vdi('Ref:9', MIB))),
    ...[0, 1, 3].map(index => member(`Ref:7/0000000${index}`, chunk(index))),
    member('Ref:9/00000000', chunk(0)),
  ]
  const xva = new Uint8Array(Buffer.concat([...parts, new Uint8Array(1024)]))

  test('is read no further than somebody asks', () => {
    let furthest = 0
    const source: Source = {
      size: xva.length,
      read(into, position) {
        furthest = Math.max(furthest, position + into.length)
        return new MemorySource(xva).read(into, position)
      },
    }
    const { volumes } = openXva(source, contextOf().context.budget)
    expect(volumes.map(({ name, size }) => [name, size])).toEqual([
      ['Ref:7', 4 * MIB],
      ['Ref:9', MIB],
    ])
    const bytes = new Uint8Array(2 * MIB)
    volumes[0]!.open().read(bytes, 0)
    expect(Buffer.compare(bytes, diskOf('gpt.img').subarray(0, 2 * MIB))).toBe(0)
    expect(furthest).toBeLessThan(2.1 * MIB)
  })

  test('ends as a coded error', () => {
    const read = (source: Source) => {
      const layer = openLayer(source, contextOf({ limits: { steps: 20_000, metadata: 2 ** 22 } }).context)
      if (layer?.kind !== 'volumes') return
      for (const { open } of layer.table.volumes) open().read(new Uint8Array(4096), MIB)
    }
    expectCodedErrors(xva, read, { to: 3000 })
    expectCodedErrors(xva, read, { from: MIB, to: MIB + 4096 })
  })
})
