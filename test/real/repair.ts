/**
 * Repairs real kernels and holds the results against what comes from elsewhere: `npm run test:repair -- DIR [REPORT]`. DIR is a
 * directory of kernels, such as `npm run fetch:kernels` makes; 5.10 and i386 ones are taken where they are in it. One kernel of every
 * version, flavour and codec is repaired for all releases from 3.4.0 on, as PV or, without a PV entry, as PVH; Xen's own readnotes has to read the same notes of the result, Debian's libxenguest has to accept it,
 * and four of them are booted: as PVH by QEMU, and as PV dom0 of the Xen 4.17 that lies in DIR. What is missing on this machine is
 * named and left out. Exits with 1 where anything differs.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Facts } from '../../src/facts/facts.ts'
import { identify } from '../../src/facts/identity.ts'
import { createEngine } from '../../src/fleet/engines.ts'
import { openFile } from '../../src/source/node/file.ts'
import { walk } from '../../src/source/node/walk.ts'
import { readImage } from '../../src/unwrap/read-image.ts'
import { asReadnotes } from './readnotes.ts'

const BOOTED = 4
const RANGE = '3.4.0..4.22.0'
/** XEN_ELFNOTE_ENTRY. */
const ENTRY = 1
const CLASS32 = 1
const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))

const [directory, report] = process.argv.slice(2)
if (directory === undefined) {
  console.error('usage: npm run test:repair -- DIR [REPORT]')
  process.exit(1)
}
const files = [...walk([directory])]
  .filter(found => found.problem === undefined)
  .map(({ address }) => address)
const scratch = mkdtempSync(join(tmpdir(), 'xen-preflight-repair-'))
const engine = createEngine('wasm')
const lines: string[] = []
const say = (line: string) => {
  console.log(line)
  lines.push(line)
}
let faults = 0
const fault = (line: string) => {
  faults++
  say(`DIFFERS ${line}`)
}
const missing = (what: string) => say(`NOT RUN: ${what}`)

function read(path: string): Facts {
  const source = openFile(path)
  try {
    return readImage(engine, source).facts
  } finally {
    source.close()
  }
}

/** One kernel of every version without its build, flavour and codec. */
function chosen(): { path: string; facts: Facts }[] {
  const kinds = new Map<string, { path: string; facts: Facts }>()
  for (const path of files.filter(name => /\/vmlinu[xz]-/.test(name))) {
    const facts = read(path)
    const { version = '', flavour = '' } = identify(facts)
    const codec = facts.layers.find(layer => layer.kind === 'stream')?.codec ?? 'none'
    const signed = path.includes('unsigned') ? 'unsigned' : 'signed'
    kinds.set(`${/^\d+\.\d+/.exec(version)?.[0]} ${flavour} ${codec} ${signed}`, { path, facts })
  }
  return [...kinds.values()]
}

const libraries = [...new Set(files.filter(name => name.includes('.so.')).map(name => dirname(name)))]
const readnotes = files.find(name => basename(name) === 'readnotes')
const hypervisor = files.find(name => /\/xen-4\.17-amd64\.gz$/.test(name))
const hasQemu = spawnSync('qemu-system-x86_64', ['--version']).error === undefined

function run(args: readonly string[]): { status: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync('node', [main, ...args], { encoding: 'utf8' })
  return { status, stdout, stderr }
}

function notesByXen(path: string): string {
  const env = { ...process.env, LD_LIBRARY_PATH: libraries.join(':') }
  return spawnSync(readnotes!, [path], { encoding: 'utf8', env }).stdout.trimEnd()
}

/** What the command printed under a label of its table. */
const part = (stdout: string, label: string) =>
  new RegExp(`^ {2}${label} +(.*(?:\\n {12}.*)*)`, 'm').exec(stdout)?.[1]?.replace(/\s+/g, ' ') ?? ''

function compareNotes(name: string, before: Facts, repaired: string): void {
  const vmlinux = join(scratch, 'vmlinux')
  const unpacked = run(['unpack', repaired, '-o', vmlinux])
  if (unpacked.status !== 0) fault(`${name}: unpack: ${unpacked.stderr}`)
  const ours = asReadnotes(read(repaired).elf!).join('\n')
  if (readnotes !== undefined && notesByXen(vmlinux) !== ours) fault(`${name}: readnotes reads other notes`)
  if (ours !== asReadnotes(before.elf!).join('\n')) say(`  ${name}: its notes are changed`)
  rmSync(vmlinux, { force: true })
}

