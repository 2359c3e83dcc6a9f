import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { STATE } from '../../src/engine/memory.ts'
import { ENTRIES } from '../../src/engine/record.ts'
import { SOUND } from './elf-image.ts'
import { mutants, mutate, numRuns } from './elf-mutants.ts'
import { type Cut, engines, scanBoth, scanWith, sparse } from './elf-twins.ts'

/** Windows that bring more than was asked for: up to some bytes before, up to some behind. */
const cuts = fc.record({ before: fc.nat(5000), behind: fc.nat(70000) }).map(
  ({ before, behind }): Cut =>
    (start, end) => [Math.max(0, start - before), end + behind],
)

const images = Object.values(SOUND)

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
