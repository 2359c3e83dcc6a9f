/** File systems with the files of a guest, made by the tools of each. */
import { spawnSync } from 'node:child_process'
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { FILES } from './configurations.ts'

const MIB = 2 ** 20

const FILE_SYSTEMS = {
  ext2: 'mke2fs -q -F -t ext2 -b 1024 -d "$1" "$2"',
  ext3: 'mke2fs -q -F -t ext3 -b 1024 -d "$1" "$2"',
  ext4: 'mke2fs -q -F -t ext4 -O ^has_journal -b 4096 -d "$1" "$2"',
  'ext4-inline': 'mke2fs -q -F -t ext4 -O inline_data -I 256 -b 1024 -d "$1" "$2"',
  'ext4-old': 'mke2fs -q -F -t ext4 -O ^metadata_csum,^64bit,^extent -b 2048 -d "$1" "$2"',
  fat12: 'mkfs.vfat -F 12 "$2" && mcopy -s -i "$2" "$1"/* ::/',
  fat16: 'mkfs.vfat -F 16 -s 2 "$2" && mcopy -s -i "$2" "$1"/* ::/',
  'iso-rr': 'xorriso -report_about SORRY -as mkisofs -R -o "$2" "$1"',
  'iso-plain': 'xorriso -report_about SORRY -as mkisofs -o "$2" "$1"',
  'iso-uppercase': 'genisoimage -quiet -o "$2" "$1"',
  'iso-untranslated': 'genisoimage -quiet -U -o "$2" "$1"',
  'iso-level-4': 'genisoimage -quiet -iso-level 4 -o "$2" "$1"',
  'iso-joliet': 'xorriso -report_about SORRY -as mkisofs -J -R -o "$2" "$1"',
  ufs1: 'makefs -t ffs -o version=1 -s 4m "$2" "$1"',
  ufs2: 'makefs -t ffs -o version=2 -s 4m "$2" "$1"',
  xfs4: 'mkfs.xfs -q -f --unsupported -m crc=0 -n ftype=0 -d size=16m -p "$1.proto" "$2"',
  'xfs4-ftype': 'mkfs.xfs -q -f --unsupported -m crc=0 -n ftype=1 -d size=16m -p "$1.proto" "$2"',
  xfs5: 'mkfs.xfs -q -f --unsupported -d size=16m -p "$1.proto" "$2"',
  btrfs: 'mkfs.btrfs -q --mixed --rootdir "$1" --shrink "$2"',
  'fat12-4k': 'mkfs.vfat -F 12 -S 4096 -s 1 "$2" && mcopy -s -i "$2" "$1"/* ::/',
  squashfs: 'rm "$2" && mksquashfs "$1" "$2" -quiet -no-progress',
} as const
export type FileSystem = keyof typeof FILE_SYSTEMS
/** In bytes, where it is not 4 MiB. */
const SIZES: Readonly<Partial<Record<FileSystem, number>>> = {
  fat16: 6 * MIB,
  xfs4: 16 * MIB,
  'xfs4-ftype': 16 * MIB,
  xfs5: 16 * MIB,
  btrfs: 112 * MIB,
}
export const FILE_SYSTEM_NAMES = Object.keys(FILE_SYSTEMS) as FileSystem[]

/** A file system: what it is, and the configurations in it, by path. */
export interface Volume {
  kind: FileSystem
  configs: readonly (readonly [path: string, text: string])[]
}

/** What a file holds: its place, so that what pygrub copies tells which file it was. */
export const contentOf = (offset: number, path: string): string => `${offset}:${path}`

/** UTF-8, but for the character U+FFFE, which stands for a byte of no text. */
const bytesOf = (text: string): Uint8Array =>
  Buffer.concat(
    text.split('\ufffe').flatMap((part, at) => (at === 0 ? [] : [Buffer.of(0xe9)]).concat(Buffer.from(part))),
  )

/** A directory as mkfs.xfs takes it: a line a file, and `$` at the end of each directory below the first. */
function prototype(directory: string, head: string): string {
  const lines = readdirSync(directory, { withFileTypes: true }).map(entry => {
    const path = join(directory, entry.name)
    if (entry.isDirectory()) return `${prototype(path, `${entry.name} d--755 0 0`)}$\n`
    if (entry.isSymbolicLink()) return `${entry.name} l--777 0 0 ${readlinkSync(path)}\n`
    return `${entry.name} ---644 0 0 ${path}\n`
  })
  return `${head}\n${lines.join('')}`
}

/** Makes the file system that is to lie at `offset` of its disk, in bytes. */
export function makeFileSystem(work: string, { kind, configs }: Volume, offset: number): Uint8Array {
  const [tree, image] = [join(work, 'tree'), join(work, 'image')]
  rmSync(tree, { recursive: true, force: true })
  const put = (path: string, content: string) => {
    mkdirSync(dirname(join(tree, path)), { recursive: true })
    writeFileSync(join(tree, path), bytesOf(content))
  }
  for (const path of FILES) put(path, contentOf(offset, path))
  for (const [path, content] of configs) put(path, content)
  if (!kind.startsWith('fat')) {
    symlinkSync('boot/vmlinuz-2', join(tree, 'vmlinuz'))
    symlinkSync('boot', join(tree, 'images'))
    symlinkSync('/boot/initrd-1', join(tree, 'initrd'))
    symlinkSync('loop', join(tree, 'loop'))
    // A chain of as many links as are followed, and one more.
    for (let count = 1; count <= 9; count++)
      symlinkSync(count === 1 ? 'vmlinuz-1' : `chain${count - 1}`, join(tree, `chain${count}`))
  }
  if (kind.startsWith('xfs')) writeFileSync(`${tree}.proto`, `x\n0 0\n${prototype(tree, 'd--755 0 0')}$\n`)
  rmSync(image, { force: true })
  writeFileSync(image, '')
  const size = SIZES[kind] ?? (/^(iso|ufs)/.test(kind) ? 0 : 4 * MIB)
  if (size > 0) truncateSync(image, size)
  const words = ['-c', FILE_SYSTEMS[kind], 'sh', tree, image]
  const { status, stderr } = spawnSync('sh', words, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`Cannot make a file system of ${kind}: ${stderr}`)
  return readFileSync(image)
}
