// The sample run: the sample catalogue on the sample fleet, with the kernels that the project began with in front.
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

process.chdir(fileURLToPath(new URL('..', import.meta.url)))
const CATALOGUE = 'fixtures/catalogue'
/** The kernel that Xen 4.1 refuses, and its cure. */
const STORY = ['linux-3.13-pvh', 'linux-3.14-pvh']
const others = readdirSync(CATALOGUE).filter(name => !STORY.includes(name))

console.log(`January 2014: Linux 3.13 with PVH is refused by Xen 4.1 and older

linux-3.13-pvh names hvm_callback_vector in its FEATURES note, and these
releases take no name that they do not know. linux-3.14-pvh is the cure: it
moved the name to a note that they do not read. Below are all kernels of the
sample catalogue on the hosts of the sample fleet, then why, and what to do.
`)
const images = [...STORY, ...others.sort()].map(name => `${CATALOGUE}/${name}`)
const args = ['scan', ...images, '--inventory', 'fixtures/inventory.yaml', '--mode', 'pv-domU']
const runtime = 'Deno' in globalThis ? ['run', '-A'] : []
const { status } = spawnSync(
  process.execPath,
  [...runtime, 'dist/cli/main.js', ...args, ...process.argv.slice(2)],
  { stdio: 'inherit' },
)
process.exitCode = status ?? 1
