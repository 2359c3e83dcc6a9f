/** Configurations of boot loaders, made by chance: what pygrub reads of each grammar, and some that it does not. */
import fc from 'fast-check'

/** The kernels and initrds that configurations name. */
export const FILES = [
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

/** A configuration: its path and its text. */
export const configuration = fc.oneof(
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
