import type { VendorData } from './vendor.ts'

const REPOSITORY = 'CentOS-virt7/xen'
const SPEC = `${REPOSITORY} SPECS/xen.spec (BuildRequires)`

export const centos: VendorData = {
  vendors: ['centos'],
  facts: [
    { since: '4.4.4', gate: 'build.decoders.bzip2', value: true, source: SPEC },
    { since: '4.4.4', gate: 'build.decoders.lzma', value: true, source: SPEC },
    { since: '4.4.4', gate: 'build.decoders.xz', value: true, source: SPEC },
    { since: '4.4.4', gate: 'build.decoders.lzo', value: false, source: SPEC },
    { since: '4.4.4', gate: 'build.decoders.zstd', value: false, source: SPEC },
    {
      since: '4.8.2-10',
      before: '4.9',
      gate: 'phys32-entry-bypass',
      value: 'any',
      source: `${REPOSITORY} SOURCES/xen-queue.am 124ebec`,
    },
  ],
  read: [{ since: '4.4.4', before: '4.16', source: `${REPOSITORY}, all branches` }],
}
