import { crc32, gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { buildBzImage } from '../../fixtures/builders/bzimage.ts'
import { buildElf, NOTE } from '../../fixtures/builders/elf.ts'
import type { BzImageLayer } from '../../src/facts/facts.ts'
import type { Form } from '../../src/repair/form.ts'
import { MemoryOutput } from '../../src/repair/memory-output.ts'
import { type Repacked, repack } from '../../src/repair/repack.ts'
import { MemorySource } from '../../src/source/memory.ts'
import { openImage } from '../../src/unwrap/read-image.ts'
import { engine, read, tools } from './kernels.ts'

const CODE = 5 * 512
const STUB = Uint8Array.from({ length: 400 }, (_, index) => index % 251)
const elf = buildElf({ bits: 64, notes: [{ type: NOTE.GUEST_OS, value: 'linux' }] })
const ALL_ONES = 0xffffffff

/** A bzImage with start code after its payload, `syssize`, the checksum, and a signature where one is asked for. */
function image(payload: Uint8Array, { signed = false, checksum = true } = {}): Uint8Array {
  const head = buildBzImage({ payload })
  const code = Math.ceil((head.length + STUB.length + 4 - CODE) / 16) * 16
  const signature = signed ? 64 : 0
  const bytes = new Uint8Array(CODE + code + signature)
  bytes.set(head)
  bytes.set(STUB, head.length)
  const view = new DataView(bytes.buffer)
  view.setUint32(0x1f4, code / 16, true)
  if (signed) {
    bytes.set([0x4d, 0x5a])
    view.setUint32(0x3c, 0x80, true)
    view.setUint32(0x80, 0x4550, true)
    view.setUint16(0x98, 0x20b, true)
    view.setUint32(0x98 + 144, CODE + code, true)
    view.setUint32(0x98 + 148, signature, true)
    bytes.fill(0xee, CODE + code)
  }
  const end = CODE + code
  if (checksum) view.setUint32(end - 4, (crc32(bytes.subarray(0, end - 4)) ^ ALL_ONES) >>> 0, true)
  return bytes
}

async function rebuilt(
  bytes: Uint8Array,
  form: Form,
  level = 9,
): Promise<{ bytes: Uint8Array; layer: BzImageLayer; repacked: Repacked; end: number }> {
  const source = new MemorySource(bytes)
  const { facts, elf: inside, close } = openImage(engine, source, { verify: true })
  const output = new MemoryOutput()
  const repacked = await repack({ source, facts, elf: inside! }, { form, patches: [], level }, output, tools)
  close()
  const after = output.bytes
  const end = CODE + new DataView(after.buffer, after.byteOffset).getUint32(0x1f4, true) * 16
  const [layer] = read(after).layers
  return { bytes: after, layer: layer as BzImageLayer, repacked, end }
}

const GZIP: Form = { kind: 'bzimage', payload: 'gzip' }
const hasChecksum = (bytes: Uint8Array, end: number) => crc32(bytes.subarray(0, end)) === ALL_ONES

/** What of the setup header differs. */
function changed(before: Uint8Array, after: Uint8Array): number[] {
  const words = new Set<number>()
  for (let at = 0; at < CODE; at++) if (before[at] !== after[at]) words.add(at & ~3)
  return [...words]
}

test('a payload that fits takes the place of the old one, and nothing else moves', async () => {
  const before = image(elf)
  const { bytes, layer, repacked, end } = await rebuilt(before, GZIP)
  expect(repacked).toMatchObject({ hasChecksum: true, inPlace: true, wasSigned: false })
  expect(bytes.length).toBe(before.length)
  expect(layer.payloadLength).toBeLessThan(elf.length)
  expect(changed(before, bytes)).toEqual([0x24c])
  expect(bytes.subarray(CODE + 256 + elf.length, CODE + 256 + elf.length + STUB.length)).toEqual(STUB)
  expect(hasChecksum(bytes, end)).toBe(true)
})

test('one that is longer moves what follows it, and syssize says so', async () => {
  const before = image(new Uint8Array(gzipSync(elf, { level: 9 })))
  const { bytes, layer, repacked, end } = await rebuilt(before, GZIP, 1)
  expect(repacked).toMatchObject({ hasChecksum: true, inPlace: false })
  expect(changed(before, bytes)).toEqual([0x1f4, 0x24c])
  expect(end).toBe(bytes.length)
  const after = CODE + 256 + layer.payloadLength
  expect(bytes.subarray(after, after + STUB.length)).toEqual(STUB)
  expect(hasChecksum(bytes, end)).toBe(true)
})

test('one beside the old leaves all of that where it is', async () => {
  const before = image(elf)
  const { bytes, layer, end } = await rebuilt(before, { kind: 'bzimage-beside', payload: 'gzip' })
  expect(changed(before, bytes)).toEqual([0x1f4, 0x248, 0x24c])
  expect(bytes.subarray(CODE, before.length - 4)).toEqual(before.subarray(CODE, before.length - 4))
  expect(layer.payloadStart).toBeGreaterThanOrEqual(before.length - 4)
  expect(layer.payloadStart % 16).toBe(0)
  expect(hasChecksum(bytes, end)).toBe(true)
})

test('a checksum that was none is not made one', async () => {
  const before = image(elf, { checksum: false })
  const { bytes, repacked, end } = await rebuilt(before, GZIP)
  expect(repacked.hasChecksum).toBe(false)
  expect(bytes.subarray(-16)).toEqual(before.subarray(-16))
  expect(hasChecksum(bytes, end)).toBe(false)
})

test('a signature is left out, and no header leads to it', async () => {
  const before = image(elf, { signed: true })
  const { bytes, repacked } = await rebuilt(before, GZIP)
  expect(repacked.wasSigned).toBe(true)
  expect(bytes.length).toBe(before.length - 64)
  expect(bytes.subarray(0x98 + 144, 0x98 + 152)).toEqual(new Uint8Array(8))
})

test('a payload at the end of the file without room for more is packed longer all the same', async () => {
  const before = buildBzImage({ payload: new Uint8Array(gzipSync(elf, { level: 9 })) })
  const { bytes, layer } = await rebuilt(before, GZIP, 1)
  expect(layer.payloadStart + layer.payloadLength).toBeLessThanOrEqual(bytes.length)
  expect(read(bytes).elf).toEqual(read(before).elf)
})
