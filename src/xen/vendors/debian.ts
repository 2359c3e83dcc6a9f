import type { VendorData } from './vendor.ts'

const CHANGELOG = "changelog of Debian's xen"
const CONFIG =
  '/boot/xen-4.14-amd64.config, xen-4.17-amd64.config and xen-4.20-amd64.config of xen-hypervisor'
const LIBRARIES = 'libraries that libxenmisc4.14 4.14.6-1, libxenmisc4.17 and libxenmisc4.20 depend on'
const SINCE = '4.14.3-1'

export const debian: VendorData = {
  vendors: ['debian'],
  facts: [
    { since: SINCE, gate: 'build.pv', value: true, source: CONFIG },
    { since: SINCE, gate: 'build.pv32', value: false, source: CONFIG },
    { since: SINCE, gate: 'build.pvh', value: true, source: CONFIG },
    { since: SINCE, gate: 'build.decoders.bzip2', value: false, source: LIBRARIES },
    { since: SINCE, gate: 'build.decoders.lzma', value: true, source: LIBRARIES },
    { since: SINCE, gate: 'build.decoders.xz', value: true, source: LIBRARIES },
    { since: SINCE, gate: 'build.decoders.lzo', value: false, source: LIBRARIES },
    {
      since: SINCE,
      before: '4.15',
      gate: 'lzma-end-marker',
      value: 'refused',
      source: 'liblzma5 5.2.5 of Debian 11',
    },
    {
      since: SINCE,
      before: '4.16.2-2',
      gate: 'build.decoders.zstd',
      value: false,
      source: `${CHANGELOG} 4.16.2-2`,
    },
    { since: '4.16.2-2', gate: 'build.decoders.zstd', value: true, source: `${CHANGELOG} 4.16.2-2` },
    {
      since: '4.17.5+23-ga4e5191dc0-1+deb12u1',
      before: '4.18',
      gate: 'xz-memory-limit',
      value: 256,
      source: `${CHANGELOG} 4.17.5+23-ga4e5191dc0-1+deb12u1, e6472d4668`,
    },
    {
      since: '4.19.1-1',
      gate: 'xz-memory-limit',
      value: 256,
      source: `${CHANGELOG} 4.19.1-1, e6472d4668`,
    },
  ],
  read: [{ since: '4.14.0-1', before: '4.21', source: CHANGELOG }],
}
