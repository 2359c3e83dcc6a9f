import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BASE } from '../../src/engine/memory.ts'
import { createEngine } from '../../src/fleet/engines.ts'

const engines = (['wasm', 'typescript'] as const).map(name => createEngine(name))

function sum(bytes: Uint8Array, address = BASE): bigint[] {
  return engines.map(engine => {
    engine.memory.set(bytes, address)
    return BigInt.asUintN(64, engine.xxh64(address, bytes.length))
  })
}

describe('XXH64 of both engines', () => {
  for (const engine of engines) engine.reserve(BASE + 100_000)

  it('knows the published values', () => {
    const text = (words: string) => new TextEncoder().encode(words)
    expect(sum(text(''))).toEqual([0xef46db3751d8e999n, 0xef46db3751d8e999n])
    expect(sum(text('a'))).toEqual([0xd24ec4f1a98c6e5bn, 0xd24ec4f1a98c6e5bn])
    expect(sum(text('abc'))).toEqual([0x44bc2cf5ad770999n, 0x44bc2cf5ad770999n])
    const long = 'Nobody inspects the spammish repetition'
    expect(sum(text(long))).toEqual([0xfbcea83c8a378bf1n, 0xfbcea83c8a378bf1n])
  })

  it('agrees between them on any bytes at any address', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(20), (bytes, shift) => {
        const [first, second] = sum(bytes, BASE + shift)
        expect(second).toBe(first)
      }),
      { numRuns: 500 },
    )
    const noise = Uint8Array.from({ length: 90_001 }, (_, at) => (at * 2654435761) >>> 11)
    const [first, second] = sum(noise)
    expect(second).toBe(first)
  })
})
