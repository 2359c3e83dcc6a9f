// Changes rules one by one, in a copy of the tree, and tells which changes no test noticed. Not part of the check: it
// runs the tests of a file once for each change. `npm run test:mutants -- PATTERN` takes the files whose path holds it.
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Files that hold rules, and the tests that should notice a change of them. */
const RULES = {
  'src/facts/problem.ts': ['test/facts/problem.test.ts'],
  'src/fleet/merge-facts.ts': ['test/fleet/merge-facts.test.ts'],
  'src/fleet/lru.ts': ['test/fleet'],
  'src/record/parse.ts': ['test/record'],
  'src/page/model.ts': ['test/page/model.test.ts'],
  'src/page/arrange.ts': ['test/page/view.test.ts'],
  'src/unwrap/detect.ts': ['test/unwrap/detect.test.ts'],
  'src/unwrap/read-image.ts': ['test/unwrap/read-image.test.ts'],
  'src/findings/counting-verdict.ts': ['test/findings', 'test/page/model.test.ts'],
  'src/findings/scan-causes.ts': ['test/report/scan', 'test/findings'],
  'src/xen/gates/notes.ts': ['test/xen/vectors.test.ts', 'test/xen/gates.test.ts'],
  'src/xen/gates/elf.ts': ['test/xen/vectors.test.ts', 'test/xen/gates.test.ts'],
}
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
const copy = mkdtempSync(join(tmpdir(), 'xen-preflight-mutants-'))
const passes = tests =>
  spawnSync(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', '--bail', '1', ...tests], {
    cwd: copy,
  }).status === 0
let killed = 0
const survivors = []
try {
  execFileSync('git', ['clone', '-q', root, copy])
  for (const name of ['node_modules', 'dist']) symlinkSync(join(root, name), join(copy, name))
  execFileSync(process.execPath, ['.ci/page.mjs'], { cwd: copy })
  for (const [file, tests] of Object.entries(RULES).filter(([file]) => file.includes(pattern))) {
    const text = readFileSync(join(copy, file), 'utf8')
    if (!passes(tests)) throw new Error(`Cannot judge ${file}: its tests fail as it is`)
    for (const { line, what, changed } of mutantsOf(text)) {
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
