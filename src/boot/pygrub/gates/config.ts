/** Which configuration files pygrub reads, and how it reads them. */
import { componentGate } from '../../../xen/component.ts'

/** How a configuration file is read. */
export type Grammar = 'grub-legacy' | 'grub2' | 'extlinux'
export type ConfigFiles = readonly (readonly [path: string, grammar: Grammar])[]

const paths = (grammar: Grammar, ...names: string[]): ConfigFiles =>
  names.map(name => [name, grammar] as const)
const LEGACY = paths(
  'grub-legacy',
  '/boot/grub/menu.lst',
  '/boot/grub/grub.conf',
  '/grub/menu.lst',
  '/grub/grub.conf',
)
const GRUB = paths('grub2', '/boot/grub/grub.cfg', '/grub/grub.cfg')
const GRUB2 = [...GRUB, ...paths('grub2', '/boot/grub2/grub.cfg', '/grub2/grub.cfg')]
const ISOLINUX = paths('extlinux', '/boot/isolinux/isolinux.cfg')
const EXTLINUX = paths('extlinux', '/boot/extlinux.conf')
const EXTLINUX_FOLDER = paths('extlinux', '/boot/extlinux/extlinux.conf')
const EXTLINUX_OWN_BOOT = paths('extlinux', '/extlinux/extlinux.conf', '/extlinux.conf')

const GRUB2_FIRST = [...GRUB2, ...ISOLINUX, ...EXTLINUX, ...LEGACY]
const WITH_FOLDER = [...GRUB2, ...ISOLINUX, ...EXTLINUX_FOLDER, ...EXTLINUX, ...LEGACY]
const WITH_OWN_BOOT = [
  ...GRUB2,
  ...ISOLINUX,
  ...EXTLINUX_FOLDER,
  ...EXTLINUX,
  ...EXTLINUX_OWN_BOOT,
  ...LEGACY,
]

const MIB = 2 ** 20

