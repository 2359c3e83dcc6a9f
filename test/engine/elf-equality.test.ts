import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { STATE } from '../../src/engine/memory.ts'
import { ENTRIES } from '../../src/engine/record.ts'
import { SOUND } from './elf-image.ts'
import { type Cut, engines, scanBoth, scanWith, sparse } from './elf-twins.ts'

/** A few hundred in the everyday run; XEN_PREFLIGHT_RUNS=100000 for the long one. */
const numRuns = Number(process.env.XEN_PREFLIGHT_RUNS ?? 400)

const images = Object.values(SOUND)

/** Values at which a check may be off by one, or a sum wrap. */
const edgy = fc.oneof(
  fc.constantFrom(0n, 1n, 3n, 4n, 7n, 12n, 16n, 40n, 52n, 56n, 64n, 4095n, 4096n, 4097n),
  fc.constantFrom(0x7fffffffn, 0x80000000n, 0xfffffff4n, 0xfffffffcn, 0xfffffffdn, 0xffffffffn, 0x100000000n),
  fc.constantFrom(1n << 52n, 1n << 53n, 1n << 63n, (1n << 64n) - 12n, (1n << 64n) - 1n),
  fc.bigInt({ min: 0n, max: 1200n }),
  fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }),
)

/** Where a change tells the most: the headers, and the words around. */
const change = fc.record({
  at: fc.oneof(fc.integer({ min: 4, max: 240 }), fc.integer({ min: 0, max: 1200 })),
  length: fc.constantFrom(1, 2, 4, 8),
  value: edgy,
})

interface Mutant {
  image: Uint8Array
  changes: { at: number; length: number; value: bigint }[]
  cut: number
  junk: number
}

const mutants = fc.record({
  image: fc.constantFrom(...images),
  changes: fc.array(change, { maxLength: 6 }),
  cut: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(1200) }),
  junk: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(9000) }),
})

function mutate({ image, changes, cut, junk }: Mutant): Uint8Array {
  const bytes = new Uint8Array(Math.max(0, image.length - cut) + junk)
  bytes.set(image.subarray(0, bytes.length - junk))
  // Bytes without a NUL, so that strings run on.
  bytes.fill(0x78, bytes.length - junk)
  for (const { at, length, value } of changes) {
    for (let index = 0; index < length && at + index < bytes.length; index++) {
      bytes[at + index] = Number((value >> BigInt(8 * index)) & 0xffn)
    }
  }
  return bytes
}

/** Windows that bring more than was asked for: up to some bytes before, up to some behind. */
const cuts = fc.record({ before: fc.nat(5000), behind: fc.nat(70000) }).map(
  ({ before, behind }): Cut =>
    (start, end) => [Math.max(0, start - before), end + behind],
)

describe('the two engines', () => {
  it.each(Object.entries(SOUND))('write the same record for the sound image %s', (_, image) => {
    expect(scanBoth(sparse(image)).record.length).toBeGreaterThan(ENTRIES)
  })

  it('write the same record for mutated images', () => {
    fc.assert(
      fc.property(mutants, mutant => {
        scanBoth(sparse(mutate(mutant)))
      }),
      { numRuns },
    )
  })

  it('write the same record when the image ends before its size', () => {
    fc.assert(
      fc.property(mutants, fc.nat(20000), (mutant, missing) => {
        const bytes = mutate(mutant)
        const { facts } = scanBoth(sparse(bytes), bytes.length + missing)
        if (facts.cut !== undefined) expect(facts.cut).toBeLessThan(bytes.length + missing)
      }),
      { numRuns },
    )
  })

  it('write one record, however the image is split into windows', () => {
    fc.assert(
      fc.property(mutants, cuts, (mutant, cut) => {
        const source = sparse(mutate(mutant))
        const { record, asked } = scanBoth(source)
        const other = scanBoth(source, source.size, cut)
        expect(Buffer.compare(other.record, record)).toBe(0)
        expect(other.asked.length).toBeLessThanOrEqual(asked.length)
      }),
      { numRuns },
    )
  })

  it('leave alone what is not theirs in memory', () => {
    for (const engine of engines) {
      engine.memory.fill(0xa5, STATE, STATE + 65536)
      for (const image of images) scanWith(engine, sparse(image))
      expect(engine.memory.subarray(STATE, STATE + 65536).every(byte => byte === 0xa5)).toBe(true)
    }
  })
})
