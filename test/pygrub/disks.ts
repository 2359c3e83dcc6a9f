/** Guest disks for pygrub, made by chance: any partition table, file system and configuration that it knows, and some more. */
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
import fc from 'fast-check'

const MIB = 2 ** 20
const SECTOR = 512
/** The place of the first partition, and the distance of the next one, in bytes. */
const STEP = 20 * MIB

/** The kernels and initrds of each file system. */
const FILES = [
  '/boot/vmlinuz-1',
  '/boot/vmlinuz-2',
  '/boot/initrd-1',
  '/vmlinuz-1',
  '/initrd-1',
  '/boot/grub/vmlinuz',
]

const kernel = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...FILES) },
  fc.constantFrom('/images/vmlinuz-1', '/chain8', '/chain9', '/loop', '/initrd'),
  fc.constantFrom('/vmlinuz', '/boot/none', '(hd0,0)/vmlinuz-1', '(hd0)/boot/vmlinuz-1', 'vmlinuz-1'),
  fc.constantFrom(
    '//vmlinuz-1',
    '/boot/./vmlinuz-1',
    '/boot/grub/../vmlinuz-1',
    '/../vmlinuz-1',
    '/BOOT/vmlinuz-1',
    '/vmlinuz-1/',
  ),
)
const ramdisk = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('/boot/initrd-1', '/initrd-1') },
  fc.constantFrom('/initrd', '/images/initrd-1', 'initrd-1', '(hd0,1)', '"/initrd-1"'),
  fc.constantFrom('/boot/none', '/boot/initrd-1 /initrd-1', '(hd0,msdos1)/initrd-1'),
)
const args = fc.constantFrom(
  '',
  ' root=/dev/xvda1 ro',
  ' ro  quiet',
  '\tro',
  ' "a b"',
  ' a=$b c',
  " 'x'",
  ' caf\u00e9',
  ' a\\ b ',
  ' root=/dev/xvda1 ro # no',
)
const space = fc.constantFrom(' ', ' ', ' ', '\t', '  ')
const rarely = <T>(value: fc.Arbitrary<T>, otherwise: T) =>
  fc.oneof({ weight: 7, arbitrary: fc.constant(otherwise) }, value)
const entries = (entry: fc.Arbitrary<string>) =>
  fc.oneof({ weight: 9, arbitrary: fc.array(entry, { minLength: 1, maxLength: 4 }) }, fc.constant([]))
const block = (lines: string[]): string => lines.filter(line => line !== '').join('\n')

const grub2Entry = fc
  .record({
    head: fc.constantFrom(
      "menuentry 'one' {",
      "menuentry 'two' --class os --id two {",
      'menuentry "three" {',
      "menuentry 'a > b' --class 'c d' $menuentry_id_option 'x' {",
      "  menuentry 'caf\u00e9' {",
      'menuentry "it\'s" {',
      "menuentry '' {",
      "menuentry 'x' {}",
      "menuentry 'brace { in it' {",
      'menuentry \'back\\\\slash\' --class "a {" {',
      "submenu 'inner' {\nmenuentry 'leaf' {",
      "\tmenuentry\t'tab' {",
    ),
    odd: rarely(
      fc.constantFrom('menuentry plain {', "menuentry  'five' {", "menuentry 'six'\n{", "menuentry 'x'{"),
      '',
    ),
    root: fc.constantFrom(
      '',
      'set root=hd0,1',
      "set root='hd0,msdos1'",
      'set root=(hd0,gpt2)',
      "set root='hd1'",
    ),
    strange: rarely(
      fc.constantFrom(
        'set root=lvm/vg-root',
        'search --set=root --label x',
        'insmod ext2',
        'set x',
        'if [ a = b ]; then\nfi',
      ),
      '',
    ),
    command: rarely(fc.constantFrom('linux16', 'linuxefi', 'multiboot', 'chainloader'), 'linux'),
    space,
    kernel,
    args,
    initrd: fc.option(fc.tuple(fc.constantFrom('initrd', 'initrd', 'initrd16', 'initrdefi'), ramdisk)),
    end: rarely(fc.constantFrom('', '} #', '  }'), '}'),
  })
  .map(of =>
    block([
      of.odd === '' ? of.head : of.odd,
      of.root,
      of.strange,
      `  ${of.command}${of.space}${of.kernel}${of.args}`,
      of.initrd === null ? '' : `  ${of.initrd[0]} ${of.initrd[1]}`,
      of.end,
    ]),
  )
