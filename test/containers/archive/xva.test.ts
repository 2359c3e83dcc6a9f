import { expect, test } from 'vitest'
import { MemorySource } from '../../../src/source/memory.ts'
import { contextOf, diskOf, walkedBy } from '../container-suite.ts'

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
