/** Writes what bench/results.json says into README.md and docs/performance.md: `npm run bench:readme`. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { fillPage, performanceText, readmeText } from './published.ts'
import type { Results } from './results.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const results: Results = JSON.parse(readFileSync(join(root, 'bench/results.json'), 'utf8'))
const pages = { 'README.md': readmeText(results), 'docs/performance.md': performanceText(results) }
for (const [name, text] of Object.entries(pages)) {
  const path = join(root, name)
  const filled = fillPage(readFileSync(path, 'utf8'), text)
  if (filled === undefined) {
    process.stderr.write(`Cannot find the place for the measurements in ${name}: expected two bench marks\n`)
    process.exit(1)
  }
  writeFileSync(path, filled)
}
