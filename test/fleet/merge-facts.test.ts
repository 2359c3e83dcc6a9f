import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Conflict, mergeFacts } from '../../src/fleet/merge-facts.ts'
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

const merge = (...files: (string | Buffer)[]): string => {
  const paths = files.map((bytes, index) => {
    const path = join(scratch.path, `file-${index}`)
    writeFileSync(path, bytes)
    return path
  })
  const conflicts: Conflict[] = []
  const merged = Buffer.concat([...mergeFacts(paths, conflict => conflicts.push(conflict))]).toString()
  for (const { kept, dropped } of conflicts) expect(kept.file).not.toBe(dropped.file)
  return `${merged}${conflicts.length > 0 ? `${conflicts.length} conflicts` : ''}`
}

test.each([
  ['an empty file', [`${lineOf('b')}\n`, '', `${lineOf('a')}\n`], `${lineOf('a')}\n${lineOf('b')}\n`],
  ['no line end at the end', [lineOf('b'), lineOf('a')], `${lineOf('a')}\n${lineOf('b')}\n`],
  ['blank lines', [`\n${lineOf('a')}\n\n${lineOf('b')}\n \n`], `${lineOf('a')}\n${lineOf('b')}\n`],
  ['names in UTF-8', [`${lineOf('é/1')}\n`, `${lineOf('é')}\n`], `${lineOf('é')}\n${lineOf('é/1')}\n`],
  [
    'a name of 600 characters',
    [`${lineOf('b')}\n`, `${lineOf('a'.repeat(600))}\n`],
    `${lineOf('a'.repeat(600))}\n${lineOf('b')}\n`,
  ],
  // JSON.parse takes the last of two members.
  [
    'two members of one name',
    ['{"image":"a","image":"c"}\n{"image":"d"}\n', `${lineOf('b')}\n`],
    `${lineOf('b')}\n{"image":"a","image":"c"}\n${lineOf('d')}\n`,
  ],
  [
    'a name with escapes',
    ['{"image":"\\u0063"}\n', `${lineOf('b')}\n`],
    `${lineOf('b')}\n{"image":"\\u0063"}\n`,
  ],
  [
    'another member first',
    ['{"kind":"elf","image":"b"}\n', `${lineOf('a')}\n`],
    `${lineOf('a')}\n{"kind":"elf","image":"b"}\n`,
  ],
  ['equal lines', [`${lineOf('a')}\n`, `${lineOf('a')}\n`], `${lineOf('a')}\n`],
  [
    'different records of one image',
    ['{"image":"a","x":2}\n', '{"image":"a","x":1}\n'],
    '{"image":"a","x":1}\n1 conflicts',
  ],
] as [string, string[], string][])('%s', (_, files, merged) => {
  expect(merge(...files)).toBe(merged)
})

test('lines longer than what is written at once, and what is equal to a line that was written', () => {
  const long = JSON.stringify({ image: 'b', x: 'y'.repeat(300_000) })
  const other = JSON.stringify({ image: 'b', x: `${'y'.repeat(299_999)}z` })
  expect(merge(`${lineOf('a')}\n${long}\n`, `${long}\n${lineOf('c')}\n`)).toBe(
    `${lineOf('a')}\n${long}\n${lineOf('c')}\n`,
  )
  expect(merge(`${long}\n`, `${other}\n`)).toBe(`${long}\n1 conflicts`)
})
