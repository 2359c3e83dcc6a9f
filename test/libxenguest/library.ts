/**
 * Debian's libxenguest, and what it says of kernels. Fetches a series' library, and the libraries that it needs, with apt-get,
 * unpacks them outside of the repository, and builds parse.c against them. Debian only; needs gcc.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { withoutPrefixes } from '../../src/xen/why.ts'

/** The series of Xen, by the suite of Debian that has it. */
export const SUITES = { '4.14': 'bullseye', '4.17': 'bookworm', '4.20': 'trixie' } as const
export type Series = keyof typeof SUITES
export const isSeries = (text: string): text is Series => Object.hasOwn(SUITES, text)

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

/** The archive that this machine's apt reads Debian's packages from. */
function archive(): string {
  const lines = execFileSync('apt-get', [
    'indextargets',
    '--format',
    '$(REPO_URI) $(ORIGIN)',
    'Created-By: Packages',
  ])
    .toString()
    .split('\n')
  const debian = lines.find(line => / Debian$/.test(line) && !line.includes('security'))
  if (debian === undefined)
    throw new Error("Cannot find the archive of Debian among apt's sources: is this Debian?")
  return debian.split(' ')[0]!
}

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
  for (const folder of ['lists/partial', 'cache/archives/partial', 'root'])
    mkdirSync(join(home, folder), { recursive: true })
  const keys = '/usr/share/keyrings/debian-archive-keyring.gpg'
  writeFileSync(join(home, 'sources.list'), `deb [signed-by=${keys}] ${archive()} ${SUITES[series]} main\n`)
  const apt = (...words: string[]) =>
    execFileSync(
      'apt-get',
      [
        '-qq',
        ...[
          'APT::Sandbox::User=root',
          `Dir::Etc::SourceList=${home}/sources.list`,
          'Dir::Etc::SourceParts=/dev/null',
        ],
        ...[`Dir::State::Lists=${home}/lists`, `Dir::Cache=${home}/cache`, 'Dir::State::Status=/dev/null'],
      ]
        .flatMap((word, index) => (index === 0 ? [word] : ['-o', word]))
        .concat(words),
      { cwd: home, stdio: ['ignore', 'ignore', 'inherit'] },
    )
  apt('update')
  apt('download', `libxenmisc${series}`, 'libxen-dev', ...LIBRARIES, ...OTHERS[series])
  const packages = readdirSync(home).filter(name => name.endsWith('.deb'))
  for (const name of packages) execFileSync('dpkg', ['-x', name, 'root'], { cwd: home })
  const version = packages
    .map(name => /^libxenmisc[\d.]+_(.+)_amd64\.deb$/.exec(name)?.[1])
    .find(found => found !== undefined)!
  const machine = 'x86_64-linux-gnu'
  const libraries = [join(home, 'root/usr/lib', machine), join(home, 'root/lib', machine)].join(':')
  const program = join(home, 'parse')
  execFileSync('gcc', [
    '-Wall',
    ...(readFileSync(join(home, 'root/usr/include/xenguest.h'), 'utf8').includes('xc_dom_allocate')
      ? []
      : ['-DNO_DOM_BUILDER']),
    `-I${home}/root/usr/include`,
    '-o',
    program,
    fileURLToPath(new URL('parse.c', import.meta.url)),
    `-L${home}/root/usr/lib/${machine}`,
    ...['-lxenguest', '-lxenctrl', '-lxentoollog', '-Wl,--unresolved-symbols=ignore-in-shared-libs'],
  ])
  const own = libraries
    .split(':')
    .map(folder => join(folder, 'ld-linux-x86-64.so.2'))
    .find(path => existsSync(path))
  const loader = own ?? '/lib64/ld-linux-x86-64.so.2'
  return { version: decodeURIComponent(version), program, libraries, loader }
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
