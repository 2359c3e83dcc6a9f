/**
 * The toolstack model against the loaders that Debian ships, verdict by verdict and error line by error line:
 * `npm run test:libxenguest [-- [SERIES...] [IMAGE...]]`, all series by default. Debian only; needs gcc (library.ts).
 */
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { vectorSets } from '../../fixtures/vector-sets.ts'
import type { Facts } from '../../src/facts/facts.ts'
import { createEngine } from '../../src/fleet/engines.ts'
import { MemorySource } from '../../src/source/memory.ts'
import { readImage } from '../../src/unwrap/read-image.ts'
import { Judge, resolveTarget } from '../../src/xen/mod.ts'
import { isSeries, type Series, SUITES } from '../debian.ts'
import { askLibrary, fetchLibrary, type Said, work } from './library.ts'

/** What the library is not asked: it has a list of what the host offers. */
const OPTIONS = { build: { pv32: true }, origin: { builtBy: 'pkg-xen-devel@lists.alioth.debian.org' } }

/** The images by path: those of the vectors, of fixtures/, and those that are named. */
function imagePaths(): string[] {
  const paths = process.argv.slice(2).filter(word => !isSeries(word))
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

function askModel(version: string, facts: Facts, hvm: boolean): Said {
  const target = resolveTarget(version, OPTIONS)
  const release = { ...target, releases: target.releases.slice(0, 1) }
  const mode = hvm ? 'pvh-domU' : 'pv-domU'
  const { verdict, code, stage, log } = new Judge(facts, target.options).verdict(release, mode)
  // The library takes it as firmware, or goes on to build the domain, and knows nothing of how that will end.
  if (code === 'hvm-firmware' || stage === 'guest-type') return { verdict: 'accepts', lines: [] }
  // With the last line libxl ends, which is another library.
  return { verdict, lines: (log?.lines ?? []).filter(line => line !== 'xc_dom_parse_image failed') }
}

// xc_dom_malloc_filemap refuses an empty file by its path.
const paths = imagePaths().filter(path => statSync(path).size > 0)
const facts = paths.map(path => {
  const source = new MemorySource(new Uint8Array(readFileSync(path)))
  return readImage(engine, source, { verify: true }).facts
})
const asked = process.argv.slice(2).filter(isSeries)
let failed = false
for (const series of asked.length > 0 ? asked : (Object.keys(SUITES) as Series[])) {
  const library = fetchLibrary(series)
  let agreed = 0
  let open = 0
  const different: string[] = []
  for (const hvm of [false, true]) {
    for (const [index, theirs] of askLibrary(library, paths, hvm).entries()) {
      const path = paths[index]!
      const ours = askModel(library.version, facts[index]!, hvm)
      if (ours.verdict === 'uncertain') open++
      else if (JSON.stringify(ours) === JSON.stringify(theirs)) agreed++
      else {
        const name = `${path} (${hvm ? 'pvh' : 'pv'}-domU)`
        different.push(`${name}\n  model   ${JSON.stringify(ours)}\n  library ${JSON.stringify(theirs)}`)
      }
    }
  }
  for (const text of different) console.error(text)
  console.log(
    `${agreed} answers of libxenguest ${library.version} about ${paths.length} images agree, ${different.length} differ, ${open} are uncertain`,
  )
  failed ||= different.length > 0
}
if (failed) process.exitCode = 1
