/**
 * Compares what the readers of containers give with what was put in by the real tools:
 * `npm run test:containers -- KERNEL...`. KERNEL are files for /boot, such as `npm run fetch:kernels` makes; without
 * any, those of fixtures/catalogue. Needs e2fsprogs, xfsprogs, btrfs-progs, squashfs-tools, xorriso, dosfstools, mtools,
 * gdisk, qemu-utils, zip and rpm; a format whose tool is missing is named and left out. Each disk format holds an
 * ext4, of which debugfs lists /boot and gives the bytes. guestfish makes volumes of LVM and md, and reads them, by a Linux
 * of its own. Exits with 1 where something differs.
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
/** 7-Zip is called `7zz` by its own package, and `7z` by p7zip's. */
const SEVEN_ZIP = spawnSync('7zz').error === undefined ? '7zz' : '7z'

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
  ['raw-backing', 'part1/boot', 'qemu-img create -q -f qcow2 -F raw -b gpt raw-backing'],
  ['data', 'part1/boot', 'qemu-img convert -O qcow2 -o data_file=data.raw,data_file_raw=on "$GPT" data'],
  ['vhd', 'part1/boot', 'qemu-img convert -O vpc "$GPT" vhd'],
  ['fixed', 'part1/boot', 'qemu-img convert -O vpc -o subformat=fixed "$GPT" fixed'],
  ['vhdx', 'part1/boot', 'qemu-img convert -O vhdx "$GPT" vhdx'],
  ['fixed-vhdx', 'part1/boot', 'qemu-img convert -O vhdx -o subformat=fixed "$GPT" fixed-vhdx'],
  ['sparse', 'part1/boot', 'qemu-img convert -O vmdk "$GPT" sparse'],
  ['stream', 'part1/boot', 'qemu-img convert -O vmdk -o subformat=streamOptimized "$GPT" stream'],
  [
    'split.vmdk',
    'part1/boot',
    'qemu-img convert -O vmdk -o subformat=twoGbMaxExtentSparse "$GPT" split.vmdk',
  ],
  ['flat.vmdk', 'part1/boot', 'qemu-img convert -O vmdk -o subformat=monolithicFlat "$GPT" flat.vmdk'],
  ['child.vmdk', 'part1/boot', 'qemu-img create -q -f vmdk -F vmdk -b sparse child.vmdk'],
  [
    'ova',
    'disk1.vmdk!/part1/boot',
    'cp stream disk1.vmdk; printf \'<Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/1"><References><File ovf:href="disk1.vmdk" ovf:id="f"/></References></Envelope>\' > k.ovf; tar -cf ova k.ovf disk1.vmdk',
  ],
  [
    'gpt-4096',
    'part1/boot',
    'truncate -s 64M head; cat head "$EXT" > gpt-4096; truncate -s +8M gpt-4096; losetup -f --show -b 4096 gpt-4096 > loop; sgdisk -n 1:16384:+$(($(stat -c %s "$EXT") / 4096)) "$(cat loop)" >/dev/null; losetup -d "$(cat loop)"',
  ],
  [
    'mbr',
    'part5/boot',
    'truncate -s 2M mbr; cat "$EXT" >> mbr; truncate -s +1M mbr; printf "label: dos\nstart=2048, type=5\nstart=4096, size=$(($(stat -c %s "$EXT") / 512)), type=83\n" | sfdisk -q --no-tell-kernel mbr',
  ],
  ['lvm', 'vg-root/boot', volumes('lvm')],
  ['md', 'part2/md/boot', 'ln lvm md'],
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
  ['rpm', 'boot', rpm('w3.zstdio')],
  ...['w6.gzdio', 'w6.bzdio', 'w2.xzdio', 'w2.lzdio'].map((payload): [string, string, string] => [
    'rpm',
    'boot',
    rpm(payload),
  ]),
  ['iso', 'boot', 'xorriso -as mkisofs -quiet -R -J -o iso "$TREE"'],
  ['joliet', 'boot', 'xorriso -as mkisofs -quiet --norock -J -joliet-long -o joliet "$TREE"'],
  [
    'el-torito',
    '@boot1!/boot',
    'truncate -s "$(($(stat -c %s "$EXT") / 1024 + 8192))K" fat; mkfs.vfat -F 32 fat >/dev/null; mcopy -s -i fat "$TREE/boot" ::; mkdir -p disc; cp fat disc/efi.img; xorriso -as mkisofs -quiet -R -e efi.img -no-emul-boot -o el-torito disc',
  ],
  ['fat', 'boot', ':'],
  [
    'xfs',
    'boot',
    `truncate -s "$(($(stat -c %s "$EXT") / 1024 + 400000))K" xfs; mkfs.xfs -q xfs; ${copied('xfs')}`,
  ],
  [
    'xfs-v4',
    'boot',
    `truncate -s "$(($(stat -c %s "$EXT") / 1024 + 400000))K" xfs-v4; mkfs.xfs -q -m crc=0 xfs-v4; ${copied('xfs-v4')}`,
  ],
  ['erofs', 'boot', 'mkfs.erofs erofs "$TREE" >/dev/null'],
  ['erofs-lz4', 'boot', 'mkfs.erofs -zlz4hc erofs-lz4 "$TREE" >/dev/null'],
  ['ufs', 'boot', 'makefs -t ffs -o version=2 ufs "$TREE" >/dev/null'],
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
  ...['zlib', 'lzo', 'zstd'].map((codec): [string, string, string] => [
    `btrfs-${codec}`,
    'boot',
    `truncate -s 512M btrfs-${codec}; mkfs.btrfs -q btrfs-${codec}; ${copied(`btrfs-${codec}`, `,compress-force=${codec}`)}`,
  ]),
  ['tar.lz4', 'boot', 'tar -C "$TREE" -cf - boot | lz4 -q > tar.lz4'],
  ['tar.lzo', 'boot', 'tar -C "$TREE" -cf - boot | lzop > tar.lzo'],
  ['tar.x86', 'boot', 'tar -C "$TREE" -cf - boot | xz --x86 --lzma2=preset=1 > tar.x86'],
]