/** What a command took of the processor, in seconds. */
function processorTime(words: readonly string[]): number {
  const timed = 'TIMEFORMAT="%U %S"; time "$@" > "$0"'
  const { stderr } = spawnSync('bash', ['-c', timed, join(scratch, 'timed'), ...words], { encoding: 'utf8' })
  const [user, system] = stderr.trim().split('\n').at(-1)!.split(' ').map(Number)
  return user! + system!
}

/** Processor time of the whole repair against gzip's for the same bytes at the same level: the least of three of each. */
function timesOfGzip(path: string, modes: string, repaired: string): number {
  const vmlinux = join(scratch, 'vmlinux')
  run(['unpack', repaired, '-o', vmlinux])
  const repair = [
    'node',
    main,
    'repair',
    path,
    '--for',
    RANGE,
    '--mode',
    modes,
    '--partial',
    '--level',
    '6',
    '-o',
    join(scratch, 'again'),
  ]
  const least = (words: readonly string[]) => Math.min(...[1, 2, 3].map(() => processorTime(words)))
  return least(repair) / least(['gzip', '-6', '-c', vmlinux])
}

/** 32-bit kernels of Linux 5.9 and later have no PV entry any more. */
const isPvhAlone = ({ elf }: Facts) =>
  elf!.class === CLASS32 && !elf!.notes.some(({ owner, type }) => owner === 'Xen' && type === ENTRY)

interface Repaired {
  path: string
  pvh: boolean
}
const repaired: Repaired[] = []
let booted = 0
try {
  if (readnotes === undefined) missing('readnotes, which is in the package xen-utils-4.17')
  if (!hasQemu) missing('boots, for which qemu-system-x86_64 is not installed')
  if (hypervisor === undefined) missing('boots as dom0, for which DIR has no xen-4.17-amd64.gz')
  for (const [index, { path, facts }] of chosen().entries()) {
    const name = basename(path)
    const output = join(scratch, `${index}-${name}`)
    const pvh = isPvhAlone(facts)
    const modes = pvh ? 'pvh-domU,pvh-dom0' : 'pv-domU,pv-dom0'
    const prove = hasQemu && booted < BOOTED && !name.includes('cloud')
    const { status, stdout, stderr } = run([
      ...['repair', path, '--for', RANGE, '--mode', modes, '--partial', '-o', output],
      ...(prove ? ['--prove', ...(hypervisor === undefined ? [] : [hypervisor])] : []),
    ])
    if (status === null || !stdout.includes('\n  written')) {
      fault(`${name}: repair ends with ${status}: ${stderr}`)
      continue
    }
    repaired.push({ path: output, pvh })
    say(`${name}: ${part(stdout, 'changes')}; ${part(stdout, 'proved').replace(/^.*taken by/, 'taken by')}`)
    if (prove) {
      booted++
      say(`  booted ${part(stdout, 'booted')}`)
    }
    const times = timesOfGzip(path, modes, output).toFixed(2)
    say(`  ${times} times the processor time of gzip -6; ${statSync(output).size} bytes`)
    compareNotes(name, facts, output)
  }
  try {
    const { askLibrary, fetchLibrary } = await import('../libxenguest/library.ts')
    const library = fetchLibrary('4.17')
    const { version } = library
    let accepted = 0
    for (const pvh of [false, true]) {
      const paths = repaired.filter(made => made.pvh === pvh).map(({ path }) => path)
      const said = paths.length === 0 ? [] : askLibrary(library, paths, pvh)
      for (const [index, { verdict, lines: log }] of said.entries()) {
        if (verdict === 'accepts') accepted++
        else fault(`${basename(paths[index]!)}: libxenguest ${version} refuses it: ${log.join('; ')}`)
      }
    }
    say(`libxenguest ${version} accepts ${accepted} of ${repaired.length}`)
  } catch (error) {
    missing(`libxenguest, which cannot be had: ${(error as Error).message.split('\n')[0]}`)
  }
} finally {
  rmSync(scratch, { recursive: true, force: true })
}
say(`${repaired.length} kernels repaired, ${booted} booted, ${faults} faults`)
if (report !== undefined) writeFileSync(report, `${lines.join('\n')}\n`)
process.exitCode = faults > 0 ? 1 : 0
