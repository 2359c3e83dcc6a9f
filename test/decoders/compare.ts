/**
 * What the model says that the hypervisor prints of a damaged dom0 kernel, against the decoders of a Xen source tree:
 * `npm run test:decoders -- TREE [--count N] [--seed S] [--write FILE]`. TREE is a work tree of Xen 4.1 or later, and is
 * compared with what the model says of that release; needs cc. Of each codec that the release unpacks N changed copies of its image in fixtures/codecs are decoded by both; what the model leaves open is counted. --write
 * records what Xen prints: fixtures/decoder-texts.json holds such a record.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { CODECS, type Codec } from '../../src/facts/facts.ts'
import { FULL_BUILD } from '../../src/xen/host-options.ts'
import { resolveTarget } from '../../src/xen/mod.ts'
import { type Changed, changedImages, predict, type Recorded, withoutRepeats } from './changed-images.ts'

/** Headers of Xen that the decoders of some release include and do not need outside of it. */
const EMPTY_HEADERS = [
  ...['asm/bzimage', 'asm/byteorder'],
  ...['cache', 'compiler', 'config', 'decompress', 'errno', 'gunzip', 'init', 'kernel'].map(
    name => `xen/${name}`,
  ),
  ...['lib', 'libelf', 'mm', 'string', 'types', 'xmalloc'].map(name => `xen/${name}`),
]
/** Xen's own has another name and place in each architecture. */
const UNALIGNED = `#define __ASM_UNALIGNED_H__
#if __has_include(<xen/unaligned.h>)
#include <xen/unaligned.h>
#endif
`

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
  const folders = ['arch/x86', 'common', 'common/gzip', 'common/xz'].map(name => join(tree, name))
  for (const folder of folders.filter(existsSync)) {
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

/** True where lz4's own header reads words. */
const hasLe32 = () => /get_unaligned_le32\(const/.test(readFileSync(join(tree, 'common/lz4/defs.h'), 'utf8'))

/** The codecs that the tree unpacks. */
const codecs = CODECS.filter(codec => {
  const file = codec === 'gzip' ? 'inflate.c' : codec === 'bzip2' ? 'bunzip2.c' : `un${codec}.c`
  return ['common', 'common/gzip'].some(folder => existsSync(join(tree, folder, file)))
})

function build(codec: Codec): string {
  const path = join(scratch, codec)
  const headers = join(scratch, 'headers')
  for (const folder of ['asm', 'xen']) mkdirSync(join(headers, folder), { recursive: true })
  for (const name of EMPTY_HEADERS) writeFileSync(join(headers, `${name}.h`), '')
  writeFileSync(join(headers, 'asm/unaligned.h'), UNALIGNED)
  const source = fileURLToPath(new URL('decode.c', import.meta.url))
  const folders = [headers, tree, join(tree, 'include')].flatMap(folder => ['-I', folder])
  const defines = [`-DCODEC_${codec}`, ...(codec === 'lz4' && !hasLe32() ? ['-DNEEDS_LE32'] : [])]
  execFileSync('cc', ['-w', '-O1', ...defines, ...folders, '-o', path, source], { stdio: 'inherit' })
  return path
}

const texts = decoderTexts()
const count = Number(values.count)
const seed = Number(values.seed)

/** The release that the tree is of, or is to become: 4.17.5. */
function treeRelease(): string {
  const makefile = readFileSync(join(tree, 'Makefile'), 'utf8')
  const value = (name: string) => new RegExp(`${name}\\s*\\??=\\s*(.*)`).exec(makefile)?.[1]?.trim() ?? ''
  // -unstable and -rc1 come before their first release.
  const extra = /^\.\d+/.exec(value('XEN_EXTRAVERSION'))?.[0] ?? '.0'
  return `${value('XEN_VERSION')}.${value('XEN_SUBVERSION')}${extra}`
}
const target = resolveTarget(treeRelease(), { build: FULL_BUILD })

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
    const { said: ours, problem } = predict(image, texts, target)
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
  const said = Object.fromEntries(codecs.map(codec => [codec, compare(codec)])) as Recorded['said']
  if (values.write !== undefined) {
    const recorded: Recorded = { origin: `Xen ${treeRelease()}`, seed, count, texts: [...texts].sort(), said }
    writeFileSync(values.write, `${JSON.stringify(recorded)}\n`)
  }
} finally {
  rmSync(scratch, { recursive: true })
}
