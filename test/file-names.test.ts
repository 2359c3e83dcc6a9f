import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

/** Paths of a folder of the source tree, such as `fixtures/inventory.yaml`. */
const paths = ['asm', 'bench', 'docs', 'fixtures', 'schema', 'src', 'test'].flatMap(folder =>
  readdirSync(fileURLToPath(new URL(`../${folder}`, import.meta.url)), { recursive: true }).map(
    name => `${folder}/${String(name).replaceAll('\\', '/')}`,
  ),
)

test('file names are the same on file systems that ignore case', () => {
  const seen = new Map<string, string>()
  const clashes = paths.filter(path => {
    const key = path.toLowerCase()
    const other = seen.get(key)
    seen.set(key, path)
    return other !== undefined
  })
  expect(clashes).toEqual([])
})

test('file names have characters that Windows and package registries take', () => {
  expect(paths.filter(path => !/^[A-Za-z0-9._+=/-]+$/.test(path))).toEqual([])
})
