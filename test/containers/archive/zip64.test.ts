import { deflateRawSync } from 'node:zlib'
import { crc32 } from 'node:zlib'
import { expect, test } from 'vitest'
import { openInside } from '../../../src/containers/resolve.ts'
import { MemorySource, readBytes } from '../../../src/source/memory.ts'
import { contextOf, diskOf, expectCodedErrors, walkedBy } from '../container-suite.ts'

const text = (value: string) => new TextEncoder().encode(value)
const NAME = 'disk.img'

/** One deflated member, all of whose numbers are in the 64-bit fields. */
function zip64(contents: Uint8Array): Uint8Array {
  const packed = new Uint8Array(deflateRawSync(contents))
  const local = new Uint8Array(30)
  local.set(text('PK\x03\x04'))
  new DataView(local.buffer).setUint16(26, NAME.length, true)
  const start = local.length + NAME.length + packed.length
  const entry = new Uint8Array(46 + NAME.length + 28)
  const view = new DataView(entry.buffer)
  entry.set(text('PK\x01\x02'))
  view.setUint16(10, 8, true)
  view.setUint32(16, crc32(contents), true)
  for (const at of [20, 24, 42]) view.setUint32(at, 0xffffffff, true)
  view.setUint16(28, NAME.length, true)
  view.setUint16(30, 28, true)
  entry.set(text(NAME), 46)
  const extra = 46 + NAME.length
  view.setUint16(extra, 1, true)
  view.setUint16(extra + 2, 24, true)
  view.setBigUint64(extra + 4, BigInt(contents.length), true)
  view.setBigUint64(extra + 12, BigInt(packed.length), true)
  const end = new Uint8Array(56 + 20 + 22)
  const ends = new DataView(end.buffer)
  end.set(text('PK\x06\x06'))
  ends.setBigUint64(32, 1n, true)
  ends.setBigUint64(48, BigInt(start), true)
  end.set(text('PK\x06\x07'), 56)
  ends.setBigUint64(64, BigInt(start + entry.length), true)
  end.set(text('PK\x05\x06'), 76)
  ends.setUint16(76 + 10, 0xffff, true)
  ends.setUint32(76 + 16, 0xffffffff, true)
  return new Uint8Array(Buffer.concat([local, text(NAME), packed, entry, end]))
}

const large = new Uint8Array(80 * 2 ** 20)
large.set(diskOf('gpt.img'))
const bytes = zip64(large)

test('a disk of more than 64 MiB in a zip with 64-bit numbers is read', () => {
  const kernels = ['boot/vmlinuz-6.1', 'boot/vmlinuz-6.12'].map(name => `${NAME}!/part1/${name}`)
  expect(walkedBy(new MemorySource(bytes), contextOf().context)).toEqual(kernels)
  const file = openInside(new MemorySource(bytes), contextOf().context, NAME)
  expect(file.size).toBe(large.length)
  expect(readBytes(file, large.length - 2, 9)).toEqual(new Uint8Array(2))
})

test('a zip with 64-bit numbers ends as a coded error', () => {
  const small = zip64(diskOf('gpt.img'))
  const read = (source: MemorySource) => {
    walkedBy(source, contextOf({ limits: { steps: 100_000, metadata: 2 ** 22 } }).context)
  }
  expectCodedErrors(small, read as never, { from: small.length - 180, runs: 60 })
})
