import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import * as library from '../src/mod.ts'

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8')

test('the example at the head of the library does what it says', async () => {
  const { createEngine, FileSource, judge, readImage, resolveTarget } = library
  const source = new FileSource('fixtures/catalogue/linux-3.13-pvh')
  const { facts } = await readImage(createEngine('wasm'), source)
  source.close()
  const { verdict, reason } = judge(facts, resolveTarget('4.1.6.1'), 'pv-domU')
  expect(verdict).toBe('refuses')
  expect(reason).toContain('FEATURES names hvm_callback_vector')
})

test('the example stands in the source as it is tested here', () => {
  const body = read('test/mod.test.ts')
  const example = read('src/mod.ts').match(/^ \* (?:const|source\.).*$/gm)!
  for (const line of example) expect(body).toContain(line.slice(3))
  expect(example.length).toBe(4)
})

test('package.json and deno.json export the same, in the same version', () => {
  const node = JSON.parse(read('package.json'))
  const deno = JSON.parse(read('deno.json'))
  expect(deno.version).toBe(node.version)
  expect(Object.keys(deno.exports)).toEqual(
    Object.keys(node.exports).filter(name => name !== './package.json'),
  )
  expect(node.exports['.'].default).toBe(deno.exports['.'].replace('./src', './dist').replace('.ts', '.js'))
})