/** Mounts an image and copies the tree into it: needs root and a kernel that knows the file system. */
function copied(image: string, options = ''): string {
  return `mkdir -p mount; mount -o loop${options} ${image} mount; cp -r "$TREE/boot" mount; umount mount`
}

/** Has guestfish make a disk: a volume of LVM in the first partition, and a mirror of md in the two others. */
function volumes(disk: string): string {
  return `
    tar -C "$TREE" -cf tree.tar boot
    sectors=$(($(stat -c %s "$EXT") / 512 + 16384))
    truncate -s $(((3 * sectors + 4096) * 512)) ${disk}
    part() { echo "part-add /dev/sda p $((2048 + $1 * sectors)) $((2047 + ($1 + 1) * sectors))"; }
    filled() { printf '%s\\n' "mkfs ext4 $1" "mount $1 /" 'tar-in tree.tar /' umount-all; }
    (
      printf '%s\\n' run 'part-init /dev/sda gpt'
      part 0; part 1; part 2
      printf '%s\\n' 'pvcreate /dev/sda1' 'vgcreate vg /dev/sda1' 'lvcreate-free root vg 100'
      filled /dev/vg/root
      echo 'md-create md "/dev/sda2 /dev/sda3" level:raid1'
      filled /dev/md127
    ) | guestfish -a ${disk}`
}

function rpm(payload: string): string {
  return `
    printf 'Name: kernel\\nVersion: 1\\nRelease: 1\\nSummary: none\\nLicense: none\\n%%description\\n%%install\\n' > spec
    printf 'mkdir -p %%{buildroot}\\ncp -r "$TREE/boot" %%{buildroot}\\n%%files\\n/boot\\n' >> spec
    rpmbuild -bb --quiet --define "_topdir $PWD/top" --define '_binary_payload ${payload}' \\
      --define '__os_install_post %{nil}' --define '_build_id_links none' spec
    mv top/RPMS/*/*.rpm rpm; rm -r top`
}

