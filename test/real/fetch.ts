/**
 * Fetches Debian packages with kernels by name and unpacks them: `npm run fetch:kernels -- DIR [PACKAGE...]`.
 * Uses whatever releases the machine's apt knows; needs apt-get and dpkg. What the machine does not offer is named
 * and left out. Without names it takes what `npm run test:real` wants to see.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'

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

const target = resolve(directory)
mkdirSync(target, { recursive: true })
const missing: string[] = []
for (const name of named.length > 0 ? named : [...OTHERS, ...linuxPackages()]) {
  const { status } = spawnSync('apt-get', ['download', name], {
    cwd: target,
    stdio: ['ignore', 'ignore', 'ignore'],
  })
  if (status !== 0) missing.push(name)
}
for (const file of readdirSync(target).filter(name => name.endsWith('.deb'))) {
  const into = join(target, file.slice(0, -'.deb'.length))
  execFileSync('dpkg', ['-x', join(target, file), into])
  // Modules are most of a package and no kernels.
  rmSync(join(into, 'lib/modules'), { recursive: true, force: true })
  rmSync(join(into, 'usr/lib/modules'), { recursive: true, force: true })
  rmSync(join(target, file))
}
if (missing.length > 0) console.error(`apt does not offer: ${missing.join(' ')}`)
console.error(`unpacked into ${target}`)
