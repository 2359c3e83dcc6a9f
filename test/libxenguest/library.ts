/**
 * Debian's libxenguest, and what it says of kernels. Fetches the packages with apt-get, unpacks them outside of the repository, and
 * builds parse.c against them. Debian only; needs gcc.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
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

export const work = mkdtempSync(join(tmpdir(), 'libxenguest-'))
execFileSync('apt-get', ['download', '-qq', ...PACKAGES], {
  cwd: work,
  stdio: ['ignore', 'ignore', 'inherit'],
})
for (const name of readdirSync(work))
  if (name.endsWith('.deb')) execFileSync('dpkg', ['-x', name, 'root'], { cwd: work })
/** Of the package. */
export const version = execFileSync(
  'sh',
  ['-c', `ls | sed -n 's/^libxenmisc${SERIES}_\\([0-9.]*\\).*/\\1/p'`],
  {
    cwd: work,
  },
)
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

export interface Said {
  verdict: string
  lines: string[]
}

/** What the library says of each image. */
export function askLibrary(paths: readonly string[], hvm: boolean): Said[] {
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