export const configGates = {
  'config-files': componentGate<ConfigFiles>({
    summary: 'The configuration files, in order: the first that exists decides, whatever it contains.',
    spans: [
      ['3.1.0', LEGACY],
      ['4.0.0', [...LEGACY, ...GRUB, ...ISOLINUX, ...EXTLINUX]],
      ['4.1.3', [...LEGACY, ...GRUB2, ...ISOLINUX, ...EXTLINUX]],
      ['4.1.6', [...LEGACY, ...GRUB2, ...ISOLINUX, ...EXTLINUX_FOLDER, ...EXTLINUX]],
      ['4.2.0', GRUB2_FIRST],
      ['4.2.3', WITH_FOLDER],
      ['4.3.0', GRUB2_FIRST],
      ['4.3.1', WITH_FOLDER],
      ['4.3.4', WITH_OWN_BOOT],
      ['4.4.0', WITH_FOLDER],
      ['4.4.2', WITH_OWN_BOOT],
    ],
    evidence: [
      'RELEASE-4.1.6.1 tools/pygrub/src/pygrub read_config 258d27a1d9',
      'RELEASE-4.2.0 tools/pygrub/src/pygrub read_config cf5cc0aa31',
      'RELEASE-4.4.2 tools/pygrub/src/pygrub read_config 0c12e5b742',
    ],
  }),
  'config-limit': componentGate<number>({
    summary: 'How many bytes of the configuration file are read; 0 stands for all.',
    spans: [
      ['3.1.0', 0],
      ['4.1.4', MIB],
    ],
    evidence: ['RELEASE-4.1.4 tools/pygrub/src/pygrub read_config e7e8937625'],
  }),
  'config-values': componentGate<'evaluated' | 'set'>({
    summary:
      'Values of the configuration are put into a Python statement and evaluated, so that a double quote is a syntax error; or just set.',
    spans: [
      ['3.1.0', 'evaluated'],
      ['3.2.0', 'set'],
    ],
    evidence: [
      '3.1.0-branched tools/pygrub/src/GrubConf.py set_from_line',
      '3.2.0-rc6 tools/pygrub/src/GrubConf.py set_from_line',
    ],
  }),
  'legacy-last-title': componentGate<'kept' | 'dropped'>({
    summary: 'GRUB legacy: a title without lines at the end of the file is an entry, or is ignored.',
    spans: [
      ['3.1.0', 'kept'],
      ['4.0.0', 'dropped'],
    ],
    evidence: [
      '3.4.0-rc3 tools/pygrub/src/GrubConf.py parse',
      'RELEASE-4.0.0 tools/pygrub/src/GrubConf.py parse',
    ],
  }),
  'menuentry-title': componentGate<'double-quotes' | 'greedy' | 'lazy'>({
    summary:
      'grub.cfg: a menuentry needs one space, a title in double quotes (or either), a space, and a brace on the same line. The title runs to the last quote before a space, or to the first.',
    spans: [
      ['3.1.0', 'double-quotes'],
      ['4.0.1', 'greedy'],
      ['4.2.5', 'lazy'],
      ['4.3.0', 'greedy'],
      ['4.3.3', 'lazy'],
      ['4.4.0', 'greedy'],
      ['4.4.1', 'lazy'],
    ],
    evidence: [
      'RELEASE-4.0.0 tools/pygrub/src/GrubConf.py parse',
      'RELEASE-4.0.1 tools/pygrub/src/GrubConf.py parse',
      'RELEASE-4.2.5 tools/pygrub/src/GrubConf.py parse dd03048708',
    ],
  }),
  submenu: componentGate<boolean>({
    summary:
      'grub.cfg: submenu lines are passed over, and their entries join one flat list; before, the file is lost.',
    spans: [
      ['3.1.0', false],
      ['4.1.3', true],
    ],
    evidence: ['RELEASE-4.2.0 tools/pygrub/src/GrubConf.py parse 0c385b2eff'],
  }),
  linux16: componentGate<boolean>({
    summary:
      'grub.cfg: linux16 and initrd16 are understood. linuxefi, multiboot, blscfg and configfile never are.',
    spans: [
      ['3.1.0', false],
      ['4.2.5', true],
      ['4.3.0', false],
      ['4.3.3', true],
      ['4.4.0', false],
      ['4.4.1', true],
    ],
    evidence: ['RELEASE-4.4.1 tools/pygrub/src/GrubConf.py Grub2Image dd03048708'],
  }),
  'saved-entries': componentGate<readonly string[]>({
    summary: 'grub.cfg: variables of which the value is taken as entry 0 in default; grubenv is never read.',
    spans: [
      ['3.1.0', []],
      ['4.1.3', ['saved_entry']],
      ['4.1.6', ['saved_entry', 'next_entry']],
      ['4.2.0', ['saved_entry']],
      ['4.2.3', ['saved_entry', 'next_entry']],
    ],
    evidence: [
      'RELEASE-4.2.0 tools/pygrub/src/GrubConf.py parse b23177b177',
      'RELEASE-4.2.3 tools/pygrub/src/GrubConf.py parse d513814db6',
    ],
  }),
  'default-value': componentGate<'number-saved-invalid' | 'number' | 'title' | 'number-or-first'>({
    summary:
      'What default may be: a number ("saved" is an error, or entry 0), anything (a title, or the last part of a path of titles, selects its entry), or a number where everything else means entry 0.',
    spans: [
      ['3.1.0', 'number-saved-invalid'],
      ['4.0.0', 'number'],
      ['4.3.4', 'title'],
      ['4.4.0', 'number'],
      ['4.4.2', 'title'],
      ['4.13.0', 'number-or-first'],
    ],
    evidence: [
      '3.4.0-rc3 tools/pygrub/src/GrubConf.py _set_default',
      'RELEASE-4.1.0 tools/pygrub/src/GrubConf.py _set_default',
      'RELEASE-4.4.2 tools/pygrub/src/pygrub image_index d1b93ea261',
      'RELEASE-4.13.0 tools/pygrub/src/GrubConf.py _set_default 767ba397d3',
    ],
  }),
  'default-missing': componentGate<'index-error' | 'name-error' | 'first'>({
    summary: 'A default past the last entry: an error, or entry 0.',
    spans: [
      ['3.1.0', 'index-error'],
      ['3.4.0', 'name-error'],
      ['4.0.0', 'first'],
    ],
    evidence: [
      '3.4.0-rc3 tools/pygrub/src/pygrub run_grub',
      'RELEASE-4.22.0 tools/pygrub/src/pygrub run_grub f976214e1d',
    ],
  }),
  'partition-names': componentGate<readonly string[]>({
    summary: 'What may come before the number of a partition in a device name; anything else loses the file.',
    spans: [
      ['3.1.0', []],
      ['4.0.2', ['msdos']],
      ['4.1.3', ['msdos', 'gpt']],
    ],
    evidence: [
      'RELEASE-4.0.2 tools/pygrub/src/GrubConf.py set_part ab223ad3d6',
      'RELEASE-4.2.0 tools/pygrub/src/GrubConf.py set_part 26543b1280',
    ],
  }),
  'xvd-names': componentGate<boolean>({
    summary:
      'A device named (/dev/xvda) is understood; otherwise two letters and a number, or the file is lost.',
    spans: [
      ['3.1.0', false],
      ['4.4.0', true],
    ],
    evidence: ['RELEASE-4.4.0 tools/pygrub/src/GrubConf.py set_disk b2e55da3cd'],
  }),
  'extlinux-append': componentGate<'error' | 'initrd-not-first' | 'initrd-anywhere'>({
    summary:
      'extlinux: an append line after kernel is an error, loses an initrd= in first place, or is read; initrd= in it names the initrd.',
    spans: [
      ['3.1.0', 'error'],
      ['4.1.3', 'initrd-not-first'],
      ['4.2.0', 'initrd-anywhere'],
    ],
    evidence: [
      'RELEASE-4.0.0 tools/pygrub/src/ExtLinuxConf.py set_from_line',
      'RELEASE-4.1.6 tools/pygrub/src/ExtLinuxConf.py set_from_line',
      'RELEASE-4.2.0 tools/pygrub/src/ExtLinuxConf.py set_from_line 7af6c7ad83',
    ],
  }),
}
