import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SHA256_DIGEST } from '../../src/engine/codec-layout.ts'
import { BASE } from '../../src/engine/memory.ts'
import { createEngine } from '../../src/fleet/engines.ts'

const text = (words: string): Uint8Array => new TextEncoder().encode(words)

/** The same checksums by their definitions, a bit at a time. */
const plain = {
  crc32(bytes: Uint8Array): number {
    let crc = 0xffffffffn
    for (const byte of bytes) {
      crc ^= BigInt(byte)
      for (let bit = 0; bit < 8; bit++) crc = (crc >> 1n) ^ (crc & 1n ? 0xedb88320n : 0n)
    }
    return Number(crc ^ 0xffffffffn)
  },
  crc32Bzip2(bytes: Uint8Array): number {
    let crc = 0xffffffffn
    for (const byte of bytes) {
      crc ^= BigInt(byte) << 24n
      for (let bit = 0; bit < 8; bit++) crc = ((crc << 1n) & 0xffffffffn) ^ (crc >> 31n ? 0x04c11db7n : 0n)
    }
    return Number(crc ^ 0xffffffffn)
  },
  crc64(bytes: Uint8Array): bigint {
    let crc = 0xffffffffffffffffn
    for (const byte of bytes) {
      crc ^= BigInt(byte)
      for (let bit = 0; bit < 8; bit++) crc = (crc >> 1n) ^ (crc & 1n ? 0xc96c5795d7870f42n : 0n)
    }
    return crc ^ 0xffffffffffffffffn
  },
  adler32(bytes: Uint8Array): number {
    let low = 1
    let high = 0
    for (const byte of bytes) {
      low = (low + byte) % 65521
      high = (high + low) % 65521
    }
    return high * 65536 + low
  },
}

describe.each(['wasm', 'typescript'] as const)('checksums of the %s engine', name => {
  const engine = createEngine(name)
  engine.reserve(BASE + 200_000)
  const put = (bytes: Uint8Array, address: number): number => {
    engine.memory.set(bytes, address)
    return bytes.length
  }
  const digest = (): string =>
    Buffer.from(engine.memory.slice(SHA256_DIGEST, SHA256_DIGEST + 32)).toString('hex')

  it('knows the published check values', () => {
    const length = put(text('123456789'), BASE)
    expect(engine.crc32(BASE, length, 0) >>> 0).toBe(0xcbf43926)
    expect(engine.crc32Bzip2(BASE, length, 0) >>> 0).toBe(0xfc891918)
    expect(BigInt.asUintN(64, engine.crc64(BASE, length, 0n))).toBe(0x995dc9bbdf1939fan)
    expect(engine.adler32(BASE, put(text('Wikipedia'), BASE), 1) >>> 0).toBe(0x11e60398)
    engine.sha256(BASE, put(text('abc'), BASE))
    expect(digest()).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
  })

  it('agrees with the definitions at every alignment, in one piece and in two', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(15), fc.nat(300), (bytes, shift, cut) => {
        const address = BASE + shift
        const length = put(bytes, address)
        const first = Math.min(cut, length)
        const rest = length - first
        const second = address + first
        expect(engine.crc32(address, length, 0) >>> 0).toBe(plain.crc32(bytes))
        expect(engine.crc32(second, rest, engine.crc32(address, first, 0)) >>> 0).toBe(plain.crc32(bytes))
        expect(engine.crc32Bzip2(address, length, 0) >>> 0).toBe(plain.crc32Bzip2(bytes))
        expect(engine.crc32Bzip2(second, rest, engine.crc32Bzip2(address, first, 0)) >>> 0).toBe(
          plain.crc32Bzip2(bytes),
        )
        expect(BigInt.asUintN(64, engine.crc64(address, length, 0n))).toBe(plain.crc64(bytes))
        expect(BigInt.asUintN(64, engine.crc64(second, rest, engine.crc64(address, first, 0n)))).toBe(
          plain.crc64(bytes),
        )
        expect(engine.adler32(address, length, 1) >>> 0).toBe(plain.adler32(bytes))
        expect(engine.adler32(second, rest, engine.adler32(address, first, 1)) >>> 0).toBe(
          plain.adler32(bytes),
        )
        engine.sha256(address, length)
        expect(digest()).toBe(createHash('sha256').update(bytes).digest('hex'))
      }),
    )
  })

  it('keeps the sums of Adler-32 in range over long runs of 0xff', () => {
    const bytes = new Uint8Array(150_001).fill(0xff)
    expect(engine.adler32(BASE, put(bytes, BASE), 1) >>> 0).toBe(plain.adler32(bytes))
  })

  it('changes no byte of what it sums', () => {
    const bytes = Uint8Array.from({ length: 4096 }, (_, at) => at * 7)
    put(bytes, BASE)
    engine.crc32(BASE, 4096, 0)
    engine.crc64(BASE, 4096, 0n)
    engine.sha256(BASE, 4096)
    expect(engine.memory.slice(BASE, BASE + 4096)).toEqual(bytes)
  })
})
