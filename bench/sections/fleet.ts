/** A fleet: guests with disks of their own on many hosts, each asked what it boots there. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliDecompressSync } from 'node:zlib'
import { timeSelf } from '../command.ts'
import type { Measure } from '../context.ts'
import { interleave, type Subject } from '../interleave.ts'
import { writeSparse } from '../sparse.ts'

const GUESTS = 5000
const HOSTS = 500
/** Disks of fixtures/boot-paths/reports, and how the guests on them boot. */
const DISKS = [
  ['flatcar', 'pygrub'],
  ['nixos', 'pvgrub2'],
  ['fedora-bls', 'pvgrub2@2.06'],
  ['flatcar', 'pv-grub'],
] as const
const VERSIONS = ['4.1.6.1', '4.4.4', '4.8.5', '4.11.4', '4.12.4', '4.13.5', '4.14.6', '4.17.4', '4.20.1']
/** s_last_mounted of ext4, which no reader looks at: what tells one disk from another. */
const LAST_MOUNTED = 1024 + 136

export const measureFleet: Measure = async context => {
  const [guests, hosts] = context.quick ? [GUESTS / 10, HOSTS / 10] : [GUESTS, HOSTS]
  const directory = join(context.scratch, 'fleet')
  mkdirSync(directory, { recursive: true })
  const inventory = join(context.scratch, 'fleet.json')
  process.stderr.write(`writing ${guests} disks\n`)
  writeFileSync(inventory, JSON.stringify(writeFleet(context.root, directory, guests, hosts)))
  const common = ['-o', 'json', '--workers', '2', '--fail-on', 'never']
  const commands = {
    scan: ['scan', directory, ...common],
    audit: ['audit', directory, '--inventory', inventory, ...common],
  }
  const subjects = Object.entries(commands).map(
    ([subject, args]): Subject => ({
      group: 'fleet',
      subject,
      // What counts is the whole run.
      items: 1,
      sample: () => timeSelf(context.root, args, context.scratch),
    }),
  )
  return {
    id: 'fleet',
    title: 'A fleet of guests',
    item: 'run',
    method: `${guests} guests with disks of 1 MiB on ${hosts} hosts, of ${VERSIONS.length} releases`,
    rows: await interleave(subjects, { warmup: 0, rounds: context.quick ? 2 : 3 }),
    missing: [],
  }
}

/** Writes the disks, and returns the inventory. */
function writeFleet(root: string, directory: string, guests: number, hosts: number) {
  const images = DISKS.map(([name]) =>
    brotliDecompressSync(readFileSync(join(root, `fixtures/boot-paths/reports/${name}.img.br`))),
  )
  const host = (index: number) => `host-${String(index % hosts).padStart(3, '0')}`
  return {
    hosts: Array.from({ length: hosts }, (_, index) => ({
      name: host(index),
      xen: VERSIONS[index % VERSIONS.length],
      build: 'full',
    })),
    guests: Array.from({ length: guests }, (_, index) => {
      const name = `guest-${String(index).padStart(5, '0')}`
      const path = join(directory, `${name}.img`)
      const image = images[index % images.length]!
      image.write(name, LAST_MOUNTED, 'latin1')
      writeSparse(path, image)
      return { name, host: host(index), boot: DISKS[index % DISKS.length]![1], disks: path }
    }),
  }
}
