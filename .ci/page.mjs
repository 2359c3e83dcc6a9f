// Bundles the script and the styles of the HTML report into src/report/html/page-assets.ts, as strings, with the
// hashes by which the report's content security policy names them. The report then needs no file beside it, be
// it run from src/, from dist/ or out of a bundle.
import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
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

const hash = source => `'sha256-${createHash('sha256').update(source).digest('base64')}'`
writeFileSync(
  assets,
  `// Made by .ci/page.mjs.
export const script: string = ${JSON.stringify(script)}
export const style: string = ${JSON.stringify(style)}
export const scriptHash: string = "${hash(script)}"
export const styleHash: string = "${hash(style)}"
`,
)
