// Brings a bare clone to the state in which it runs: dependencies installed, dist/ built.
// Does nothing where both are up to date. Needs only Node and npm.
import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
process.chdir(root)

const modified = path => (existsSync(path) ? statSync(path).mtimeMs : 0)
const newest = directories =>
  Math.max(
    ...directories.flatMap(directory =>
      readdirSync(directory, { recursive: true }).map(name => modified(join(directory, name))),
    ),
  )
const run = (command, ...args) => {
  process.stderr.write(`setup: ${command} ${args.join(' ')}\n`)
  // npm's and the compilers' own words go to stderr: stdout belongs to the command that follows.
  execFileSync(command, args, { stdio: ['ignore', 2, 2], shell: process.platform === 'win32' })
}

const lock = 'package-lock.json'
const installed = join('node_modules', '.package-lock.json')
if (modified(installed) < modified(lock) || !existsSync(join('node_modules', '.bin', 'tsc'))) {
  run('npm', 'ci', '--no-audit', '--no-fund')
}

const inputs = Math.max(newest(['src', 'asm']), modified('package.json'), modified('tsconfig.json'))
const outputs = Math.min(
  ...['dist/engine.wasm', 'dist/cli/main.js', 'src/report/html/page-assets.ts', 'dist/web/index.html'].map(
    modified,
  ),
)
if (process.argv.includes('--build') || outputs < inputs) {
  rmSync('dist', { recursive: true, force: true })
  const bin = name => join('node_modules', '.bin', name)
  // Before the compiler: it makes a module of src/.
  run('node', '.ci/page.mjs')
  run(bin('tsc'), '--emitDeclarationOnly')
  run('node', '.ci/bundle.mjs')
  run(bin('asc'), '--config', 'asm/asconfig.json')
  // After the engine, which is in it.
  run('node', '.ci/web.mjs')
  chmodSync('dist/cli/main.js', 0o755)
}