const grub2 = fc
  .record({
    default: fc.constantFrom(
      '',
      'set default=0',
      'set default="1"',
      "set default='2'",
      'set default="two"',
      `set default="$${'{saved_entry}'}"`,
      `set default="$${'{next_entry}'}"`,
      'set default="1>2"',
      'set default=9',
      'set default',
      'set default=-1',
      'default=1',
    ),
    more: rarely(
      fc.constantFrom(
        'function f {\n  set a=b\n}',
        "submenu 'more' {",
        'set timeout=5',
        'set timeout="a"',
        'if [ x = y ] ; then\n  set default=1\nfi',
        'blscfg',
        'insmod gzio\n\n# comment',
        '}',
        'caf\u00e9',
        'set default=2\nset default="0"',
        'set default="three"',
        `set default="$${'{saved_entry}'}`,
        'set default=$default',
        'set default=" 1"',
        'set default=1_0',
        'set  default=1',
        'set default =1',
        'set default= 1',
        'set default=+1',
        'set default=\u0661',
        'source /boot/grub/custom.cfg',
        'configfile /grub/grub.cfg',
        'functional',
        'menuentry_id_option="--id"',
        'if x; then\n}\nfi',
        'submenu "a" {\nsubmenu "b" {\n}\n}',
        'title x\nkernel /vmlinuz-1',
      ),
      '',
    ),
    entries: entries(grub2Entry),
  })
  .map(of => `${block([of.default, of.more, ...of.entries])}\n`)

const legacyEntry = fc
  .record({
    title: fc.constantFrom(
      'title one',
      'title two three',
      'title\tfour',
      '  title five',
      'title',
      'TITLE six',
    ),
    root: fc.constantFrom(
      '',
      'root (hd0,0)',
      'root (hd0)',
      'root hd0,0',
      'root (hd0,1)',
      'rootnoverify (hd0,0)',
      'root=(hd0,0)',
      'root (hd0,0) # x',
      'root (hdx,0)',
      'uuid 1234',
      'root (cd)',
    ),
    command: fc.constantFrom('kernel', 'kernel', 'kernel', 'kernel --no-mem-option', 'linux', 'module'),
    space,
    kernel,
    args,
    initrd: fc.option(fc.tuple(fc.constantFrom('initrd', 'module', 'initrd='), ramdisk)),
  })
  .map(of =>
    block([
      of.title,
      of.root,
      `${of.command}${of.space}${of.kernel}${of.args}`,
      of.initrd === null ? '' : `${of.initrd[0]} ${of.initrd[1]}`,
    ]),
  )
const legacy = fc
  .record({
    default: fc.constantFrom(
      '',
      'default 0',
      'default=1',
      'default saved',
      'default 9',
      'default\t1',
      'default',
      'default two three',
      'default=-1',
      'default = 1',
      'default 1 # c',
      'default "1"',
    ),
    more: rarely(
      fc.constantFrom(
        'fallback 1',
        'splashimage (hd0,0/x',
        'splashimage=x',
        'titles',
        'kernel /vmlinuz-1',
        'include x',
        'timeout 5',
        'timeout x',
        'password --md5 abc',
        'splashimage=(hd0,0)/x',
        'hiddenmenu',
        '# c',
        'color a b',
      ),
      '',
    ),
    entries: entries(legacyEntry),
  })
  .map(of => `${block([of.default, of.more, ...of.entries])}\n`)

