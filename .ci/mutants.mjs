// Changes rules one by one, in a copy of the tree, and tells which changes no test noticed. Not part of the check: it
// runs the tests of a file once for each change. `npm run test:mutants -- PATTERN` takes the files whose path holds it.
// Of each file at most EACH changes are tried, spread over it (default 8, 0 for all); no file is begun after MINUTES
// (default 45).
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const XEN = [
  'build-option',
  'versions',
  'hosts',
  'command-line',
  'loader-trace',
  'log-lines',
  'incidents',
  'remedies',
  'vendors',
]
const xenTests = [...XEN.map(name => `test/xen/${name}`), 'test/xen/damage.test.ts', 'test/xen/gates.test.ts']
const VECTORS = ['test/xen/vectors.test.ts', 'test/xen/log-lines.test.ts']

/** Where rules are, and the tests that should notice a change of them. Of several that fit a file the longest counts. */
const RULES = {
  'src/facts/': ['test/facts', 'test/engine'],
  'src/findings/': ['test/findings', 'test/report/audit', 'test/report/scan'],
  'src/xen/': xenTests,
  'src/xen/ask-releases.ts': [...VECTORS, 'test/xen/command-line.test.ts', 'test/xen/damage.test.ts'],
  'src/xen/boot-path/': ['test/boot', 'test/findings/boot-path.test.ts'],
  'src/xen/component': ['test/xen/grub', 'test/boot'],
  'src/xen/gates/': ['test/xen/boundaries.test.ts', 'test/xen/gates.test.ts', 'test/xen/evidence.test.ts'],
  'src/xen/grub/': ['test/xen/grub'],
  'src/xen/hypervisor/': VECTORS,
  'src/xen/libelf/': [...VECTORS, 'test/xen/many-headers.test.ts'],
  'src/xen/note-': ['test/xen/notes.test.ts', 'test/xen/note-readers.test.ts'],
  'src/xen/stream.ts': VECTORS,
  'src/xen/subject.ts': VECTORS,
  'src/xen/toolstack/': VECTORS,
  'src/xen/why.ts': ['test/xen/why.test.ts'],
  'src/fleet/merge-facts.ts': ['test/fleet/merge-facts.test.ts'],
  'src/page/model.ts': ['test/page/model.test.ts'],
  'src/record/parse.ts': ['test/record'],
  'src/unwrap/detect.ts': ['test/unwrap/detect.test.ts'],
  'src/unwrap/lz4-by-size.ts': ['test/unwrap/lz4-by-size.test.ts'],
}
/** Files with no rule in them: types, tables of words, lists of names. */
const NO_RULES = /\/(mod|verdict|reason|assumptions|facts|model|commits|elf-format|bzimage-format)\.ts$/

const CHANGES = [
  [/===/g, '!=='],
  [/!==/g, '==='],
  [/&&/g, '||'],
  [/\|\|/g, '&&'],
  [/ < /g, ' <= '],
  [/ <= /g, ' < '],
  [/ > /g, ' >= '],
  [/ >= /g, ' > '],
  [/ \+ /g, ' - '],
  [/ - /g, ' + '],
  [/>> 1\b/g, '>> 0'],
  [/\btrue\b/g, 'false'],
  [/\bfalse\b/g, 'true'],
]

/** Where comments and strings are, which are not changed. */
const quietRanges = text =>
  [...text.matchAll(/\/\*[\s\S]*?\*\/|\/\/.*|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`/g)].map(match => [
    match.index,
    match.index + match[0].length,
  ])

function* mutantsOf(text) {
  const quiet = quietRanges(text)
  for (const [pattern, replacement] of CHANGES) {
    for (const { index, 0: found } of text.matchAll(pattern)) {
      if (quiet.some(([start, end]) => index >= start && index < end)) continue
      const line = text.slice(0, index).split('\n').length
      const changed = text.slice(0, index) + replacement + text.slice(index + found.length)
      yield { line, what: `${found.trim()} to ${replacement.trim()}`, changed }
    }
  }
}

const root = fileURLToPath(new URL('..', import.meta.url))
const [pattern = ''] = process.argv.slice(2)
const each = Number(process.env.EACH ?? 8) || Number.POSITIVE_INFINITY
const deadline = Date.now() + Number(process.env.MINUTES ?? 45) * 60_000

const testsOf = file =>
  Object.entries(RULES)
    .filter(([place]) => file.startsWith(place))
    .sort(([a], [b]) => b.length - a.length)[0]?.[1]

/** At most `count` of a list, spread evenly over it. */
const spread = (list, count) =>
  list.length <= count
    ? list
    : Array.from({ length: count }, (_, at) => list[Math.floor((at * list.length) / count)])

const files = execFileSync('git', ['ls-files', 'src'], { cwd: root, encoding: 'utf8' })
  .split('\n')
  .filter(file => testsOf(file) !== undefined && file.includes(pattern) && !NO_RULES.test(file))
const copy = mkdtempSync(join(tmpdir(), 'xen-preflight-mutants-'))
const passes = tests =>
  spawnSync(
    process.execPath,
    ['node_modules/vitest/vitest.mjs', 'run', '--bail', '1', '--maxWorkers', '1', ...tests],
    {
      cwd: copy,
    },
  ).status === 0
let killed = 0
let left = 0
const survivors = []
try {
  execFileSync('git', ['clone', '-q', root, copy])
  for (const name of ['node_modules', 'dist']) symlinkSync(join(root, name), join(copy, name))
  execFileSync(process.execPath, ['.ci/page.mjs'], { cwd: copy })
  for (const file of files) {
    const tests = testsOf(file)
    const text = readFileSync(join(copy, file), 'utf8')
    const mutants = spread([...mutantsOf(text)], each)
    if (mutants.length === 0) continue
    if (Date.now() > deadline) {
      left++
      continue
    }
    if (!passes(tests)) throw new Error(`Cannot judge ${file}: its tests fail as it is`)
    for (const { line, what, changed } of mutants) {
      writeFileSync(join(copy, file), changed)
      if (passes(tests)) {
        survivors.push(`${file}:${line}: ${what}`)
        console.log(survivors.at(-1))
      } else killed++
    }
    writeFileSync(join(copy, file), text)
  }
} finally {
  rmSync(copy, { recursive: true, force: true })
}
const all = killed + survivors.length
console.log(`${killed} of ${all} changes were noticed (${Math.round((100 * killed) / Math.max(1, all))} %)`)
if (left > 0) console.log(`${left} of ${files.length} files were left out: the time was over`)
