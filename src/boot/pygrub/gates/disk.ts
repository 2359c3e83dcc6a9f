/** Where pygrub looks for a kernel on a disk, before any configuration. */
import { componentGate } from '../../../xen/component.ts'

export const diskGates = {
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
}
