/** Runs every `@example` of the source: a line `expression // value` has to be worth that value. */
import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import * as library from '../src/mod.ts'

const src = new URL('../src/', import.meta.url)

interface Example {
  file: string
  lines: string[]
}

function examplesOf(file: string): Example[] {
  const text = readFileSync(new URL(file, src), 'utf8')
  return [...text.matchAll(/ \* @example\n((?: \*.*\n)+?)(?= \*\/| \* @)/g)].map(([, body]) => ({
    file,
    lines: body!.split('\n').map(line => line.slice(3)),
  }))
}

const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter(file => file.endsWith('.ts'))
const examples = files.flatMap(examplesOf)

test('there are examples', () => expect(examples.length).toBeGreaterThanOrEqual(4))

test.each(examples)('$file', async ({ lines }) => {
  const facts = await sampleFacts()
  const code = lines
    .filter(line => !line.startsWith('import '))
    .map(line => {
      const [, expression, value] = line.match(/^(.*?) +\/\/ (.+)$/) ?? []
      return value === undefined ? line : `check(${expression}, ${value})`
    })
  let checked = 0
  const check = (actual: unknown, expected: unknown) => {
    checked++
    expect(actual).toEqual(expected)
  }
  const scope = { ...library, facts, check }
  const run = new Function(...Object.keys(scope), `return (async () => {\n${code.join('\n')}\n})()`)
  await run(...Object.values(scope))
  expect(checked).toBeGreaterThan(0)
})

async function sampleFacts() {
  const source = library.openFile('fixtures/catalogue/linux-3.12-pv')
  const { facts } = library.readImage(library.createEngine('wasm'), source)
  source.close()
  return facts
}
