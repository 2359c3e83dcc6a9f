/**
 * Fetches Debian packages with kernels by name and takes the kernels out: `npm run fetch:kernels -- DIR [PACKAGE...]`.
 * Uses whatever releases the machine's apt knows; needs apt-get, dpkg and tar. What the machine does not offer is named
 * and left out, and what DIR has is not fetched again. Without names it takes what `npm run test:real` wants to see.
 */
import { execFile, execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import pLimit from 'p-limit'

/** Images that are no Linux, a hypervisor to boot, and Xen's own note reader with the libraries that it needs. */
const OTHERS = [
  'grub-xen-host',
  'gnumach-image-1.8-xen-486',
  'xen-hypervisor-4.17-amd64',
  ...['xen-utils-4.17', 'libxenmisc4.17', 'libxencall1', 'libxendevicemodel1', 'libxenevtchn1'],
  ...[
    'libxenforeignmemory1',
    'libxengnttab1',
    'libxenhypfs1',
    'libxenstore4',
    'libxentoolcore1',
    'libxentoollog1',
  ],
]
/**
 * amd64, cloud and rt flavours differ in codec and notes; signed and unsigned ones in their bytes. A name with two
 * numbers alone is a package without a kernel.
 */
const LINUX = /^linux-image-(?!\d+\.\d+-)\d[^ ]*-(?:amd64|686-pae|amd64-unsigned)$/
const LINUX_COUNT = 72

/** Kernels, GRUB's loaders for guests, and the note reader with its libraries: of the rest nothing is looked at. */
const WANTED = ['./boot/*', './usr/lib/grub-xen/*', './usr/lib/xen-*/bin/readnotes', '*.so.*']
/** Downloads at once. */
const DOWNLOADS = 4

const [directory, ...named] = process.argv.slice(2)
if (directory === undefined) {
  console.error('usage: npm run fetch:kernels -- DIR [PACKAGE...]')
  process.exit(1)
}

function linuxPackages(): string[] {
  const names = execFileSync('apt-cache', ['search', '--names-only', '^linux-image-'], { encoding: 'utf8' })
    .split('\n')
    .map(line => line.split(' ', 1)[0]!)
    .filter(name => LINUX.test(name))
  return [...new Set(names)].sort().slice(-LINUX_COUNT)
}

const run = promisify(execFile)

/** Downloads a package into a folder of its own; nothing where apt does not offer it. */
async function download(name: string, folder: string): Promise<string | undefined> {
  try {
    await run('apt-get', ['download', name], { cwd: folder })
  } catch {
    return undefined
  }
  return readdirSync(folder).find(file => file.endsWith('.deb'))
}

/**
 * Takes out of a package what is wanted. Of one of Linux that is one file near its start: tar ends after it, and dpkg with
 * it, before they come to the modules.
 */
async function takeOut(deb: string, name: string, into: string): Promise<void> {
  mkdirSync(into)
  const release = /^linux-image-(.*?)(?:-unsigned)?$/.exec(name)?.[1]
  const members =
    release === undefined ? ['--wildcards', ...WANTED] : ['--occurrence=1', `./boot/vmlinuz-${release}`]
  const script = 'deb=$1 into=$2; shift 2; dpkg --fsys-tarfile "$deb" | tar -x -C "$into" "$@"'
  // tar fails where one of the patterns fits nothing, and they are those of all packages.
  await run('sh', ['-c', script, 'sh', deb, into, ...members]).catch(() => {})
  if (readdirSync(into).length === 0) throw new Error(`Cannot find anything to read in ${name}`)
}

const target = resolve(directory)
mkdirSync(target, { recursive: true })
const before = readdirSync(target)
const names = named.length > 0 ? named : [...OTHERS, ...linuxPackages()]
const missing: string[] = []
const [downloads, unpacking] = [pLimit(DOWNLOADS), pLimit(availableParallelism())]

async function fetchPackage(name: string): Promise<void> {
  if (before.some(folder => folder.startsWith(`${name}_`))) return
  const folder = mkdtempSync(join(target, '.fetch-'))
  try {
    const deb = await downloads(() => download(name, folder))
    if (deb === undefined) {
      missing.push(name)
      return
    }
    const unpacked = deb.slice(0, -'.deb'.length)
    await unpacking(() => takeOut(join(folder, deb), name, join(folder, unpacked)))
    renameSync(join(folder, unpacked), join(target, unpacked))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

await Promise.all(names.map(fetchPackage))
if (missing.length > 0) console.error(`apt does not offer: ${missing.sort().join(' ')}`)
console.error(`unpacked into ${target}`)
