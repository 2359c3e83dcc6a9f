import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { scanBoth, sparse } from './elf-twins.ts'

const images = new URL('../../fixtures/vectors/images/', import.meta.url)

describe('the two engines', () => {
  it('write the same record for every image of the vectors, in windows and at once', () => {
    const names = readdirSync(images)
    expect(names.length).toBeGreaterThan(800)
    for (const name of names) {
      const source = sparse(readFileSync(new URL(name, images)))
      const { record, facts } = scanBoth(source)
      const whole = scanBoth(source, source.size, () => [0, source.size])
      expect(Buffer.compare(whole.record, record), name).toBe(0)
      expect(facts.cut, name).toBeUndefined()
    }
  })
})
