/** Kernels inside disks and packages, against the bare kernels and against the tools that take them out. */
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { brotliDecompressSync } from 'node:zlib'
import { hasTool, quote, run, timeCommand, timeSelf } from '../command.ts'
import type { Context, Measure } from '../context.ts'
import { interleave, type Subject } from '../interleave.ts'
import type { RealImage } from '../kernel.ts'

const DISK_TOOLS = ['mkfs.ext4', 'sgdisk', 'qemu-img', 'debugfs']
/** Where the file system of the disk starts, in bytes: after a partition of 64 MiB. */
const START = 68157440
const FILES = 9000
const SMALL_DISKS = 10_000

export const measureContainers: Measure = async context => {
  const missing: string[] = []
  const subjects: Subject[] = []
  const absent = DISK_TOOLS.filter(tool => !hasTool(tool))
  if (absent.length > 0) missing.push(`disks: ${absent.join(', ')} is not there`)
  else for (const codec of ['lz4', 'zstd']) addDisk(context, codec, subjects, missing)
  addPackage(context, subjects, missing)
  addSmallDisks(context, subjects)
  return {
    id: 'containers',
    title: 'Kernels in disks and packages',
    item: 'container',
    method:
      'the whole command, against the same command on the bare kernels and against tools that write the kernels to files; ' +
      `a disk of 2 GiB has a GPT, ext4 with ${FILES} files of 500 MiB, and two kernels; the tools unpack no kernel, so that they are compared with what ` +
      'a scan of the disk takes beyond one of the bare kernels',
    rows: await interleave(subjects, { warmup: 1, rounds: context.quick ? 2 : 5 }),
    missing,
  }
}

const scan = (...paths: string[]) => [
  'scan',
  ...paths,
  '-o',
  'ndjson',
  '--workers',
  '0',
  '--fail-on',
  'never',
]

function addDisk(context: Context, codec: string, subjects: Subject[], missing: string[]): void {
  const kernels = context.images.filter(({ stream }) => stream.codec === codec).slice(0, 2)
  const group = `qcow2, ${codec}`
  if (kernels.length < 2) {
    missing.push(`${group}: fewer than two kernels below --kernels`)
    return
  }
  const disk = makeDisk(context, codec, kernels)
  const { scratch, root } = context
  const add = (subject: string, sample: Subject['sample']) =>
    subjects.push({ group, subject, items: 1, sample })
  add('scan', () => timeSelf(root, scan(disk), scratch))
  const bare = kernels.map(({ path }) => path)
  add('scan of the bare kernels', () => timeSelf(root, scan(...bare), scratch))
  const raw = quote(join(scratch, 'out.raw'))
  const dumps = bare.map(path => `dump /boot/${basename(path)} ${join(scratch, basename(path))}`).join('\n')
  writeFileSync(join(scratch, 'dumps'), `${dumps}\n`)
  const debugfs = `debugfs -f ${quote(join(scratch, 'dumps'))} ${raw}'?offset=${START}'`
  add('qemu-img convert, debugfs', () =>
    timeCommand(`qemu-img convert -O raw ${quote(disk)} ${raw}; ${debugfs}; rm ${raw}`),
  )
  const zip = ['7zz', '7z'].find(hasTool)
  const out = quote(join(scratch, '7z'))
  if (zip === undefined) missing.push(`${group}: 7zz is not there`)
  else {
    add(`${zip} in two steps`, () =>
      timeCommand(`${zip} x -bd -o${out} ${quote(disk)}; ${zip} x -bd -o${out} ${out}/1.*; rm -rf ${out}`),
    )
  }
  // It starts a kernel of its own for each command, whatever the codec is of those that it takes out.
  if (codec === 'lz4') addGuestfish(context, disk, bare, add, missing)
}

/** libguestfs without KVM, as tools on servers without access to it run. */
function addGuestfish(
  { scratch }: Context,
  disk: string,
  kernels: readonly string[],
  add: (subject: string, sample: Subject['sample']) => void,
  missing: string[],
): void {
  if (!hasTool('guestfish')) {
    missing.push('guestfish is not there')
    return
  }
  const guestfish = `LIBGUESTFS_BACKEND=direct LIBGUESTFS_BACKEND_SETTINGS=force_tcg guestfish --ro -a ${quote(disk)} -m /dev/sda2`
  const downloads = kernels
    .map(path => `download ${quote(`/boot/${basename(path)}`)} ${quote(join(scratch, basename(path)))}`)
    .join(' : ')
  try {
    // The first start builds its appliance.
    timeCommand(`${guestfish} exists /boot`)
  } catch {
    missing.push('guestfish: it cannot start its appliance here; guestfish -v tells why')
    return
  }
  add('guestfish download', () => timeCommand(`${guestfish} ${downloads}`))
}

