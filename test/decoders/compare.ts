/**
 * What the model says that the hypervisor prints of a damaged dom0 kernel, against the decoders of a Xen source tree:
 * `npm run test:decoders -- TREE [--count N] [--seed S] [--write FILE]`. TREE is a work tree of Xen 4.20 or later; needs cc. Of each codec
 * N changed copies of its image in fixtures/codecs are decoded by both; what the model leaves open is counted. --write
 * records what Xen prints: fixtures/decoder-texts.json holds such a record.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { CODECS, type Codec } from '../../src/facts/facts.ts'
import { type Changed, changedImages, predict, type Recorded, withoutRepeats } from './changed-images.ts'

/** Headers of Xen that the decoders include and do not need outside of it. */
const EMPTY_HEADERS = ['compiler', 'errno', 'gunzip', 'init', 'kernel', 'lib', 'mm', 'string', 'types']

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    count: { type: 'string', default: '2000' },
    seed: { type: 'string', default: '1' },
    write: { type: 'string' },
  },
})
if (positionals.length !== 1) {
  process.stderr.write('usage: npm run test:decoders -- TREE [--count N] [--seed S] [--write FILE]\n')
  process.exit(1)
}
const tree = resolve(positionals[0]!, 'xen')
const scratch = mkdtempSync(join(tmpdir(), 'xen-preflight-decoders-'))

/** Everything that a decoder of the tree can print. */
function decoderTexts(): Set<string> {
  const texts = new Set<string>()
  for (const name of ['', 'gzip', 'xz']) {
    const folder = join(tree, 'common', name)
    for (const file of readdirSync(folder)) {
      if (!file.endsWith('.c')) continue
      for (const [, quoted] of readFileSync(join(folder, file), 'utf8').matchAll(
        /error\(((?:\s*"[^"]*")+)\)/g,
      )) {
        texts.add(quoted!.replaceAll(/"\s*"/g, '').trim().slice(1, -1))
      }
    }
  }
  return texts
}

function build(codec: Codec): string {
  const path = join(scratch, codec)
  const headers = join(scratch, 'headers')
  mkdirSync(join(headers, 'xen'), { recursive: true })
  for (const name of EMPTY_HEADERS) writeFileSync(join(headers, 'xen', `${name}.h`), '')
  const source = fileURLToPath(new URL('decode.c', import.meta.url))
  const folders = [headers, tree, join(tree, 'include')].flatMap(folder => ['-I', folder])
  execFileSync('cc', ['-w', '-O1', `-DCODEC_${codec}`, ...folders, '-o', path, source], { stdio: 'inherit' })
  return path
}

const texts = decoderTexts()
const count = Number(values.count)
const seed = Number(values.seed)

/** The version that the tree says of itself. */
function treeVersion(): string {
  const makefile = readFileSync(join(tree, 'Makefile'), 'utf8')
  const value = (name: string) => new RegExp(`${name}\\s*\\??=\\s*(.*)`).exec(makefile)?.[1]?.trim() ?? ''
  return `Xen ${value('XEN_VERSION')}.${value('XEN_SUBVERSION')}${value('XEN_EXTRAVERSION').replace(/\$\(.*/, '')}`
}

/** What the decoder of the tree prints of each copy. */
function askTree(codec: Codec, copies: Iterable<Changed>): string[] {
  const frames = join(scratch, 'frames')
  const parts = [...copies].flatMap(({ image, start, length }) => [
    new Uint8Array(Uint32Array.of(image.length, start, length).buffer),
    image,
  ])
  writeFileSync(frames, Buffer.concat(parts))
  const output = join(scratch, 'said')
  execFileSync('sh', ['-c', '"$0" < "$1" > "$2"', build(codec), frames, output], { stdio: 'inherit' })
  return readFileSync(output, 'utf8').split('\n').map(withoutRepeats)
}

/** Compares all copies of a codec, and prints the differences. Returns what Xen prints, by the numbers of the copies. */
function compare(codec: Codec): Recorded['said'][Codec] {
  const copies = changedImages(codec, seed, count)
  const said = askTree(codec, copies.values())
  const recorded: Record<string, number[]> = {}
  const differences = new Map<string, number>()
  let agreed = 0
  let open = 0
  for (const [at, [number, { image }]] of [...copies].entries()) {
    const theirs = said[at]!
    recorded[theirs] = [...(recorded[theirs] ?? []), number]
    const { said: ours, problem } = predict(image, texts)
    if (ours === 'open') open++
    else if (ours === theirs) agreed++
    else {
      const kind = problem.replaceAll(/0x[0-9a-f]+|\d+/g, 'N')
      const difference = `  model "${ours}", Xen "${theirs}" (${kind})`
      differences.set(difference, (differences.get(difference) ?? 0) + 1)
    }
  }
  for (const [text, times] of [...differences].sort((a, b) => b[1] - a[1])) {
    process.stdout.write(`${text}: ${times}\n`)
    process.exitCode = 1
  }
  process.stdout.write(`${codec}: ${agreed} of ${copies.size} agree, ${open} are left open\n`)
  return recorded
}

try {
  const said = Object.fromEntries(CODECS.map(codec => [codec, compare(codec)])) as Recorded['said']
  if (values.write !== undefined) {
    const recorded: Recorded = { origin: treeVersion(), seed, count, texts: [...texts].sort(), said }
    writeFileSync(values.write, `${JSON.stringify(recorded)}\n`)
  }
} finally {
  rmSync(scratch, { recursive: true })
}
