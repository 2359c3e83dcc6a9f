import { describe, expect, it } from 'vitest'
import { vectorSets } from '../../fixtures/vector-sets.ts'
import { scanBoth, sparse } from './elf-twins.ts'

describe('the two engines', () => {
  it.each(Object.keys(vectorSets))(
    'write the same record for every image of %s, in windows and at once',
    name => {
      const { images } = vectorSets[name]!()
      expect(images.size).toBeGreaterThan(800)
      for (const [file, bytes] of images) {
        const source = sparse(bytes)
        const { record, facts } = scanBoth(source)
        const whole = scanBoth(source, source.size, () => [0, source.size])
        expect(Buffer.compare(whole.record, record), file).toBe(0)
        expect(facts.cut, file).toBeUndefined()
      }
    },
  )
})
