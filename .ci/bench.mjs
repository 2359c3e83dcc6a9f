// Bundles the benchmark against src/ and runs it on Node: what is measured is the code as it is now.
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

const root = fileURLToPath(new URL('..', import.meta.url))
const [program = 'main', ...args] = process.argv.slice(2)

const bundle = await rolldown({
  input: Object.fromEntries(
    ['main', 'probe', 'peak', 'readme'].map(name => [name, `${root}bench/${name}.ts`]),
  ),
  platform: 'node',
  external: /^[^./]/,
  tsconfig: false,
})
await bundle.write({ dir: `${root}dist/bench`, format: 'esm' })
await bundle.close()
process.argv.splice(2, Number.POSITIVE_INFINITY, ...args)
await import(`${root}dist/bench/${program}.js`)
