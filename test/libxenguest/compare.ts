/**
 * The toolstack model against the loader that Debian ships, verdict by verdict and error line by error line:
 * `npm run test:libxenguest [-- IMAGE...]`. Fetches libxenguest with apt-get, unpacks it outside of the repository, and
 * builds parse.c against it. Debian only; needs gcc.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { vectorSets } from '../../fixtures/vector-sets.ts'
import { createEngine } from '../../src/fleet/engines.ts'
import { MemorySource } from '../../src/source/memory.ts'
import { readImage } from '../../src/unwrap/read-image.ts'
import { Judge, resolveTarget } from '../../src/xen/mod.ts'
import { withoutPrefixes } from '../../src/xen/why.ts'

const SERIES = '4.17'
const LIBRARIES = [
  'libxencall1',
  'libxendevicemodel1',
  'libxenevtchn1',
  'libxenforeignmemory1',
  'libxengnttab1',
  'libxenhypfs1',
  'libxenstore4',
  'libxentoolcore1',
  'libxentoollog1',
]
const PACKAGES = [`libxenmisc${SERIES}`, 'libxen-dev', ...LIBRARIES]
/** What Debian builds its toolstack without, and what it picked from later releases. */
const BUILD = {
  build: { pv: true, pv32: true, decoders: { bzip2: false, lzo: false, lzma: true, xz: true, zstd: true } },
  gates: { 'xz-memory-limit': 256 },
}

const work = mkdtempSync(join(tmpdir(), 'libxenguest-'))
execFileSync('apt-get', ['download', '-qq', ...PACKAGES], {
  cwd: work,
  stdio: ['ignore', 'ignore', 'inherit'],
})
for (const name of readdirSync(work))
  if (name.endsWith('.deb')) execFileSync('dpkg', ['-x', name, 'root'], { cwd: work })
const version = execFileSync('sh', ['-c', `ls | sed -n 's/^libxenmisc${SERIES}_\\([0-9.]*\\).*/\\1/p'`], {
  cwd: work,
})
  .toString()
  .trim()
const libraries = join(work, 'root/usr/lib/x86_64-linux-gnu')
const program = join(work, 'parse')
const source = fileURLToPath(new URL('parse.c', import.meta.url))
execFileSync('gcc', [
  '-Wall',
  `-I${work}/root/usr/include`,
  '-o',
  program,
  source,
  `-L${libraries}`,
  '-lxenguest',
  '-lxenctrl',
  '-lxentoollog',
  `-Wl,-rpath-link,${libraries}`,
])

/** The images by path: those of the vectors, of fixtures/, and those that are named. */
function imagePaths(): string[] {
  const paths: string[] = process.argv.slice(2)
  for (const [index, load] of Object.values(vectorSets).entries()) {
    const folder = join(work, `set-${index}`)
    mkdirSync(folder)
    for (const [name, bytes] of load().images) {
      paths.push(join(folder, name))
      writeFileSync(join(folder, name), bytes)
    }
  }
  const fixtures = fileURLToPath(new URL('../../fixtures/', import.meta.url))
  for (const folder of ['catalogue', 'codecs', 'broken']) {
    for (const name of readdirSync(join(fixtures, folder))) paths.push(join(fixtures, folder, name))
  }
  return paths
}

interface Said {
  verdict: string
  lines: string[]
}

/** What the library says of each image. */
function askLibrary(paths: readonly string[], hvm: boolean): Said[] {
  const [input, output] = [join(work, 'paths'), join(work, 'answers')]
  writeFileSync(input, `${paths.join('\n')}\n`)
  // Through files: Deno's spawnSync writes all of stdin before it reads stdout, and hangs on full pipes.
  spawnSync('sh', ['-c', '"$1" $2 < "$3" > "$4"', 'sh', program, hvm ? 'hvm' : '', input, output], {
    env: { ...process.env, LD_LIBRARY_PATH: libraries },
  })
  const stdout = readFileSync(output, 'latin1')
  const said: Said[] = []
  let lines: string[] = []
  for (const line of stdout.split('\n')) {
    if (line.startsWith('log ')) lines.push(textOf(line.slice(4)))
    else if (/^(ok|fail)/.test(line)) {
      // Of a kernel that is taken the model has no log.
      said.push(line.startsWith('ok') ? { verdict: 'accepts', lines: [] } : { verdict: 'refuses', lines })
      lines = []
    }
  }
  return said
}

/** A line without its place in the source and the words for its error. */
const textOf = (line: string) => withoutPrefixes(line).replace(/: (Invalid kernel|Internal error)$/, '')

const engine = createEngine('typescript')

function askModel(bytes: Uint8Array, hvm: boolean): Said {
  const { facts } = readImage(engine, new MemorySource(bytes), { verify: true })
  const target = resolveTarget(version, BUILD)
  const { verdict, code, log } = new Judge(facts, target.options).verdict(
    target,
    hvm ? 'pvh-domU' : 'pv-domU',
  )
  // The library takes it as firmware, and knows nothing of how it will end.
  const said = code === 'hvm-firmware' ? 'accepts' : verdict
  // With the last line libxl ends, which is another library.
  return { verdict: said, lines: (log?.lines ?? []).filter(line => line !== 'xc_dom_parse_image failed') }
}

const paths = imagePaths()
let agreed = 0
let open = 0
const different: string[] = []
for (const hvm of [false, true]) {
  for (const [index, theirs] of askLibrary(paths, hvm).entries()) {
    const path = paths[index]!
    const bytes = new Uint8Array(readFileSync(path))
    // xc_dom_malloc_filemap refuses an empty file by its path.
    if (bytes.length === 0) continue
    const ours = askModel(bytes, hvm)
    if (ours.verdict === 'uncertain') open++
    else if (JSON.stringify(ours) === JSON.stringify(theirs)) agreed++
    else
      different.push(
        `${path} (${hvm ? 'pvh' : 'pv'}-domU)\n  model   ${JSON.stringify(ours)}\n  library ${JSON.stringify(theirs)}`,
      )
  }
}
for (const text of different) console.error(text)
console.log(
  `${agreed} answers of libxenguest ${version} agree, ${different.length} differ, ${open} are uncertain`,
)
process.exitCode = different.length > 0 ? 1 : 0
