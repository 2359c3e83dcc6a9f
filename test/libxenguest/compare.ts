/**
 * The toolstack model against the loader that Debian ships, verdict by verdict and error line by error line:
 * `npm run test:libxenguest [-- IMAGE...]`. Debian only; needs gcc (library.ts).
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { vectorSets } from '../../fixtures/vector-sets.ts'
import { createEngine } from '../../src/fleet/engines.ts'
import { MemorySource } from '../../src/source/memory.ts'
import { readImage } from '../../src/unwrap/read-image.ts'
import { Judge, resolveTarget } from '../../src/xen/mod.ts'
import { askLibrary, type Said, version, work } from './library.ts'

/** What Debian builds its toolstack without, and what it picked from later releases. */
const BUILD = {
  build: { pv: true, pv32: true, decoders: { bzip2: false, lzo: false, lzma: true, xz: true, zstd: true } },
  gates: { 'xz-memory-limit': 256 },
}

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