const extlinuxEntry = fc
  .record({
    label: fc.constantFrom(
      'label one',
      'LABEL two',
      'label  three',
      'Label four five',
      'label "one"',
      'label',
      'label=two',
      'labelone',
    ),
    command: fc.constantFrom('kernel', 'linux', 'KERNEL', 'com32', 'kernel ="'),
    space,
    kernel: fc.oneof(
      kernel,
      fc.constantFrom('mboot.c32', '../vmlinuz-1', 'mboot.c32 /boot/vmlinuz-1 ro --- /boot/initrd-1'),
    ),
    initrd: fc.option(ramdisk),
    append: fc.option(
      fc.constantFrom(
        'initrd=/boot/initrd-1 ro',
        'ro initrd=/boot/initrd-1',
        'root=/dev/xvda1 ro quiet',
        'ro initrd=/initrd-1,/boot/initrd-1',
        '"initrd=/initrd-1 ro"',
        'INITRD=/initrd-1 ro',
        'ro initrd= x',
        'initrd=/initrd-1 initrd=/boot/initrd-1 a',
        '  "ro quiet"  ',
        'ro --- quiet initrd=/initrd-1',
        '/boot/vmlinuz-1 ro --- /boot/initrd-1',
        '',
      ),
    ),
  })
  .map(of =>
    block([
      of.label,
      `  ${of.command}${of.space}${of.kernel}`,
      of.initrd === null ? '' : `  initrd ${of.initrd}`,
      of.append === null ? '' : `  append ${of.append}`,
    ]),
  )
const extlinux = fc
  .record({
    default: fc.constantFrom('', 'default one', 'DEFAULT two', 'default 1', 'default none', 'default'),
    more: rarely(
      fc.constantFrom(
        'timeout 5',
        'prompt 1',
        '# c',
        'ui menu.c32',
        'display x',
        'menu title x',
        'include /boot/x.cfg',
        'default "one"',
        'default=one',
        'append ro',
        'kernel /vmlinuz-1',
        'labels',
      ),
      '',
    ),
    entries: entries(extlinuxEntry),
  })
  .map(of => `${block([of.default, of.more, ...of.entries])}\n`)

/** How the text of a configuration is written down. */
const SPELLINGS: Readonly<Record<string, (text: string) => string>> = {
  plain: text => text,
  crlf: text => text.replaceAll('\n', '\r\n'),
  'cr in the middle': text => text.replace('\n', '\r'),
  'byte order mark': text => `\ufeff${text}`,
  'no newline at the end': text => text.trimEnd(),
  tabs: text => text.replaceAll('  ', '\t').replace(/^(?=(linux|initrd|kernel|append))/gm, '\t'),
  'white space at the ends': text => text.replaceAll('\n', ' \t\n'),
  'form feeds': text => text.replaceAll('\n', '\f\n\v'),
  'separators of text': text => text.replaceAll('\n', '\u2028\n\u0085\u00a0'),
  'control separators': text => text.replaceAll(' ', '\u001c'),
  nul: text => text.replace(' ', '\0'),
  'not UTF-8': text => text.replace('\n', '\ufffe\n'),
  'empty lines': text => text.replaceAll('\n', '\n\n#}\n  # menuentry "x" {\n'),
  capitals: text => text.toUpperCase(),
  'wide blanks': text => text.replaceAll(' ', '\u3000'),
  'two spaces': text => text.replaceAll(' ', '  '),
}
const spelled = (text: fc.Arbitrary<string>) =>
  fc
    .tuple(text, rarely(fc.constantFrom(...Object.keys(SPELLINGS)), 'plain'))
    .map(([content, how]) => SPELLINGS[how]!(content))

const config = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.tuple(
      fc.constantFrom('/boot/grub/grub.cfg', '/grub/grub.cfg', '/boot/grub2/grub.cfg', '/grub2/grub.cfg'),
      spelled(grub2),
    ),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(
      fc.constantFrom('/boot/grub/menu.lst', '/boot/grub/grub.conf', '/grub/menu.lst', '/grub/grub.conf'),
      spelled(legacy),
    ),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(
      fc.constantFrom(
        '/boot/isolinux/isolinux.cfg',
        '/boot/extlinux/extlinux.conf',
        '/boot/extlinux.conf',
        '/extlinux/extlinux.conf',
        '/extlinux.conf',
        '/isolinux/isolinux.cfg',
      ),
      spelled(extlinux),
    ),
  },
)

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
type FileSystem = keyof typeof FILE_SYSTEMS
/** In bytes, where it is not 4 MiB. */
const SIZES: Readonly<Partial<Record<FileSystem, number>>> = {
  fat16: 6 * MIB,
  xfs4: 16 * MIB,
  'xfs4-ftype': 16 * MIB,
  xfs5: 16 * MIB,
  btrfs: 112 * MIB,
}
const NAMES = Object.keys(FILE_SYSTEMS) as FileSystem[]