/** A qcow2 with a GPT, ext4 in its second partition, and the files of /usr/share around the kernels. */
function makeDisk({ scratch }: Context, codec: string, kernels: readonly RealImage[]): string {
  const tree = join(scratch, `tree-${codec}`)
  mkdirSync(join(tree, 'boot/grub'), { recursive: true })
  mkdirSync(join(tree, 'usr/share'), { recursive: true })
  for (const { path } of kernels) cpSync(path, join(tree, 'boot', basename(path)))
  writeFileSync(join(tree, 'boot/grub/grub.cfg'), 'set default=0\n')
  const raw = join(scratch, `${codec}.raw`)
  const disk = join(scratch, `${codec}.qcow2`)
  const script = `
    (cd /usr/share; find . -type f -size -200k | head -n ${FILES} | tar -cf - -T -) | tar -C ${quote(join(tree, 'usr/share'))} -xf -
    for number in $(seq 4); do head -c 96M /dev/urandom > ${quote(join(tree, 'usr/data'))}$number; done
    truncate -s 2G ${quote(raw)}
    mkfs.ext4 -q -F -d ${quote(tree)} -E offset=${START} ${quote(raw)} 1900000k
    sgdisk -n 1:2048:133119 -t 1:ef00 -n 2:133120:0 -t 2:8304 ${quote(raw)}
    qemu-img convert -O qcow2 ${quote(raw)} ${quote(disk)}`
  run('bash', ['-ec', script])
  rmSync(tree, { recursive: true })
  rmSync(raw)
  return disk
}

/** The first package of a kernel that lies beside the kernels. */
function addPackage({ images, root, scratch }: Context, subjects: Subject[], missing: string[]): void {
  const found = images
    .map(({ path }) => resolve(dirname(path), '../..'))
    .flatMap(directory => readdirSync(directory).map(name => join(directory, name)))
    .find(path => /linux-image-[^/]*\.deb$/.test(path) && statSync(path).size > 2 ** 20)
  if (found === undefined || !hasTool('dpkg-deb')) {
    missing.push('.deb: no package below --kernels, or no dpkg-deb')
    return
  }
  const out = quote(join(scratch, 'deb'))
  const add = (subject: string, sample: Subject['sample']) =>
    subjects.push({ group: '.deb', subject, items: 1, size: statSync(found).size, sample })
  add('scan', () => timeSelf(root, scan(found), scratch))
  add('dpkg-deb -x', () => timeCommand(`dpkg-deb -x ${quote(found)} ${out}; rm -rf ${out}`))
}

/** Small disks, each with another identity in its file system, so that none is a copy of another. */
function addSmallDisks({ root, scratch, quick }: Context, subjects: Subject[]): void {
  const disk = new Uint8Array(brotliDecompressSync(readFileSync(join(root, 'fixtures/disks/plain.qcow2.br'))))
  const uuid = findSuperblock(disk) + 0x68
  for (const count of [SMALL_DISKS / 10, quick ? SMALL_DISKS / 5 : SMALL_DISKS]) {
    const directory = join(scratch, `disks-${count}`)
    mkdirSync(directory)
    for (let index = 0; index < count; index++) {
      new DataView(disk.buffer).setUint32(uuid, index)
      writeFileSync(join(directory, `disk-${index}`), disk)
    }
    for (const workers of ['0', '2']) {
      const args = ['scan', directory, '-o', 'ndjson', '--workers', workers, '--fail-on', 'never']
      const sample = () => timeSelf(root, args, scratch)
      subjects.push({
        group: `small disks, ${workers} workers`,
        subject: `${count} disks`,
        items: count,
        sample,
      })
    }
  }
}

/** Where the superblock of ext lies: its magic, 56 bytes into it, and a first block and a state that fit. */
function findSuperblock(bytes: Uint8Array): number {
  for (let at = 1024; at + 1024 <= bytes.length; at += 1024) {
    if (bytes[at + 56] === 0x53 && bytes[at + 57] === 0xef && bytes[at + 58] === 1) return at
  }
  throw new Error('Cannot find the superblock in fixtures/disks/plain.qcow2')
}
