// Bundles the script and the styles of the HTML report into src/report/html/page-assets.ts, as strings, with the
// hashes by which the report's content security policy names them. The report then needs no file beside it, be
// it run from src/, from dist/ or out of a bundle.
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

const page = fileURLToPath(new URL('../src/page/', import.meta.url))
const assets = fileURLToPath(new URL('../src/report/html/page-assets.ts', import.meta.url))
const styles = ['tokens', 'base', 'sections', 'matrix', 'panel', 'print']

const bundle = await rolldown({ input: `${page}main.ts`, tsconfig: false })
const { output } = await bundle.generate({ format: 'iife', minify: true, comments: false })
await bundle.close()

// A browser reads CR LF as LF before it takes the hash.
const text = source => source.replaceAll('\r\n', '\n')
const script = text(output[0].code)
const style = styles.map(name => text(readFileSync(`${page}${name}.css`, 'utf8'))).join('\n')
for (const [what, source] of Object.entries({ script, style })) {
  if (/<\/(?:script|style)|<!--/i.test(source))
    throw new Error(`Cannot inline the ${what}: it would end its element`)
}

const web = fileURLToPath(new URL('../dist/web/', import.meta.url))
const hash = source => `'sha256-${createHash('sha256').update(source).digest('base64')}'`
const hashes = { scriptHash: hash(script), styleHash: hash(style) }
const constants = { script, style, ...hashes }
writeFileSync(
  assets,
  `// Made by .ci/page.mjs.
${Object.entries(constants)
  .map(([name, value]) => `export const ${name}: string = ${JSON.stringify(value)}\n`)
  .join('')}`,
)
// For .ci/web.mjs: the page that opens the report has to let its script and styles run.
mkdirSync(web, { recursive: true })
writeFileSync(`${web}report-hashes.json`, JSON.stringify(hashes))
