/**
 * The cost model of a large catalogue: `npm run bench:scale [-- --images 1e6 --machines 8 …]` prints it with other parameters,
 * each by its name in bench/scale-model.ts; `--write` puts the one with the defaults into docs/scale.md.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { fillPage } from './published.ts'
import { DEFAULTS, type ScaleParameters } from './scale-model.ts'
import { scaleText } from './scale-text.ts'

const PAGE = fileURLToPath(new URL('../docs/scale.md', import.meta.url))
const names = Object.keys(DEFAULTS) as (keyof ScaleParameters)[]

const { values } = parseArgs({
  options: {
    write: { type: 'boolean', default: false },
    ...Object.fromEntries(names.map(name => [name, { type: 'string' as const }])),
  },
})
const given = values as Readonly<Record<string, string | boolean | undefined>>
const parameters = { ...DEFAULTS }
for (const name of names) {
  const text = given[name]
  if (text === undefined) continue
  const value = Number(text)
  if (!Number.isFinite(value) || value < 0) {
    console.error(`Cannot take ${text} for ${name}: expected a number from 0 on`)
    process.exit(1)
  }
  parameters[name] = value
}
if (given.write === true) {
  const page = fillPage(readFileSync(PAGE, 'utf8'), scaleText(DEFAULTS))
  if (page === undefined) {
    console.error('Cannot find the place for the model in docs/scale.md: expected two bench marks')
    process.exit(1)
  }
  writeFileSync(PAGE, page)
} else console.log(scaleText(parameters))
