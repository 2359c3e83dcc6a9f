/** What the guest's own boot loaders boot, from their configurations. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseScript } from '../../src/boot/grub/script.ts'
import { chooseByPath } from '../../src/boot/guest/choose.ts'
import type { MenuChoice } from '../../src/boot/menu.ts'
import { memoryFiles } from './files.ts'

const CONFIG = '/boot/grub/grub.cfg'
const entry = (title: string, kernel: string, options = '') =>
  `menuentry '${title}' --class os ${options} {\n  search --no-floppy --fs-uuid --set=root 1234\n  linux ${kernel} root=/dev/xvda1 ro\n  initrd /boot/ucode.img /boot/initrd\n}\n`
const grubenv = (text: string) => `# GRUB Environment Block\n${text}`.padEnd(1024, '#')

function chosen(
  config: string,
  more: Record<string, string> = {},
  path: 'pvgrub2' | 'hvm' = 'pvgrub2',
): MenuChoice {
  return chooseByPath(memoryFiles({ [CONFIG]: config, ...more }), path)!
}

const HEADER = `if [ -s $prefix/grubenv ]; then
  set have_grubenv=true
  load_env
fi
if [ "\${next_entry}" ] ; then
   set default="\${next_entry}"
   set next_entry=
   save_env next_entry
   set boot_once=true
else
   set default="\${saved_entry}"
fi
if [ x"\${feature_menuentry_id}" = xy ]; then
  menuentry_id_option="--id"
else
  menuentry_id_option=""
fi
export menuentry_id_option
function load_video {
  if [ x$feature_all_video_module = xy ]; then
    insmod all_video
  fi
}
`

describe('grub.cfg', () => {
  const menu = `${entry('one', '/boot/vmlinuz-1', '$menuentry_id_option "id-1"')}submenu 'Advanced options' $menuentry_id_option 'advanced' {\n${entry('two', '/boot/vmlinuz-2', '$menuentry_id_option "id-2"')}${entry('three', '/boot/vmlinuz-3', '$menuentry_id_option "id-3"')}}\n`

  test('the first entry, with all of its initrds, where nothing says otherwise', () => {
    expect(chosen(HEADER + menu)).toMatchObject({
      grammar: 'grub2',
      entry: {
        titles: ['one'],
        kind: 'linux',
        kernel: '/boot/vmlinuz-1',
        initrds: ['/boot/ucode.img', '/boot/initrd'],
        args: 'root=/dev/xvda1 ro',
      },
    })
  })

  test.each([
    ['saved_entry=advanced>id-3', '/boot/vmlinuz-3'],
    ['saved_entry=1>0', '/boot/vmlinuz-2'],
    ['saved_entry=Advanced options>three', '/boot/vmlinuz-3'],
    ['saved_entry=no such\n', '/boot/vmlinuz-1'],
    ['saved_entry=0\nnext_entry=1>1', '/boot/vmlinuz-3'],
  ])('grubenv: %s', (text, kernel) => {
    expect(chosen(HEADER + menu, { '/boot/grub/grubenv': grubenv(`${text}\n`) }).entry?.kernel).toBe(kernel)
  })

  test('what the platform decides', () => {
    const config = `if [ "$grub_platform" = xen ]; then\nset default=1\nfi\n${entry('a', '/a')}${entry('b', '/b')}`
    expect(chosen(config).entry?.kernel).toBe('/b')
    expect(chosen(config, {}, 'hvm').entry?.kernel).toBe('/a')
  })

  test('what the machine decides is said, with the candidates', () => {
    const config = `if keystatus --shift; then\nset default=1\nelse\nset default=0\nfi\n${entry('a', '/a')}${entry('b', '/b')}`
    const { candidates, undecided } = chosen(config)
    expect(undecided).toContain('depends on the machine')
    expect(candidates.map(({ kernel }) => kernel)).toEqual(['/b', '/a'])
  })

  test('a stub that names another file, BLS entries in their order with variables', () => {
    const stub = chosen(`configfile /boot/grub2/real.cfg\n`, { '/boot/grub2/real.cfg': entry('x', '/x') })
    expect(stub.entry?.kernel).toBe('/x')
    const bls = (version: string) =>
      `title Fedora ${version}\nversion ${version}\nlinux /vmlinuz-${version}\ninitrd /initramfs-${version}.img\noptions root=/dev/vda $kernelopts\n`
    const choice = chosen('load_env\nset default="$saved_entry"\nblscfg\n', {
      '/boot/grub/grubenv': grubenv('kernelopts=quiet\n'),
      '/boot/loader/entries/id-6.9.conf': bls('6.9'),
      '/boot/loader/entries/id-6.10.conf': bls('6.10'),
    })
    expect(choice.entry).toMatchObject({
      kernel: '/vmlinuz-6.10',
      args: 'root=/dev/vda quiet',
      titles: ['Fedora 6.10'],
    })
  })

  test.each([
    ['an unclosed quote', `menuentry 'x {\n linux /a\n}\n`],
    ['a file that includes itself', `source ${CONFIG}\n`],
    ['a brace that closes nothing', '}\n}\n'],
  ])('%s is a problem with its place', (_, config) => {
    const { problems } = chosen(config)
    expect(problems.length).toBeGreaterThan(0)
    expect(problems[0]).toMatchObject({ file: CONFIG, message: expect.any(String) })
  })

  test('hostile configurations end: deep menus, a million entries, a grubenv of another size', () => {
    expect(chosen(`${'submenu x {\n'.repeat(5000)}`).problems.length).toBeGreaterThan(0)
    expect(chosen('menuentry a {\n}\n'.repeat(70_000)).problems).toMatchObject([
      { message: expect.stringContaining('only 1048576 are read') },
    ])
    const { remarks } = chosen(`load_env\n${entry('a', '/a')}`, {
      '/boot/grub/grubenv': '# GRUB Environment Block\nx=1\n',
    })
    expect(remarks[0]).toContain('instead of 1024')
  })

  test('any text ends, with coded problems only', () => {
    const piece = fc.constantFrom(
      'if',
      'then',
      'else',
      'fi',
      '{',
      '}',
      '"',
      "'",
      '\\',
      '$x',
      '${y',
      '\n',
      ';',
      'set a=$a$a',
      'menuentry x {',
      'submenu y {',
      'function f {',
      'f',
      'for',
      'done',
      '[ -n "$x" ]',
      '\0',
      '\xe9',
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), pieces => {
        const text = pieces.join(' ')
        expect(parseScript(text).problems.length).toBeLessThanOrEqual(200)
        chosen(text)
      }),
      { numRuns: 200 },
    )
  })
})

describe('other loaders', () => {
  const choose = (files: Record<string, string>, path: 'pv-grub' | 'hvm' = 'hvm') =>
    chooseByPath(memoryFiles(files), path)

  test('GRUB legacy: saved entries, and a hypervisor is multiboot', () => {
    const menu =
      'default saved\ntitle xen\nkernel /boot/xen.gz\nmodule /boot/vmlinuz\ntitle linux\nkernel (hd0,0)/boot/vmlinuz ro\ninitrd /boot/initrd\n'
    expect(choose({ '/boot/grub/menu.lst': menu }, 'pv-grub')?.entry).toMatchObject({ kind: 'multiboot' })
    expect(
      choose({ '/boot/grub/menu.lst': menu, '/boot/grub/default': '1\n' }, 'pv-grub')?.entry,
    ).toMatchObject({
      kind: 'linux',
      kernel: '/boot/vmlinuz',
      initrds: ['/boot/initrd'],
    })
  })

  test('extlinux: LINUX, INITRD, INCLUDE, relative paths', () => {
    const files = {
      '/boot/extlinux/extlinux.conf': 'DEFAULT a\nINCLUDE more.conf\n',
      '/boot/extlinux/more.conf': 'LABEL a\n LINUX ../vmlinuz\n INITRD ../u.img,../initrd\n APPEND ro\n',
    }
    expect(choose(files)?.entry).toMatchObject({
      kernel: '/boot/extlinux/../vmlinuz',
      initrds: ['/boot/extlinux/../u.img', '/boot/extlinux/../initrd'],
      args: 'ro',
    })
  })

  test('systemd-boot: the newest by sort key and version, a pattern, a saved entry', () => {
    const one = (version: string) => `title T\nversion ${version}\nsort-key t\nlinux /vmlinuz-${version}\n`
    const entries = { '/loader/entries/a.conf': one('6.9'), '/loader/entries/b.conf': one('6.10') }
    expect(choose({ '/loader/loader.conf': '', ...entries })?.entry?.kernel).toBe('/vmlinuz-6.10')
    expect(choose({ '/loader/loader.conf': 'default a*\n', ...entries })?.entry?.kernel).toBe('/vmlinuz-6.9')
    const saved = choose({ '/loader/loader.conf': 'default @saved\n', ...entries })
    expect([saved?.undecided, saved?.candidates.length]).toEqual([expect.stringContaining('firmware'), 2])
    expect(choose({ '/EFI/Linux/arch-6.10.efi': 'MZ' })?.entry).toMatchObject({ kind: 'chainload' })
  })

  test('FreeBSD: the kernel that loader.conf names', () => {
    const files = {
      '/boot/loader.conf': 'kernel="kernel.old"\n',
      '/boot/kernel.old/kernel': 'x',
      '/boot/kernel/kernel': 'y',
    }
    expect(choose(files)?.entry?.kernel).toBe('/boot/kernel.old/kernel')
  })

  test('GRUB for Xen reads grub.cfg only', () => {
    expect(chooseByPath(memoryFiles({ '/boot/grub/menu.lst': 'title a\n' }), 'pvgrub2')).toBeUndefined()
  })
})
