/** Packages of Debian's suites, fetched with apt-get and unpacked without installing them. Debian only. */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** The series of Xen, by the suite of Debian that has it. */
export const SUITES = { '4.14': 'bullseye', '4.17': 'bookworm', '4.20': 'trixie' } as const
export type Series = keyof typeof SUITES
export const isSeries = (text: string): text is Series => Object.hasOwn(SUITES, text)

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

/** Packages of one suite, unpacked. */
export interface Packages {
  /** The folder that they are unpacked in. */
  root: string
  /** The version of the first package that was asked for. */
  version: string
  /** The folders of libraries, as `--library-path` has them. */
  libraries: string
  /** The loader of programs: that of the packages, where libc6 is among them. */
  loader: string
}

/** Fetches packages of a series' suite into `home`, a folder outside of the repository. Throws where apt-get fails. */
export function fetchPackages(home: string, series: Series, names: readonly string[]): Packages {
  for (const folder of ['lists/partial', 'cache/archives/partial', 'root'])
    mkdirSync(join(home, folder), { recursive: true })
  const keys = '/usr/share/keyrings/debian-archive-keyring.gpg'
  writeFileSync(join(home, 'sources.list'), `deb [signed-by=${keys}] ${archive()} ${SUITES[series]} main\n`)
  const options = [
    'APT::Sandbox::User=root',
    `Dir::Etc::SourceList=${home}/sources.list`,
    'Dir::Etc::SourceParts=/dev/null',
    `Dir::State::Lists=${home}/lists`,
    `Dir::Cache=${home}/cache`,
    'Dir::State::Status=/dev/null',
  ].flatMap(option => ['-o', option])
  const apt = (...words: string[]) =>
    execFileSync('apt-get', ['-qq', ...options, ...words], {
      cwd: home,
      stdio: ['ignore', 'ignore', 'inherit'],
    })
  apt('update')
  apt('download', ...names)
  const packages = readdirSync(home).filter(name => name.endsWith('.deb'))
  for (const name of packages) execFileSync('dpkg', ['-x', name, 'root'], { cwd: home })
  const version = packages.find(name => name.startsWith(`${names[0]}_`))!.split('_')[1]!
  const root = join(home, 'root')
  const machine = 'x86_64-linux-gnu'
  const folders = [join(root, 'usr/lib', machine), join(root, 'lib', machine)]
  const own = folders.map(folder => join(folder, 'ld-linux-x86-64.so.2')).find(path => existsSync(path))
  return {
    root,
    version: decodeURIComponent(version),
    libraries: folders.join(':'),
    loader: own ?? '/lib64/ld-linux-x86-64.so.2',
  }
}
