/**
 * Compares what both engines read in real kernels with Xen's own readnotes, note by note:
 * `npm run test:real -- DIR`. DIR is a directory of kernels, such as `npm run fetch:kernels` makes; readnotes is
 * taken from there, from READNOTES, or from an installed xen-utils. It cannot read bzImages, so the payload is
 * unpacked by the command-line tool of its codec. Exits with 1 at the first image that differs.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Codec, Facts } from '../../src/facts/facts.ts'
import { createEngine } from '../../src/fleet/engines.ts'
import { openFile } from '../../src/source/node/file.ts'
import { walk } from '../../src/source/node/walk.ts'
import { readImage } from '../../src/unwrap/read-image.ts'
import { compareCodecs } from './codecs.ts'
import { asReadnotes } from './readnotes.ts'

const UNPACK: Record<Codec, string> = {
  gzip: 'gzip -dc',
  bzip2: 'bzip2 -dc',
  lzma: 'xz --format=lzma -dc',
  xz: 'xz --format=xz --single-stream -dc',
  lzo: 'lzop -dc',
  lz4: 'lz4 -dc',
  zstd: 'zstd -dc --long=31',
}

const directory = process.argv[2]
if (directory === undefined) {
  console.error('usage: npm run test:real -- DIR')
  process.exit(1)
}
const files = [...walk([directory])].filter(found => found.problem === undefined)

function findReadnotes(): string {
  const candidates = [process.env.READNOTES, ...files.map(found => found.address)]
  const found = candidates.find(path => path?.endsWith('/readnotes'))
  const installed = spawnSync('sh', ['-c', 'ls /usr/lib/xen-*/bin/readnotes'], { encoding: 'utf8' })
  const path = found ?? installed.stdout.split('\n', 1)[0]
  if (path !== undefined && path !== '') return path
  console.error('Cannot find readnotes: give its path in READNOTES, or fetch xen-utils-4.17')
  process.exit(1)
}

const readnotes = findReadnotes()
const libraries = [
  ...new Set(files.filter(found => found.address.includes('.so.')).map(found => dirname(found.address))),
]
const scratch = mkdtempSync(join(tmpdir(), 'xen-preflight-real-'))

/** The ELF inside, by the tools that everyone has. */
function unpackedPath(path: string, facts: Facts): string {
  const [outer, inner] = facts.layers
  if (outer === undefined) return path
  const bytes = readFileSync(path)
  const layer = outer.kind === 'stream' ? outer : inner
  if (layer?.kind !== 'stream') return path
  const tail = outer.kind === 'bzimage' && layer.codec !== 'gzip' ? 4 : 0
  writeFileSync(join(scratch, 'stream'), bytes.subarray(layer.offset, layer.offset + layer.length - tail))
  // From file to file: both are larger than any pipe.
  execFileSync('sh', ['-c', `${UNPACK[layer.codec]} < stream > vmlinux`], { cwd: scratch })
  return join(scratch, 'vmlinux')
}

function readByXen(path: string): string[] {
  const env = { ...process.env, LD_LIBRARY_PATH: libraries.join(':') }
  const { stdout } = spawnSync(readnotes, [path], { encoding: 'utf8', env })
  return stdout.split('\n').filter(line => line !== '')
}

let compared = 0
let codecs: string[] | undefined
let notes = 0
const engines = [createEngine('wasm'), createEngine('typescript')] as const
try {
  for (const { address: path } of files) {
    const lines: string[][] = []
    const records = new Set<string>()
    let facts: Facts | undefined
    for (const engine of engines) {
      const source = openFile(path)
      facts = readImage(engine, source).facts
      records.add(JSON.stringify(facts))
      source.close()
      if (facts.elf !== undefined) lines.push(asReadnotes(facts.elf))
    }
    if (records.size !== 1) {
      console.error(`${path}: the engines' records differ`)
      process.exitCode = 1
    }
    // Libraries and programs are ELF files too; a kernel has something to say to Xen.
    if (facts === undefined || lines[0] === undefined || lines[0].length === 0) continue
    const elf = unpackedPath(path, facts)
    const expected = readByXen(elf).join('\n')
    if (codecs === undefined && facts.kind === 'bzimage') codecs = await compareCodecs(elf, scratch, engines)
    for (const [index, actual] of lines.entries()) {
      if (actual.join('\n') === expected) continue
      console.error(`${path}: engine ${engines[index]!.name} differs from readnotes`)
      console.error(`readnotes:\n${expected}\n${engines[index]!.name}:\n${actual.join('\n')}`)
      process.exitCode = 1
    }
    compared++
    notes += lines[0].length
  }
} finally {
  rmSync(scratch, { recursive: true })
}
if (codecs !== undefined)
  console.log(`a real kernel in every codec: ${codecs.length === 0 ? 'no difference' : codecs.join('; ')}`)
console.log(`${compared} images, ${notes} notes compared with readnotes, by both engines`)
if (compared === 0 || (codecs !== undefined && codecs.length > 0)) process.exitCode = 1
