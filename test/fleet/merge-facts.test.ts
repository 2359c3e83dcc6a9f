import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { mergeFacts } from '../../src/fleet/merge-facts.ts'
import { walkKey } from '../../src/record/key.ts'
import { scratchDirectory } from '../scratch.ts'

const scratch = scratchDirectory()

const lineOf = (image: string) => JSON.stringify({ image })
const byWalk = (a: string, b: string) => (walkKey(a) < walkKey(b) ? -1 : walkKey(a) > walkKey(b) ? 1 : 0)

test('any number of sorted files becomes one sorted file, each image once', () => {
  const image = fc.string({ unit: fc.constantFrom('a', 'b', '/', '.'), minLength: 1, maxLength: 6 })
  fc.assert(
    fc.property(fc.array(fc.uniqueArray(image, { maxLength: 8 }), { minLength: 4, maxLength: 12 }), runs => {
      const files = runs.map((images, index) => {
        const file = join(scratch.path, String(index))
        writeFileSync(
          file,
          images
            .toSorted(byWalk)
            .map(image => `${lineOf(image)}\n`)
            .join(''),
        )
        return file
      })
      const merged = Buffer.concat([...mergeFacts(files, () => {})]).toString()
      const images = [...new Set(runs.flat())].sort(byWalk)
      expect(merged).toBe(images.map(image => `${lineOf(image)}\n`).join(''))
    }),
  )
})
