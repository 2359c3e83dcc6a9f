import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { buildBzImage } from '../../fixtures/builders/bzimage.ts'
import { MemorySource } from '../../src/source/memory.ts'
import { parseBzImage, protocolName, readKernelVersion } from '../../src/unwrap/bzimage.ts'

const payload = new Uint8Array(100).fill(7)
const parse = (image: Uint8Array) => parseBzImage(image, image.length)

test('the header says where the payload is', () => {
  const image = buildBzImage({ payload })
  const { layer, problem, hasPayload } = parse(image)
  expect(problem).toBeUndefined()
  expect(hasPayload).toBe(true)
  expect(layer).toMatchObject({ protocol: 0x020f, setupSects: 4, payloadLength: 100 })
  expect(image.subarray(layer.payloadStart, layer.payloadStart + 100)).toEqual(payload)
})

test('a setup_sects of 0 stays 0', () => {
  expect(parse(buildBzImage({ payload, setupSects: 0 })).layer).toMatchObject({
    setupSects: 0,
    payloadStart: 512 + 256,
  })
})

test('a boot protocol before 2.08 has no payload fields', () => {
  const { problem, hasPayload } = parse(buildBzImage({ payload, protocol: 0x0207 }))
  expect(hasPayload).toBe(false)
  expect(problem).toEqual({
    code: 'boot-protocol-too-old',
    message: 'Cannot find the payload of the bzImage: its boot protocol is 2.07, Xen needs 2.08',
    offset: 0x206,
  })
})

test('a payload that ends outside the file is named, and what there is of it is still offered', () => {
  const { problem, hasPayload } = parse(buildBzImage({ payload, payloadLength: 101 }))
  expect(problem?.code).toBe('payload-outside-file')
  expect(hasPayload).toBe(true)
})

test('a payload that starts outside the file is nothing to unpack', () => {
  const { problem, hasPayload } = parse(buildBzImage({ payload, payloadOffset: 0xffff_ffff }))
  expect(problem?.code).toBe('payload-outside-file')
  expect(hasPayload).toBe(false)
})

test('a file that ends inside the header', () => {
  const image = buildBzImage({ payload }).subarray(0, 0x24f)
  expect(parse(image)).toMatchObject({
    hasPayload: false,
    problem: { code: 'bzimage-truncated', offset: 0x24f },
  })
})

test('protocol numbers read as people write them', () => {
  expect([0x0208, 0x020f, 0x0300].map(protocolName)).toEqual(['2.08', '2.15', '3.00'])
})

test('any bytes parse, and a payload that is offered starts inside the file', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 0x400 }), fc.nat(0x2000), (bytes, size) => {
      const { layer, hasPayload } = parseBzImage(bytes, size)
      return !hasPayload || layer.payloadStart < size
    }),
  )
})

describe('the text at kernel_version', () => {
  const BANNER = '6.1.0-50-amd64 (builder@host) #1 SMP'
  const at = 0x400
  const image = (text: string, pointer = at - 0x200) => {
    const bytes = buildBzImage({ payload })
    new DataView(bytes.buffer, bytes.byteOffset).setUint16(0x20e, pointer, true)
    bytes.set(Buffer.from(`${text}\0`, 'latin1'), at)
    return bytes
  }
  const read = (bytes: Uint8Array, sectors = 4) =>
    readKernelVersion(bytes.subarray(0, 0x250), new MemorySource(bytes), sectors)

  test('is read up to its NUL', () => expect(read(image(BANNER))).toBe(BANNER))
  test('is absent where the pointer is 0', () => expect(read(image(BANNER, 0))).toBeUndefined())
  test('is absent where it lies outside the setup code', () =>
    expect(read(image(BANNER, 5 * 512 - 0x200))).toBeUndefined())
  test('is absent where it is no text', () => expect(read(image('6.1\u0007'))).toBeUndefined())
  test('ends with the file', () => expect(read(image(BANNER).subarray(0, at + 6))).toBe('6.1.0-'))
})
