import type { VendorData } from './vendor.ts'

const SPEC = "Fedora's xen.spec"
const changelog = (version: string) => `${SPEC}, changelog of ${version}`
const XSA55 = changelog('4.2.2-7 (XSA-55, CVE-2013-2194 to 2196)')
const REQUIRES = `${SPEC} (BuildRequires: bzip2-devel xz-devel libzstd-devel), 4.17.1-1 to 4.19.1-6`

export const fedora: VendorData = {
  vendors: ['fedora'],
  facts: [
    {
      since: '3.2.0-17',
      before: '3.3',
      gate: 'bzimage-toolstack',
      value: 'loaded',
      source: changelog('3.2.0-17'),
    },
    {
      since: '3.3.1-3',
      before: '3.4',
      gate: 'bzimage-hypervisor',
      value: 'loaded',
      source: changelog('3.3.1-3'),
    },
    {
      since: '3.3.1-3',
      before: '3.4',
      gate: 'gzip-hypervisor',
      value: 'built-in',
      source: changelog('3.3.1-3'),
    },
    ...(['bzip2', 'lzma'] as const).flatMap(codec =>
      (['toolstack', 'hypervisor'] as const).map(
        side =>
          ({
            since: '3.4.1-2',
            before: '4.0',
            gate: `${codec}-${side}`,
            value: side === 'toolstack' ? 'library' : 'built-in',
            source: changelog('3.4.1-2 (d7c9674faa, ab77e81f65)'),
          }) as const,
      ),
    ),
    {
      since: '4.1.0-2',
      before: '4.1.1',
      gate: 'payload-bounds',
      value: 'checked',
      source: changelog('4.1.0-2 (CVE-2011-1583)'),
    },
    {
      since: '4.2.0-2',
      before: '4.2.1',
      gate: 'kernel-size-limit',
      value: 'all',
      source: changelog('4.2.0-2 (XSA-25)'),
    },
    { since: '4.2.2-7', before: '4.2.3', gate: 'libelf-bounds', value: 'checked', source: XSA55 },
    { since: '4.2.2-7', before: '4.2.3', gate: 'note-string-limit', value: 4096, source: XSA55 },
    { since: '4.2.2-7', before: '4.2.3', gate: 'note-count-limit', value: 65536, source: XSA55 },
    {
      since: '4.2.2-7',
      before: '4.2.3',
      gate: 'load-copy-limit',
      value: 'twice the destination',
      source: XSA55,
    },
    { since: '4.2.2-7', before: '4.2.3', gate: 'dom0-symbol-copy', value: 'checked', source: XSA55 },
    {
      since: '4.14.0-11',
      before: '4.15',
      gate: 'zstd-hypervisor',
      value: 'built-in',
      source: changelog('4.14.0-11'),
    },
    {
      since: '4.14.1-4',
      before: '4.15',
      gate: 'zstd-toolstack',
      value: 'library',
      source: changelog('4.14.1-4 (8169f82049)'),
    },
    { since: '4.14.1-4', gate: 'build.decoders.zstd', value: true, source: changelog('4.14.1-4') },
    { since: '4.17.1-1', gate: 'build.decoders.bzip2', value: true, source: REQUIRES },
    { since: '4.17.1-1', gate: 'build.decoders.lzma', value: true, source: REQUIRES },
    { since: '4.17.1-1', gate: 'build.decoders.xz', value: true, source: REQUIRES },
    { since: '4.17.1-1', gate: 'build.decoders.lzo', value: false, source: REQUIRES },
  ],
  read: [{ since: '3.2.0-17', before: '4.20', source: changelog('3.2.0-17 to 4.19.1-6') }],
}
