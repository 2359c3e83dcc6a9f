import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BASE } from '../../src/engine/memory.ts'
import { createEngine } from '../../src/fleet/engines.ts'

const WANTED = [0x336ec578, 0x1badb002, 0xe85250d6 | 0] as const

describe.each(['wasm', 'typescript'] as const)('holdsWord of the %s engine', name => {
  const engine = createEngine(name)
  const holds = (bytes: Uint8Array, length = bytes.length) => {
    engine.reserve(BASE + bytes.length)
    engine.memory.set(bytes, BASE)
    return engine.holdsWord(BASE, length, ...WANTED)
  }

  it('finds each of the words wherever it lies, and none that is not whole or not at a multiple of four', () => {
    const place = fc.record({ size: fc.nat(80), at: fc.nat(80), wanted: fc.constantFrom(...WANTED) })
    fc.assert(
      fc.property(place, ({ size, at, wanted }) => {
        // What lies after the range is no matter.
        const bytes = new Uint8Array(size + 84)
        new DataView(bytes.buffer).setInt32(at, wanted, true)
        const isThere = at % 4 === 0 && at + 4 <= size
        expect(holds(bytes, size)).toBe(isThere ? 1 : 0)
      }),
    )
  })

  it('says of any bytes what a look at each word says', () => {
    // Few bytes, so that the words come about by chance too.
    const byte = fc.constantFrom(0x02, 0xb0, 0xad, 0x1b)
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), fc.array(byte, { maxLength: 40 }), (start, rest) => {
        const bytes = Uint8Array.of(...start, ...rest)
        const view = new DataView(bytes.buffer)
        let isThere = false
        for (let at = 0; at + 4 <= bytes.length; at += 4) {
          isThere ||= WANTED.some(word => word === view.getInt32(at, true))
        }
        expect(holds(bytes)).toBe(isThere ? 1 : 0)
      }),
    )
  })
})
