/** pygrub as a program: its Python, its options, its limits. */
import { componentGate } from '../../../xen/component.ts'

export const programGates = {
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
