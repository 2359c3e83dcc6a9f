import type { VendorData } from './vendor.ts'

const PACKAGE = "openSUSE's package xen"
const SPEC = `${PACKAGE}, xen.spec of 4.21.0_04 (BuildRequires: libbz2-devel libzstd-devel lzo-devel xz-devel)`
const SINCE = '4.21.0_04'

export const suse: VendorData = {
  vendors: ['suse'],
  facts: [
    { since: SINCE, gate: 'build.decoders.bzip2', value: true, source: SPEC },
    { since: SINCE, gate: 'build.decoders.lzma', value: true, source: SPEC },
    { since: SINCE, gate: 'build.decoders.xz', value: true, source: SPEC },
    { since: SINCE, gate: 'build.decoders.lzo', value: true, source: SPEC },
    { since: SINCE, gate: 'build.decoders.zstd', value: true, source: SPEC },
  ],
  read: [
    {
      since: '4.20.0',
      before: '4.21.1',
      source: `${PACKAGE}, xen.changes from 2025-03-05 to 2026-01-28, patches of 4.20.0 to 4.21.0_04`,
    },
  ],
  remark:
    'The patches of packages before 4.20.0 were not read. pygrub-handle-one-line-menu-entries.patch and pygrub-boot-legacy-sles.patch ' +
    "have its pygrub read configurations that upstream's does not: what is said of pygrub is said of upstream's.",
}