/** One file system: what it is, and the configurations in it, by path. */
const volume = fc.record({
  kind: fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom<FileSystem>('ext2', 'ext3', 'ext4', 'fat16', 'iso-rr', 'xfs4') },
    fc.constantFrom(...NAMES),
  ),
  configs: fc.oneof({ weight: 6, arbitrary: fc.tuple(config) }, fc.array(config, { maxLength: 2 })),
})

/** The plan of a disk; `volumes` has nothing for a partition without a file system. */
export const diskPlan = fc.record({
  layout: fc.constantFrom('whole', 'whole', 'mbr', 'gpt'),
  volumes: fc.array(fc.oneof({ weight: 4, arbitrary: volume }, fc.constant(undefined)), {
    minLength: 1,
    maxLength: 3,
  }),
  active: fc.integer({ min: -1, max: 3 }),
  types: fc.tuple(
    ...[0, 1, 2].map(() =>
      fc.oneof({ weight: 4, arbitrary: fc.constant(0x83) }, fc.constantFrom(0x0c, 0x82, 0xbf, 0x8e, 5)),
    ),
  ),
  options: fc.oneof(
    { weight: 3, arbitrary: fc.constant([]) },
    fc.constantFrom(['--args=extra=1'], ['--entry=1'], ['--entry=0'], ['--entry=two'], ['--entry=7']),
    fc.constantFrom(['--args=a  b', '--entry=1'], ['--entry=-1'], ['--entry= 1'], ['--entry=']),
  ),
})
export type DiskPlan = typeof diskPlan extends fc.Arbitrary<infer Plan> ? Plan : never
type Volume = NonNullable<DiskPlan['volumes'][number]>

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

function makeFileSystem(work: string, { kind, configs }: Volume, offset: number): Uint8Array {
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

/** Makes the disk of a plan, with the tools of its file systems. */
export function makeDisk(work: string, { layout, volumes, active, types }: DiskPlan): Uint8Array {
  if (layout === 'whole') {
    const [first] = volumes
    return first === undefined ? new Uint8Array(MIB) : makeFileSystem(work, first, 0)
  }
  const disk = new Uint8Array(STEP * (volumes.length + 1))
  const view = new DataView(disk.buffer)
  view.setUint16(0x1fe, 0xaa55, true)
  const entry = (index: number, type: number, start: number, sectors: number) => {
    const at = 446 + 16 * index
    view.setUint8(at, index === active ? 0x80 : 0)
    view.setUint8(at + 4, type)
    view.setUint32(at + 8, start, true)
    view.setUint32(at + 12, sectors, true)
  }
  if (layout === 'gpt') {
    entry(0, 0xee, 1, disk.length / SECTOR - 1)
    disk.set(new TextEncoder().encode('EFI PART'), SECTOR)
    view.setUint32(SECTOR + 80, 4, true)
    view.setUint32(SECTOR + 84, 128, true)
  }
  for (const [index, volume] of volumes.entries()) {
    const start = STEP * (index + 1)
    if (layout === 'mbr') entry(index, types[index]!, start / SECTOR, STEP / SECTOR)
    else {
      view.setBigUint64(2 * SECTOR + 128 * index, 1n, true)
      view.setBigUint64(2 * SECTOR + 128 * index + 32, BigInt(start / SECTOR), true)
      view.setBigUint64(2 * SECTOR + 128 * index + 40, BigInt((start + STEP) / SECTOR - 1), true)
    }
    if (volume !== undefined) disk.set(makeFileSystem(work, volume, start), start)
  }
  return disk
}
