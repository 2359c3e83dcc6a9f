/**
 * Compares what the readers of containers give with what was put in by the real tools:
 * `npm run test:containers -- KERNEL...`. KERNEL are files for /boot, such as `npm run fetch:kernels` makes; without
 * any, those of fixtures/catalogue. Needs e2fsprogs, xfsprogs, btrfs-progs, squashfs-tools, xorriso, dosfstools, mtools,
 * gdisk, qemu-utils, zip and rpm; a format whose tool is missing is named and left out. Each disk format holds an
 * ext4, of which debugfs lists /boot and gives the bytes. Exits with 1 where something differs.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openInside } from '../../src/containers/resolve.ts'
import { ContainerSession } from '../../src/fleet/container-session.ts'
import { readBytes } from '../../src/source/memory.ts'
import { openFile } from '../../src/source/node/file.ts'

const catalogue = join(dirname(fileURLToPath(import.meta.url)), '../../fixtures/catalogue')
const named = process.argv.slice(2)
const kernels = named.length > 0 ? named : readdirSync(catalogue).map(name => join(catalogue, name))

const work = mkdtempSync(join(tmpdir(), 'containers-'))
const TREE = join(work, 'tree')
const [EXT, GPT] = [join(work, 'ext'), join(work, 'gpt')]

/** By what is made, for `sh` in the work directory: $TREE has boot/, $GPT is a raw disk with ext4 in its partition 1. */
const RECIPES: [file: string, prefix: string, script: string][] = [
  ['gpt', 'part1/boot', ':'],
  ...['', '-o compat=0.10', '-c', '-c -o compression_type=zstd', '-o extended_l2=on,cluster_size=128k'].map(
    (options, index): [string, string, string] => [
      `${index}.qcow2`,
      'part1/boot',
      `qemu-img convert ${options} -O qcow2 "$GPT" ${index}.qcow2`,
    ],
  ),
  ['overlay', 'part1/boot', 'qemu-img create -q -f qcow2 -F qcow2 -b 0.qcow2 overlay'],
  ['vhd', 'part1/boot', 'qemu-img convert -O vpc "$GPT" vhd'],
  ['fixed', 'part1/boot', 'qemu-img convert -O vpc -o subformat=fixed "$GPT" fixed'],
  ['vhdx', 'part1/boot', 'qemu-img convert -O vhdx "$GPT" vhdx'],
  ['sparse', 'part1/boot', 'qemu-img convert -O vmdk "$GPT" sparse'],
  ['stream', 'part1/boot', 'qemu-img convert -O vmdk -o subformat=streamOptimized "$GPT" stream'],
  ['tar.gz', 'boot', 'tar -C "$TREE" -czf tar.gz boot'],
  ['tar.xz', 'boot', 'tar -C "$TREE" -cf - boot | xz -1 > tar.xz'],
  ['tar.zst', 'boot', 'tar -C "$TREE" -cf - boot | zstd -q > tar.zst'],
  ['tar.bz2', 'boot', 'tar -C "$TREE" -cjf tar.bz2 boot'],
  ['cpio', 'boot', '(cd "$TREE"; find boot | cpio -o -H newc --quiet) > cpio'],
  ['zip', 'boot', '(cd "$TREE"; zip -qr ../zip.zip boot); mv zip.zip zip'],
  [
    'deb',
    'boot',
    'mkdir -p "$TREE/DEBIAN"; printf "Package: k\\nVersion: 1\\nArchitecture: all\\nMaintainer: k\\nDescription: k\\n" > "$TREE/DEBIAN/control"; dpkg-deb -b "$TREE" deb',
  ],
  ['iso', 'boot', 'xorriso -as mkisofs -quiet -R -J -o iso "$TREE"'],
  ...['gzip', 'xz', 'lz4', 'zstd', 'lzo'].map((codec): [string, string, string] => [
    `squashfs-${codec}`,
    'boot',
    `mksquashfs "$TREE" squashfs-${codec} -comp ${codec} -quiet -no-progress`,
  ]),
  [
    'oci/index.json',
    'boot',
    'umoci init --layout oci; umoci new --image oci:k; tar -C "$TREE" -cf old.tar boot; umoci raw add-layer --image oci:k old.tar; mkdir -p upper/boot; touch upper/boot/.wh.gone; tar -C upper -cf upper.tar boot; umoci raw add-layer --image oci:k upper.tar',
  ],
  ['docker-archive', 'boot', 'skopeo copy -q oci:oci:k docker-archive:docker-archive:k:1'],
  ['oci-archive', 'boot', 'skopeo copy -q oci:oci:k oci-archive:oci-archive'],
  ['btrfs', 'boot', 'truncate -s 512M btrfs; mkfs.btrfs -q --rootdir "$TREE" btrfs'],
]

function shell(script: string): boolean {
  const { status, stderr } = spawnSync('sh', ['-ec', script], {
    cwd: work,
    env: { ...process.env, TREE, EXT, GPT },
    encoding: 'utf8',
  })
  if (status !== 0) console.log(`left out: ${stderr.trim().split('\n').at(-1)}`)
  return status === 0
}

/** What is wrong with the files at `prefix` in the container; nothing where all are equal. */
function difference(file: string, prefix: string): string | undefined {
  const source = openFile(join(work, file))
  const session = new ContainerSession('wasm', source, {})
  try {
    for (const name of readdirSync(join(TREE, 'boot'))) {
      const expected = readFileSync(join(TREE, 'boot', name))
      const found = openInside(source, session.context, `${prefix}/${name}`)
      const bytes = readBytes(found, 0, expected.length + 1)
      if (!expected.equals(bytes)) return `${prefix}/${name} differs`
    }
    return undefined
  } catch (error) {
    return (error as Error).message
  } finally {
    session.close()
    source.close()
  }
}

/** The ext4 as debugfs reads it has the files too: what was put in is what is there. */
function checkByDebugfs(): void {
  for (const name of readdirSync(join(TREE, 'boot'))) {
    const out = join(work, 'dumped')
    execFileSync('debugfs', ['-R', `dump /boot/${name} ${out}`, EXT], { stdio: 'ignore' })
    if (!readFileSync(out).equals(readFileSync(join(TREE, 'boot', name))))
      throw new Error(`debugfs: ${name} differs`)
  }
}

let failures = 0
try {
  mkdirSync(join(TREE, 'boot'), { recursive: true })
  for (const kernel of kernels) cpSync(kernel, join(TREE, 'boot', basename(kernel).replace(/[^\w.+-]/g, '_')))
  const size = kernels.reduce((sum, kernel) => sum + statSync(kernel).size, 0)
  const mebibytes = Math.ceil(size / 2 ** 20) * 2 + 32
  execFileSync('mkfs.ext4', ['-q', '-F', '-d', TREE, EXT, `${mebibytes}M`])
  shell(
    `truncate -s ${mebibytes + 2}M "$GPT"; sgdisk -n 1:2048:0 "$GPT"; dd if="$EXT" of="$GPT" bs=1M seek=1 conv=notrunc,sparse status=none`,
  )
  checkByDebugfs()
  for (const [file, prefix, script] of RECIPES) {
    if (!shell(script)) continue
    const fault = difference(file, prefix)
    if (fault !== undefined) failures++
    console.log(`${file}: ${fault ?? 'equal'}`)
  }
} finally {
  rmSync(work, { recursive: true })
}
console.log(failures === 0 ? 'all equal' : `${failures} differ`)
process.exitCode = failures === 0 ? 0 : 1
