import type { VendorData } from './vendor.ts'

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
      since: '4.13.4-9.17',
      before: '4.14',
      gate: 'compat-check',
      value: 'parse',
      source: `${REPOSITORIES} backport-1787cc167906.patch`,
    },
  ],
  read: [{ since: SINCE, before: '4.18', source: `${REPOSITORIES}, branches 7.1 to 8.3` }],
}
