// Bundles the command and the library into dist/, each module once: what starts often should open few files. Chunks lie
// in dist/ itself, beside the worker, which is found from there.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

const root = fileURLToPath(new URL('..', import.meta.url))
const dist = join(root, 'dist')
/** The modules that package.json exports, by their names in it. */
const ENTRIES = {
  mod: 'mod',
  core: 'core',
  facts: 'facts/mod',
  xen: 'xen/mod',
  inventory: 'inventory/mod',
  report: 'report/mod',
}

/** commander loads it, and would use it for a kind of command that we have none of: 5 ms of every start. */
const lazyChildProcess = {
  name: 'lazy-child-process',
  resolveId: (id, importer) =>
    id === 'node:child_process' && importer?.includes('/commander/') ? '\0lazy-child-process' : undefined,
  load: id =>
    id === '\0lazy-child-process'
      ? "export const spawn = (...args) => process.getBuiltinModule('node:child_process').spawn(...args)"
      : undefined,
}

/** The build for browsers knows no files: no template can read one. */
const liquidWithoutFiles = {
  name: 'liquid-without-files',
  resolveId: id =>
    id === 'liquidjs' ? join(root, 'node_modules/liquidjs/dist/liquid.browser.mjs') : undefined,
}

/** V8 decodes and keeps a file of one byte a character faster, and all that is loaded has a few others somewhere. */
const asciiAlone = {
  name: 'ascii-alone',
  // The last hook: what comes before it prints characters as they are.
  generateBundle(_, files) {
    for (const file of Object.values(files)) {
      if (file.type === 'chunk') file.code = file.code.replace(/[^\0-\x7f]/g, escaped)
    }
  },
}
const escaped = unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`

const bundle = await rolldown({
  input: {
    'cli/main': join(root, 'src/cli/main.ts'),
    worker: join(root, 'src/fleet/worker.ts'),
    'repair-worker': join(root, 'src/fleet/repair/repair-worker.ts'),
    'remote-thread': join(root, 'src/source/remote/remote-thread.ts'),
    ...Object.fromEntries(
      Object.entries(ENTRIES).map(([name, module]) => [name, join(root, `src/${module}.ts`)]),
    ),
  },
  platform: 'node',
  // Of who uses a queue: not in the bundle, nor installed with it.
  external: ['bullmq', 'ioredis'],
  tsconfig: false,
  plugins: [lazyChildProcess, liquidWithoutFiles, asciiAlone],
})
const { output } = await bundle.write({
  dir: dist,
  format: 'esm',
  // Few files, a chunk for what is needed together: to open and to compile one costs half a millisecond.
  codeSplitting: {
    groups: [
      // For --version.
      { name: 'package-file', test: /src\/(source\/node\/package-file|cli\/version)\b/, priority: 2 },
      // What facts are printed with; the loaders themselves are for those who ask them.
      { name: 'reasons', test: /src\/xen\/reason-text\b/, priority: 2 },
      {
        name: 'read',
        test: /src\/(problem|source(?!\/(?:remote|node)\/)|engine|facts|unwrap|record|document\/tree)\b/,
        priority: 1,
      },
      // What a scan takes of the core beside that; each group takes along what it imports, and the core imports no I/O.
      {
        name: 'policy',
        test: /src\/(findings\/(scan-policy|ignore|kernel-filter)|report\/scan\/(entry|json|ndjson)|xen\/boot-mode|containers\/(budget|crc32c)|inventory\/columns|document\/(printable|nearest|problem))\b/,
        priority: 1,
      },
      {
        name: 'fleet',
        test: /src\/((fleet\/(scan-files|journal|part|facts-file)|source\/remote\/(reference|locators|options))\.ts|source\/node\/)/,
        priority: 1,
      },
      { name: 'scan', test: /src\/cli\/commands\/scan\b/ },
    ],
  },
  // Types have them.
  comments: { jsdoc: false },
  entryFileNames: '[name].js',
  chunkFileNames: '[name]-[hash].js',
})
await bundle.close()

// One file of CommonJS: a thread that shares modules with the others starts 20 ms later.
const thread = await rolldown({
  input: join(root, 'src/fleet/ahead/ahead-thread.ts'),
  platform: 'node',
  tsconfig: false,
  plugins: [asciiAlone],
})
await thread.write({
  file: join(dist, 'ahead-thread.cjs'),
  format: 'cjs',
  codeSplitting: false,
  comments: { jsdoc: false },
})
await thread.close()

checkCore()
checkStart()

/** The chunks that are loaded with `file`, which is one of them. */
function loadedWith(file) {
  const reached = new Set([file])
  for (const name of reached) {
    for (const imported of output.find(({ fileName }) => fileName === name)?.imports ?? [])
      reached.add(imported)
  }
  return reached
}

/** `--version` loads next to nothing: a chunk of a command would cost it more than Node's own start. */
function checkStart() {
  const chunks = output.filter(({ fileName }) => loadedWith('cli/main.js').has(fileName))
  const size = chunks.reduce((sum, { code }) => sum + code.length, 0)
  const limit = 10_000
  if (size > limit)
    throw new Error(`Cannot bundle cli/main: it loads ${size} bytes at its start, limit is ${limit}`)
}

/** Whoever imports what does no I/O gets no module of the runtime with it. */
function checkCore() {
  const chunks = new Map(output.map(chunk => [chunk.fileName, chunk]))
  for (const name of Object.keys(ENTRIES).filter(name => name !== 'mod')) {
    for (const file of loadedWith(`${name}.js`)) {
      const isInterop = file.startsWith('rolldown-runtime')
      const imported = chunks.get(file)?.imports.find(module => module.startsWith('node:'))
      if (imported !== undefined && !isInterop) {
        throw new Error(`Cannot bundle ${name}: ${file} imports ${imported}`)
      }
    }
  }
}

/** The packages that are in the bundle: their licences want to be with it. */
const packages = new Set(
  output
    .flatMap(({ moduleIds = [] }) => moduleIds)
    .map(id => /^(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(id.replaceAll('\\', '/'))?.[1])
    .filter(directory => directory !== undefined && existsSync(directory)),
)
const licences = [...packages].sort().map(directory => {
  const { name, version, license } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'))
  const file = readdirSync(directory).find(entry => /^licen[cs]e/i.test(entry))
  const text = file === undefined ? '' : `\n${readFileSync(join(directory, file), 'utf8').trim()}\n`
  return `${name} ${version}: ${license}\n${text}`
})
writeFileSync(join(root, 'dist/LICENSES-bundled.txt'), licences.join('\n----\n\n'))
