// Builds the page that reads kernels in a browser into dist/web: one HTML file with everything in it, so that it also
// opens from the file system; a service worker, which keeps it for when there is no network; its icon and manifest.
import { createHash } from 'node:crypto'
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { rolldown } from 'rolldown'

const root = fileURLToPath(new URL('..', import.meta.url))
const web = join(root, 'src/web')
const dist = join(root, 'dist/web')
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

/** The formats of JSON Schema are in no schema of what the page reads: 2 KB of regular expressions. */
const schemasWithoutFormats = {
  name: 'schemas-without-formats',
  resolveId: (id, importer) =>
    id === './format.js' && importer?.includes('@cfworker/json-schema') ? '\0no-formats' : undefined,
  load: id => (id === '\0no-formats' ? 'export const format = {}' : undefined),
}

async function bundled(module, define = {}) {
  const bundle = await rolldown({
    input: join(web, module),
    platform: 'browser',
    tsconfig: false,
    transform: { define },
    plugins: [schemasWithoutFormats],
  })
  const { output } = await bundle.generate({ format: 'iife', minify: true, comments: false })
  await bundle.close()
  if (output.length > 1) throw new Error(`${module} is bundled into ${output.length} files, expected one`)
  return output[0].code.trim()
}

const text = path => readFileSync(join(root, path), 'utf8').replaceAll('\r\n', '\n')
const hash = source => `'sha256-${createHash('sha256').update(source).digest('base64')}'`

const worker = await bundled('worker/main.ts', {
  // What is in base64 hardly compresses any more.
  ENGINE: JSON.stringify(
    gzipSync(readFileSync(join(root, 'dist/engine.wasm')), { level: 9 }).toString('base64'),
  ),
  VERSION: JSON.stringify(version),
  // A package takes the worker's address for that of a document. Ours is no address that can be completed.
  'self.location': 'undefined',
})
if (worker.includes('date-time'))
  throw new Error('A schema in the page has a format, which nothing there checks')
const script = await bundled('main.ts')
const style = ['src/page/tokens.css', 'src/page/base.css', 'src/web/web.css'].map(text).join('\n')
for (const [what, source] of Object.entries({ script, style })) {
  if (/<\/(?:script|style)|<!--/i.test(source))
    throw new Error(`Cannot inline the ${what}: it would end its element`)
}

// The report that the page makes opens in a tab of its own, which has the policy of the page: its script and styles are
// named here too, as .ci/page.mjs has left them.
const report = JSON.parse(text('dist/web/report-hashes.json'))
/** Nothing is asked of the network: not by the page, nor by its workers, which have its policy. */
const policy = [
  "default-src 'none'",
  "connect-src 'none'",
  `script-src ${hash(script)} ${report.scriptHash} 'wasm-unsafe-eval'`,
  `style-src ${hash(style)} ${report.styleHash}`,
  "worker-src 'self' blob:",
  "img-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ')

/** What stands in the page for what was built. */
const places = {
  'content="policy"': `content="${policy}"`,
  '/* style */': style,
  '/* script */': script,
  VERSION: version,
  '"worker"</script>': `${JSON.stringify(worker).replaceAll('<', '\\u003c')}</script>`,
}
let page = text('src/web/index.html')
for (const [place, built] of Object.entries(places)) {
  if (!page.includes(place)) throw new Error(`src/web/index.html has no ${place}`)
  page = page.replace(place, () => built)
}

rmSync(dist, { recursive: true, force: true })
mkdirSync(dist, { recursive: true })
writeFileSync(join(dist, 'index.html'), page)
const extras = ['icon.svg', 'manifest.webmanifest']
for (const name of extras) cpSync(join(web, name), join(dist, name))

const digest = createHash('sha256').update(page)
for (const name of extras) digest.update(readFileSync(join(dist, name)))
const offline = text('src/web/offline.js')
  .replace("'version'", () => JSON.stringify(digest.digest('hex').slice(0, 16)))
  .replace("['files']", () => JSON.stringify(['./', 'index.html', ...extras]))
writeFileSync(join(dist, 'sw.js'), offline)

/** All that a visitor loads, in bytes after gzip. A change that needs more says so here. */
const BUDGET = 375_000
const size = ['index.html', 'sw.js', ...extras]
  .map(name => gzipSync(readFileSync(join(dist, name)), { level: 9 }).length)
  .reduce((sum, bytes) => sum + bytes)
if (size > BUDGET) throw new Error(`The page has ${size} bytes after gzip, its budget is ${BUDGET}`)
process.stderr.write(`web: ${size} bytes after gzip, of ${BUDGET}\n`)
