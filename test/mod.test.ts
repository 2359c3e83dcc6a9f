import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8')

test('package.json and deno.json export the same, in the same version', () => {
  const node = JSON.parse(read('package.json'))
  const deno = JSON.parse(read('deno.json'))
  expect(deno.version).toBe(node.version)
  expect(Object.keys(deno.exports)).toEqual(
    Object.keys(node.exports).filter(name => name !== './package.json'),
  )
  expect(node.exports['.'].default).toBe(deno.exports['.'].replace('./src', './dist').replace('.ts', '.js'))
})
