/**
 * pygrub: the program in dom0 that takes kernel and initrd out of a guest's disk; the toolstack then loads them.
 * @module
 */
import { type Component, type ComponentReader, componentGate } from '../../xen/component.ts'
import { releases } from '../../xen/releases.ts'

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

const gates = {
  python: componentGate<readonly (2 | 3)[]>({
    summary: 'The versions of Python that run it; which one a host has, who built it chose.',
    spans: [
      ['3.1.0', [2]],
      ['4.13.0', [2, 3]],
    ],
    evidence: [
      'RELEASE-4.12.0 tools/pygrub/src/pygrub -',
      'RELEASE-4.13.0 tools/pygrub/src/pygrub read_config',
    ],
  }),
  partitions: componentGate<'one' | 'all'>({
    summary:
      'Which primary partitions are tried: the active one, else the first, and its errors are final; or all, the active ones first (under Python 3 in table order), and errors are passed over.',
    spans: [
      ['3.1.0', 'one'],
      ['4.1.0', 'all'],
    ],
    evidence: [
      'RELEASE-4.0.4 tools/pygrub/src/pygrub get_active_partition',
      'RELEASE-4.1.0 tools/pygrub/src/pygrub get_partition_offsets 8dda1f560d',
    ],
  }),
  gpt: componentGate<'first' | 'all'>({
    summary: 'Which entries of a GPT are tried.',
    spans: [
      ['3.1.0', 'first'],
      ['4.1.3', 'all'],
    ],
    evidence: [
      'RELEASE-4.1.0 tools/pygrub/src/pygrub get_fs_offset_gpt',
      'RELEASE-4.2.0 tools/pygrub/src/pygrub get_fs_offset_gpt 66b1787ae5',
    ],
  }),
  'empty-table': componentGate<'name-error' | 'nothing' | 'whole-disk'>({
    summary:
      'A disk with the signature of an MBR and no partition in it: a NameError, no partition to try, or the whole disk as one file system.',
    spans: [
      ['3.1.0', 'name-error'],
      ['4.2.5', 'nothing'],
      ['4.3.0', 'name-error'],
      ['4.3.3', 'nothing'],
      ['4.4.0', 'name-error'],
      ['4.4.1', 'nothing'],
      ['4.5.3', 'whole-disk'],
      ['4.6.0', 'nothing'],
      ['4.6.3', 'whole-disk'],
    ],
    evidence: [
      'RELEASE-4.2.0 tools/pygrub/src/pygrub -',
      'RELEASE-4.5.3 tools/pygrub/src/pygrub get_partition_offsets fb31b1475f',
    ],
  }),
  'hybrid-iso': componentGate<boolean>({
    summary:
      'An ISO 9660 image with an MBR is tried as a whole disk first (under Python 3 the signature is never recognised).',
    spans: [
      ['3.1.0', false],
      ['4.2.0', true],
    ],
    evidence: ['RELEASE-4.2.0 tools/pygrub/src/pygrub identify_disk_image 93bf609a77'],
  }),
  'file-systems': componentGate<readonly string[]>({
    summary:
      'The file systems of libfsimage. XFS: version 4 only, and with file types in directories nothing is found in it. Never btrfs, UFS2, squashfs, f2fs, LVM, md or LUKS.',
    spans: [
      ['3.1.0', ['ext', 'vfat', 'iso9660', 'ufs1', 'reiserfs']],
      ['3.3.0', ['ext', 'vfat', 'iso9660', 'ufs1', 'reiserfs', 'zfs']],
      ['4.2.0', ['ext', 'vfat', 'iso9660', 'ufs1', 'reiserfs', 'zfs', 'xfs']],
    ],
    evidence: [
      'RELEASE-4.22.0 tools/libfsimage/Makefile -',
      'RELEASE-4.22.0 tools/libfsimage/xfs/fsys_xfs.c - 5fa9d87e8f',
    ],
  }),
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
  solaris: componentGate<'amd64' | 'amd64-where-there' | 'either'>({
    summary:
      'A Solaris kernel under /platform/i86xpv is taken before any configuration; the 64-bit one as the host is 64-bit, where it is there, or either.',
    spans: [
      ['3.1.0', 'amd64'],
      ['4.0.1', 'amd64-where-there'],
      ['4.1.3', 'either'],
    ],
    evidence: [
      'RELEASE-4.0.0 tools/pygrub/src/pygrub sniff_solaris',
      'RELEASE-4.0.1 tools/pygrub/src/pygrub sniff_solaris',
      'RELEASE-4.22.0 tools/pygrub/src/pygrub sniff_solaris',
    ],
  }),
  netware: componentGate<boolean>({
    summary: '/nwserver/xnloader.sys is taken before any configuration.',
    spans: [
      ['3.1.0', false],
      ['3.4.0', true],
    ],
    evidence: ['RELEASE-4.22.0 tools/pygrub/src/pygrub sniff_netware 2b9e3c9a48'],
  }),
  arguments: componentGate<'own-only' | 'added-to-own' | 'joined'>({
    summary:
      "The toolstack's extra arguments: dropped; added with a space to the entry's, where it has any; or added where there are any.",
    spans: [
      ['3.1.0', 'own-only'],
      ['3.4.0', 'added-to-own'],
      ['4.1.4', 'joined'],
      ['4.2.0', 'added-to-own'],
      ['4.2.1', 'joined'],
    ],
    evidence: [
      'RELEASE-4.1.0 tools/pygrub/src/pygrub run_grub c474b173ae',
      'RELEASE-4.1.4 tools/pygrub/src/pygrub run_grub',
    ],
  }),
  'entry-zero': componentGate<boolean>({
    summary: '--entry 0 counts.',
    spans: [
      ['3.1.0', false],
      ['4.3.0', true],
    ],
    evidence: ['RELEASE-4.3.0 tools/pygrub/src/pygrub run_grub 0289e710ca'],
  }),
  'entry-python3': componentGate<'error' | 'works'>({
    summary: '--entry under Python 3 loses every partition, or works.',
    spans: [
      ['3.1.0', 'error'],
      ['4.15.6', 'works'],
      ['4.16.0', 'error'],
      ['4.16.6', 'works'],
      ['4.17.0', 'error'],
      ['4.17.3', 'works'],
    ],
    evidence: ['RELEASE-4.17.3 tools/pygrub/src/pygrub get_entry_idx 40387f6206'],
  }),
  'missing-file': componentGate<'io-error' | 'message'>({
    summary: 'A kernel or initrd that is not there: a traceback with an IOError, or a message with its name.',
    spans: [
      ['3.1.0', 'io-error'],
      ['4.1.4', 'message'],
    ],
    evidence: ['RELEASE-4.1.4 tools/pygrub/src/pygrub copy_from_image'],
  }),
  'restricted-file-size': componentGate<number>({
    summary:
      'The most bytes of a kernel or initrd in the de-privileged mode (--runas), in MiB; 0 where that mode is not there.',
    spans: [
      ['3.1.0', 0],
      ['4.15.6', 128],
      ['4.16.0', 0],
      ['4.16.6', 128],
      ['4.17.0', 0],
      ['4.17.3', 128],
    ],
    evidence: ['RELEASE-4.18.0 tools/pygrub/src/pygrub downgrade_rlimits e0342ae555'],
  }),
  'restricted-memory': componentGate<number>({
    summary: 'The most memory of the de-privileged mode, in MiB; 0 stands for no limit.',
    spans: [
      ['3.1.0', 0],
      ['4.19.0', 256],
    ],
    evidence: ['RELEASE-4.19.0 tools/pygrub/src/pygrub downgrade_rlimits'],
  }),
  'usr-bin': componentGate<boolean>({
    summary: '/usr/bin/pygrub is there.',
    spans: [
      ['3.1.0', true],
      ['4.19.0', false],
    ],
    evidence: ['RELEASE-4.22.0 CHANGELOG.md - 1fa104ee7a'],
  }),
}

export type PygrubGates = typeof gates
export type PygrubReader = ComponentReader<PygrubGates>

export const pygrub: Component<PygrubGates> = {
  name: 'pygrub',
  summary:
    "The program in dom0 that takes kernel and initrd out of a guest's disk, for the toolstack to load",
  versions: releases,
  repository: 'https://github.com/xen-project/xen',
  gates,
}
