/**
 * Debian's libxenguest, and what it says of kernels. Fetches a series' library, and the libraries that it needs, with apt-get,
 * unpacks them outside of the repository, and builds parse.c against them. Debian only; needs gcc.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { withoutPrefixes } from '../../src/xen/log-text.ts'
import { fetchPackages, type Series } from '../debian.ts'

const LIBRARIES = [
  'libxencall1',
  'libxendevicemodel1',
  'libxenevtchn1',
  'libxenforeignmemory1',
  'libxengnttab1',
  'libxenhypfs1',
  'libxentoolcore1',
  'libxentoollog1',
  'liblzma5',
  'libnl-3-200',
  'libnl-route-3-200',
  'libuuid1',
  'libyajl2',
  'libzstd1',
  'zlib1g',
]
/** Libraries whose packages have another name in another suite. */
const OTHERS: Readonly<Record<Series, readonly string[]>> = {
  '4.14': ['libxenstore3.0', 'libext2fs2'],
  '4.17': ['libxenstore4', 'libext2fs2'],
  // Newer than this machine's C library may be.
  '4.20': ['libxenstore4', 'libext2fs2t64', 'libc6'],
}
export const work = mkdtempSync(join(tmpdir(), 'libxenguest-'))

/** A series' library, unpacked, with the program that asks it. */
export interface Library {
  /** The version of the package. */
  version: string
  program: string
  /** The folder of libraries, and the loader of programs among them. */
  libraries: string
  loader: string
}

export function fetchLibrary(series: Series): Library {
  const home = join(work, series)
  const { root, version, libraries, loader } = fetchPackages(home, series, [
    `libxenmisc${series}`,
    'libxen-dev',
    ...LIBRARIES,
    ...OTHERS[series],
  ])
  const program = join(home, 'parse')
  execFileSync('gcc', [
    '-Wall',
    ...(readFileSync(join(root, 'usr/include/xenguest.h'), 'utf8').includes('xc_dom_allocate')
      ? []
      : ['-DNO_DOM_BUILDER']),
    `-I${root}/usr/include`,
    '-o',
    program,
    fileURLToPath(new URL('parse.c', import.meta.url)),
    `-L${root}/usr/lib/x86_64-linux-gnu`,
    ...['-lxenguest', '-lxenctrl', '-lxentoollog', '-Wl,--unresolved-symbols=ignore-in-shared-libs'],
  ])
  return { version, program, libraries, loader }
}

export interface Said {
  verdict: string
  lines: string[]
}

/** What the library says of each image. */
export function askLibrary(
  { program, libraries, loader }: Library,
  paths: readonly string[],
  hvm: boolean,
): Said[] {
  const [input, output] = [join(work, 'paths'), join(work, 'answers')]
  writeFileSync(input, `${paths.join('\n')}\n`)
  // Through files: Deno's spawnSync writes all of stdin before it reads stdout, and hangs on full pipes.
  const script = '"$1" --library-path "$2" "$3" $4 < "$5" > "$6"'
  const words = [loader, libraries, program, hvm ? 'hvm' : '', input, output]
  const { status } = spawnSync('sh', ['-c', script, 'sh', ...words], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  if (status !== 0) throw new Error(`Cannot ask ${program}: it ended with ${status}`)
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
