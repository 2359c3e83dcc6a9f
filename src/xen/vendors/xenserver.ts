import type { VendorData } from './vendor.ts'

const QUEUE = 'xenserver/xen.pg'
const REPOSITORIES = 'xcp-ng-rpms/xen, xenserver/xen.pg'
const SPEC = `${REPOSITORIES} xen.spec (BuildRequires)`
const CONFIG = `${REPOSITORIES} configure-build.patch`
const SINCE = '4.7.5'

export const xenserver: VendorData = {
  vendors: ['xcp-ng', 'xenserver'],
  facts: [
    { since: SINCE, gate: 'build.pv', value: true, source: CONFIG },
    { since: '4.17.3-1', gate: 'build.pv32', value: false, source: CONFIG },
    { since: SINCE, gate: 'build.pvh', value: true, source: CONFIG },
    { since: SINCE, gate: 'build.decoders.bzip2', value: true, source: SPEC },
    { since: SINCE, gate: 'build.decoders.lzma', value: true, source: SPEC },
    { since: SINCE, gate: 'build.decoders.xz', value: true, source: SPEC },
    { since: SINCE, gate: 'build.decoders.lzo', value: true, source: SPEC },
    { since: '4.17.3-1', gate: 'build.decoders.zstd', value: true, source: SPEC },
    {
      since: '4.7.6-1.43',
      before: '4.7.6-2',
      gate: 'lz4-decoder',
      value: 'works',
      source: `${QUEUE} XS-7.1.x, f1d6bb3 of 2021-04-06, backport-2d7572cdfa4d.patch`,
    },
    {
      since: '4.13.3-9.15',
      before: '4.14',
      gate: 'pv32',
      value: 'boot-option',
      source: `${REPOSITORIES} xen-tweak-cmdline-defaults.patch on backport-68d757df8dd2.patch (9d8e064 of 2021-09-14): pv=32 switches it on`,
    },
    {
      since: '4.13.3-9.15',
      before: '4.14',
      gate: 'compat-check',
      value: 'parse',
      source: `${REPOSITORIES} backport-1787cc167906.patch`,
    },
  ],
  read: [
    { since: SINCE, before: '4.18', source: `${REPOSITORIES}, branches 7.1 to 8.3` },
    {
      since: '4.4.1',
      before: SINCE,
      source: `${QUEUE}, its history from 4604376 of 2014-09-02 (Xen 4.4.1) on: no patch to the loaders`,
    },
  ],
}