/**
 * What the tools' own readers give of the files: each writes boot/ into the directory `out`. The readers of this program
 * are compared with that too.
 */
const OWN_READERS: Record<string, string> = {
  '0.qcow2':
    'qemu-img convert -O raw 0.qcow2 whole; dd if=whole of=part bs=1M skip=1 status=none; debugfs -R "rdump /boot out" part 2>/dev/null',
  stream:
    'qemu-img convert -f vmdk -O raw stream whole; dd if=whole of=part bs=1M skip=1 status=none; debugfs -R "rdump /boot out" part 2>/dev/null',
  vhdx: 'qemu-img convert -f vhdx -O raw vhdx whole; dd if=whole of=part bs=1M skip=1 status=none; debugfs -R "rdump /boot out" part 2>/dev/null',
  lvm: 'guestfish --ro -a lvm run : mount-ro /dev/vg/root / : copy-out /boot out',
  md: 'guestfish --ro -a md run : mount-ro /dev/md127 / : copy-out /boot out',
  deb: 'dpkg-deb -x deb out',
  rpm: '(cd out; rpm2cpio ../rpm | cpio -idm --quiet)',
  iso: '$SEVEN_ZIP x -bd -oout iso >/dev/null',
  zip: '$SEVEN_ZIP x -bd -tzip -oout zip >/dev/null',
  'squashfs-zstd': 'unsquashfs -no-progress -quiet -f -d out squashfs-zstd',
  'squashfs-xz': 'unsquashfs -no-progress -quiet -f -d out squashfs-xz',
  'btrfs-zstd': 'btrfs restore btrfs-zstd out >/dev/null',
  'btrfs-lzo': 'btrfs restore btrfs-lzo out >/dev/null',
  'erofs-lz4': 'fsck.erofs --extract=out --overwrite erofs-lz4 >/dev/null',
  fat: 'mcopy -s -i fat ::boot out',
  'docker-archive':
    'skopeo copy -q docker-archive:docker-archive oci:again:k; umoci unpack --rootless --image again:k bundle >/dev/null; cp -r bundle/rootfs/boot out',
}

/** What a tool's own reader gives; nothing where it is missing, or fails. */
function ownReader(file: string): string | undefined {
  const script = OWN_READERS[file]
  if (script === undefined) return undefined
  rmSync(join(work, 'out'), { recursive: true, force: true })
  return shell(`rm -rf whole part out bundle again; mkdir out; ${script}`)
    ? join(work, 'out/boot')
    : undefined
}

function shell(script: string): boolean {
  const { status, stderr } = spawnSync('sh', ['-ec', script], {
    cwd: work,
    env: { LIBGUESTFS_BACKEND: 'direct', ...process.env, TREE, EXT, GPT, SEVEN_ZIP },
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

/** What a tool's own reader gave is what was put in, too. */
function treeDifference(boot: string): string | undefined {
  for (const name of readdirSync(join(TREE, 'boot'))) {
    const bytes = readFileSync(join(boot, name))
    if (!bytes.equals(readFileSync(join(TREE, 'boot', name))))
      return `the tool's own reader gives another ${name}`
  }
  return undefined
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
    const own = ownReader(file)
    const fault = difference(file, prefix) ?? (own === undefined ? undefined : treeDifference(own))
    if (fault !== undefined) failures++
    console.log(
      `${file}: ${fault ?? (own === undefined ? 'equal' : "equal, and to what the tool's own reader gives")}`,
    )
  }
} finally {
  rmSync(work, { recursive: true })
}
console.log(failures === 0 ? 'all equal' : `${failures} differ`)
process.exitCode = failures === 0 ? 0 : 1
