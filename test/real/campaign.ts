/**
 * Reads changed images by both engines and compares their records: `npm run test:campaign -- [DIR] [--small N]
 * [--large N] [--seed S]`. The small ones are those of fixtures/codecs. The large ones are made from a kernel of DIR,
 * packed by every codec's command-line tool; cheap codecs get more of them, as SHARES says. A difference, or an error
 * that is no problem of the image, ends with exit code 1 and the seed that shows it again.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findImages, prepareKernel } from '../../bench/kernel.ts'
import { createEngine } from '../../src/fleet/engines.ts'
import { MemorySource } from '../../src/source/memory.ts'
import { readImage } from '../../src/unwrap/read-image.ts'
import { random } from '../random.ts'

/** Of a hundred large images: the time that both engines take for one differs by three orders of magnitude. */
const SHARES: Record<string, number> = { lz4: 45, lzo: 45, gzip: 4, zstd: 3, xz: 1, lzma: 1, bzip2: 1 }
const FIXTURES = 'fixtures/codecs'
const MAX_CHANGES = 6
/** Headers of formats lie in the first bytes: half of the changes are there. */
const HEAD = 2048
const REPORT_EVERY_MS = 30_000

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    small: { type: 'string', default: '100000' },
    large: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
  },
})

/** Changes some bytes of the image, calls `read`, and puts the old bytes back. Some images are cut. */
function withChanges(image: Uint8Array, seed: number, read: (bytes: Uint8Array) => void): void {
  const next = random(seed)
  const old: [position: number, byte: number][] = []
  for (let left = 1 + (next() % MAX_CHANGES); left > 0; left--) {
    const position = next() % (next() % 2 === 0 ? Math.min(HEAD, image.length) : image.length)
    old.push([position, image[position]!])
    image[position] = next() % 2 === 0 ? image[position]! ^ (1 << (next() % 8)) : next() & 0xff
  }
  const size = next() % 8 === 0 ? next() % image.length : image.length
  try {
    read(image.subarray(0, size))
  } finally {
    for (const [position, byte] of old.reverse()) image[position] = byte
  }
}

const engines = [createEngine('wasm'), createEngine('typescript')] as const

/** The records of both engines; they differ where an engine is wrong. */
function compare(bytes: Uint8Array, verify: boolean): { isSame: boolean; hasProblem: boolean } {
  const [first, second] = engines.map(engine => readImage(engine, new MemorySource(bytes), { verify }))
  return {
    isSame: JSON.stringify(first) === JSON.stringify(second),
    hasProblem: first!.problem !== undefined,
  }
}

interface Tally {
  images: number
  problems: number
}

/** Reads `count` changed copies of the image. Throws at the first that the engines read differently. */
function attack(name: string, image: Uint8Array, count: number, seed: number): Tally {
  const tally = { images: 0, problems: 0 }
  let told = Date.now()
  for (; tally.images < count; tally.images++) {
    const own = (seed * 0x9e3779b1 + tally.images) >>> 0
    withChanges(image, own, bytes => {
      const { isSame, hasProblem } = compare(bytes, own % 2 === 0)
      if (!isSame) throw new Error(`${name}, seed ${own}: the engines read it differently`)
      if (hasProblem) tally.problems++
    })
    if (Date.now() - told > REPORT_EVERY_MS) {
      process.stderr.write(`${name}: ${tally.images} of ${count}\n`)
      told = Date.now()
    }
  }
  process.stdout.write(`${name}: ${tally.images} images, ${tally.problems} with a problem, none differs\n`)
  return tally
}

const seed = Number(values.seed)
const names = readdirSync(FIXTURES)
for (const [index, name] of names.entries()) {
  const count = Math.ceil(Number(values.small) / names.length)
  attack(name, new Uint8Array(readFileSync(join(FIXTURES, name))), count, seed + index)
}
const [directory] = positionals
if (directory !== undefined) {
  const scratch = mkdtempSync(join(tmpdir(), 'xen-preflight-campaign-'))
  try {
    const [image] = findImages(directory)
    if (image === undefined) throw new Error(`Cannot find a bzImage with notes for Xen below ${directory}`)
    for (const [index, { codec, image: path }] of prepareKernel(image, scratch).packed.entries()) {
      const count = Math.ceil((Number(values.large) * SHARES[codec]!) / 100)
      attack(`bzImage, ${codec}`, new Uint8Array(readFileSync(path)), count, seed + names.length + index)
    }
  } finally {
    rmSync(scratch, { recursive: true })
  }
}
