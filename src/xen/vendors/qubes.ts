import type { VendorData } from './vendor.ts'

const REPOSITORY = 'QubesOS/qubes-vmm-xen'
const SPEC = `${REPOSITORY} xen.spec.in (BuildRequires)`
const CONFIG = `${REPOSITORY} config`
const LZMA = `${REPOSITORY} 0676-tools-xg-increase-LZMA_BLOCK_SIZE-for-uncompressing-.patch (e6472d4668)`

export const qubes: VendorData = {
  vendors: ['qubes'],
  facts: [
    { since: '4.14.0', gate: 'build.pv', value: true, source: CONFIG },
    { since: '4.14.0', gate: 'build.pv32', value: false, source: CONFIG },
    { since: '4.14.0', gate: 'build.pvh', value: true, source: CONFIG },
    { since: '4.1.0', gate: 'build.decoders.bzip2', value: true, source: SPEC },
    { since: '4.1.0', gate: 'build.decoders.lzma', value: true, source: SPEC },
    { since: '4.1.0', gate: 'build.decoders.xz', value: true, source: SPEC },
    { since: '4.1.0', gate: 'build.decoders.lzo', value: false, source: SPEC },
    { since: '4.1.0', before: '4.17.0-3', gate: 'build.decoders.zstd', value: false, source: SPEC },
    { since: '4.17.0-3', gate: 'build.decoders.zstd', value: true, source: SPEC },
    {
      since: '4.8.2-11',
      before: '4.9',
      gate: 'hvm-container-pv-kernel',
      value: 'refuses',
      source: `${REPOSITORY} patch-libxc-panic-when-trying-to-create-a-PVH-guest-withou.patch`,
    },
    {
      since: '4.8.5-3',
      before: '4.9',
      gate: 'phys32-entry-bypass',
      value: 'any',
      source: `${REPOSITORY} patch-2dd3e22949-tools-libelf-fix-elf-notes-check-for-PVH-guest.patch`,
    },
    { since: '4.17.5-4', before: '4.18', gate: 'xz-memory-limit', value: 256, source: LZMA },
    { since: '4.19.0-3', gate: 'xz-memory-limit', value: 256, source: LZMA },
  ],
  read: [{ since: '4.1.0', before: '4.20', source: `${REPOSITORY}, all branches` }],
}
