// Gates of the decompressors and their limits.

import { type DocumentedBehaviour, documented, type Gate, gate } from './gate.ts'

/** How a decoder is there: not at all, by a library that the build found, or always. */
export type Decoder = 'absent' | 'library' | 'built-in'

export interface CodecsGates {
  'gzip-toolstack': Gate<Decoder>
  'gzip-hypervisor': Gate<Decoder>
  'bzip2-toolstack': Gate<Decoder>
  'bzip2-hypervisor': Gate<Decoder>
  'lzma-toolstack': Gate<Decoder>
  'lzma-hypervisor': Gate<Decoder>
  'lzo-toolstack': Gate<Decoder>
  'lzo-hypervisor': Gate<Decoder>
  'xz-toolstack': Gate<Decoder>
  'xz-hypervisor': Gate<Decoder>
  'lz4-toolstack': Gate<Decoder>
  'lz4-hypervisor': Gate<Decoder>
  'zstd-toolstack': Gate<Decoder>
  'zstd-hypervisor': Gate<Decoder>
  'lz4-decoder': Gate<'works' | 'broken'>
  'lz4-output': Gate<'at-most' | 'exact'>
  'decoder-choice': Gate<'makefile' | 'configure'>
  'missing-library-text': Gate<'detail' | 'logged'>
  'xz-memory-limit': Gate<number>
  'lzma-end-marker': Gate<'taken' | 'refused'>
  'size-word': Gate<'ignored' | 'needed'>
  'lzma-corrupt-hypervisor': Gate<'undefined' | 'refuses'>
  'bzip2-code-counts': Gate<'a-byte' | 'two-bytes'>
  'lzo-input-hypervisor': Gate<'unchecked' | 'checked'>
  'lzo-end-mark': Gate<'any-length' | 'one-length'>
  'xz-filters-hypervisor': DocumentedBehaviour<string>
  'xz-check-hypervisor': DocumentedBehaviour<string>
}

export const codecsGates: CodecsGates = {
  'gzip-toolstack': gate({
    area: 'codecs',
    sides: ['toolstack'],
    summary: 'domU: gzip payloads. Needs zlib, always linked.',
    spans: [['3.1.0', 'built-in']],
    evidence: ['3.3.0-rc7 tools/libxc/xc_dom_bzimageloader.c check_bzimage_kernel f3bf1dc168'],
  }),
  'gzip-hypervisor': gate({
    area: 'codecs',
    sides: ['hypervisor'],
    summary: 'dom0: gzip payloads; the old magic 1f 9e too. Always built in.',
    spans: [
      ['3.1.0', 'absent'],
      ['3.4.0', 'built-in'],
    ],
    evidence: ['3.4.0-rc3 xen/arch/x86/bzimage.c perform_gunzip e2b1ebf4de'],
  }),
  'bzip2-toolstack': gate({
    area: 'codecs',
    sides: ['toolstack'],
    summary: 'domU: bzip2 payloads. Needs HAVE_BZLIB.',
    spans: [
      ['3.1.0', 'absent'],
      ['4.0.0', 'library'],
    ],
    evidence: ['RELEASE-4.0.0 tools/libxc/xc_dom_bzimageloader.c xc_try_bzip2_decode d7c9674faa'],
  }),
  'bzip2-hypervisor': gate({
    area: 'codecs',
    sides: ['hypervisor'],
    summary: 'dom0: bzip2 payloads. Always built in.',
    spans: [
      ['3.1.0', 'absent'],
      ['4.0.0', 'built-in'],
    ],
    evidence: ['RELEASE-4.0.0 xen/common/decompress.c decompress ab77e81f65'],
  }),
  'lzma-toolstack': gate({
    area: 'codecs',
    sides: ['toolstack'],
    summary: 'domU: lzma payloads. Needs HAVE_LZMA.',
    spans: [
      ['3.1.0', 'absent'],
      ['4.0.0', 'library'],
    ],
    evidence: ['RELEASE-4.0.0 tools/libxc/xc_dom_bzimageloader.c xc_try_lzma_decode d7c9674faa'],
  }),
  'lzma-hypervisor': gate({
    area: 'codecs',
    sides: ['hypervisor'],
    summary: 'dom0: lzma payloads. Always built in.',
    spans: [
      ['3.1.0', 'absent'],
      ['4.0.0', 'built-in'],
    ],
    evidence: ['RELEASE-4.0.0 xen/common/decompress.c decompress ab77e81f65'],
  }),
  'lzo-toolstack': gate({
    area: 'codecs',
    sides: ['toolstack'],
    summary: 'domU: lzo payloads. Needs HAVE_LZO1X.',
    spans: [
      ['3.1.0', 'absent'],
      ['4.1.0', 'library'],
    ],
    evidence: ['RELEASE-4.1.0 tools/libxc/xc_dom_bzimageloader.c xc_try_lzo1x_decode c2c4e65d96'],
  }),
  'lzo-hypervisor': gate({
    area: 'codecs',
    sides: ['hypervisor'],
    summary: 'dom0: lzo payloads. Always built in.',
    spans: [
      ['3.1.0', 'absent'],
      ['4.1.0', 'built-in'],
    ],
    evidence: ['RELEASE-4.1.0 xen/common/decompress.c decompress d371fcc85b'],
  }),
  'xz-toolstack': gate({
    area: 'codecs',
    sides: ['toolstack'],
    summary: 'domU: xz payloads. Needs HAVE_LZMA.',
    spans: [
      ['3.1.0', 'absent'],
      ['4.1.5', 'library'],
    ],
    evidence: [
      'RELEASE-4.1.4 tools/libxc/xc_dom_bzimageloader.c xc_dom_probe_bzimage_kernel',
      'RELEASE-4.1.5 tools/libxc/xc_dom_bzimageloader.c xc_try_xz_decode 5e73e3548c',
      'RELEASE-4.2.0 tools/libxc/xc_dom_bzimageloader.c xc_try_xz_decode 4afea3d653',
    ],
  }),
  'xz-hypervisor': gate({
    area: 'codecs',
    sides: ['hypervisor'],
    summary: 'dom0: xz payloads. Always built in.',
    spans: [
      ['3.1.0', 'absent'],
      ['4.1.5', 'built-in'],
    ],
    evidence: [
      'RELEASE-4.1.5 xen/common/decompress.c decompress c6a50d43cf',
      'RELEASE-4.2.0 xen/common/decompress.c decompress a1630abae5',
    ],
  }),
  'lz4-toolstack': gate({
    area: 'codecs',
    sides: ['toolstack'],
    summary: 'domU: lz4 payloads. Needs its own decoder, from 4.22.0 HAVE_LZ4.',
    spans: [
      ['3.1.0', 'absent'],
      ['4.4.0', 'built-in'],
      ['4.22.0', 'library'],
    ],
    evidence: [
      'RELEASE-4.4.0 tools/libxc/xc_dom_bzimageloader.c xc_dom_probe_bzimage_kernel 84f04d8f0d',
      'RELEASE-4.22.0 tools/libs/guest/xg_dom_bzimageloader.c xc_try_lz4_decode 38492dc098',
    ],
  }),
  'lz4-hypervisor': gate({
    area: 'codecs',
    sides: ['hypervisor'],
    summary: 'dom0: lz4 payloads. Always built in.',
    spans: [
      ['3.1.0', 'absent'],
      ['4.4.0', 'built-in'],
    ],
    evidence: ['RELEASE-4.4.0 xen/common/decompress.c decompress e850049bbc'],
  }),
  'zstd-toolstack': gate({
    area: 'codecs',
    sides: ['toolstack'],
    summary: 'domU: zstd payloads. Needs HAVE_ZSTD.',
    spans: [
      ['3.1.0', 'absent'],
      ['4.15.0', 'library'],
    ],
    evidence: [
      'RELEASE-4.14.6 tools/libxc/xc_dom_bzimageloader.c xc_dom_probe_bzimage_kernel',
      'RELEASE-4.15.0 tools/libs/guest/xg_dom_bzimageloader.c xc_try_zstd_decode 8169f82049',
    ],
  }),
  'zstd-hypervisor': gate({
    area: 'codecs',
    sides: ['hypervisor'],
    summary: 'dom0: zstd payloads. Always built in.',
    spans: [
      ['3.1.0', 'absent'],
      ['4.15.0', 'built-in'],
    ],
    evidence: ['RELEASE-4.15.0 xen/common/decompress.c decompress d6627cf1b6'],
  }),
  'lz4-decoder': gate({
    area: 'codecs',
    sides: ['toolstack', 'hypervisor'],
    summary: 'The LZ4 decoder refuses every real payload on x86-64: a check against underruns broke it.',
    spans: [
      ['3.1.0', 'works'],
      ['4.4.1', 'broken'],
      ['4.11.4', 'works'],
      ['4.12.0', 'broken'],
      ['4.12.2', 'works'],
    ],
    evidence: [
      'RELEASE-4.5.0 xen/common/lz4/decompress.c lz4_uncompress_unknownoutputsize 9143a6c55e',
      'RELEASE-4.11.4 xen/common/lz4/decompress.c lz4_uncompress_unknownoutputsize 6561994b87',
      'RELEASE-4.12.2 xen/common/lz4/decompress.c lz4_uncompress_unknownoutputsize cc396626ee',
    ],
  }),
  'lz4-output': gate({
    area: 'codecs',
    sides: ['toolstack'],
    summary: 'domU: lz4 must unpack to at most, or to exactly, what the appended size says.',
    spans: [
      ['3.1.0', 'at-most'],
      ['4.22.0', 'exact'],
    ],
    evidence: [
      'RELEASE-4.21.2 tools/libs/guest/xg_dom_decompress_lz4.c xc_try_lz4_decode',
      'RELEASE-4.22.0 tools/libs/guest/xg_dom_bzimageloader.c xc_try_lz4_decode 38492dc098',
    ],
  }),
  'decoder-choice': gate({
    area: 'codecs',
    sides: ['toolstack'],
    summary:
      'domU: the decoders that are built in are those whose headers the Makefile of libxc, or configure, finds.',
    spans: [
      ['3.1.0', 'makefile'],
      ['4.2.0', 'configure'],
    ],
    evidence: ['RELEASE-4.1.6.1 tools/libxc/Makefile zlib-options', 'RELEASE-4.2.0 tools/configure.ac -'],
  }),
  'missing-library-text': gate({
    area: 'codecs',
    sides: ['toolstack'],
    summary: 'domU: a decoder that was not built in is named in the log, as a detail only or as an error.',
    spans: [
      ['3.1.0', 'detail'],
      ['4.6.0', 'logged'],
    ],
    evidence: [
      'RELEASE-4.6.0 tools/libxc/xc_dom_bzimageloader.c xc_try_xz_decode',
      'RELEASE-4.2.0 tools/configure.ac -',
    ],
  }),
  'xz-memory-limit': gate({
    area: 'codecs',
    sides: ['toolstack'],
    summary:
      'domU: the memory that liblzma may take for xz and lzma, in MiB; 0 stands for a third of the RAM. ' +
      'The dictionary must fit. The hypervisor has no limit.',
    spans: [
      ['3.1.0', 0],
      ['4.1.0', 128],
      ['4.18.5', 256],
      ['4.19.0', 128],
      ['4.19.2', 256],
    ],
    evidence: [
      'RELEASE-4.17.7 tools/libs/guest/xg_dom_bzimageloader.c LZMA_BLOCK_SIZE',
      'RELEASE-4.18.5 tools/libs/guest/xg_dom_bzimageloader.c LZMA_BLOCK_SIZE d7f45ead66',
      'RELEASE-4.19.2 tools/libs/guest/xg_dom_bzimageloader.c LZMA_BLOCK_SIZE 0a14438052',
      'RELEASE-4.20.0 tools/libs/guest/xg_dom_bzimageloader.c LZMA_BLOCK_SIZE e6472d4668',
      'RELEASE-4.22.0 xen/common/unxz.c unxz',
    ],
  }),
  'lzma-end-marker': gate({
    area: 'codecs',
    sides: ['toolstack'],
    summary:
      'domU: an lzma stream with both its size in the header and an end marker. liblzma takes it from 5.2.6 on; ' +
      'Linux writes no such payload.',
    spans: [['3.1.0', 'taken']],
    elsewhere: ['refused'],
    evidence: ['RELEASE-4.14.6 tools/libxc/xc_dom_bzimageloader.c xc_try_lzma_decode'],
  }),
  'size-word': gate({
    area: 'codecs',
    sides: ['toolstack'],
    summary:
      'domU: the unpacked size that Linux appends to bzip2, lzma, xz and lzo payloads. zstd and lz4 ' +
      'always needed it, and the hypervisor always uses it.',
    spans: [
      ['3.1.0', 'ignored'],
      ['4.16.0', 'needed'],
    ],
    evidence: [
      'RELEASE-4.15.7 tools/libs/guest/xg_dom_bzimageloader.c xc_try_bzip2_decode',
      'RELEASE-4.16.0 tools/libs/guest/xg_dom_bzimageloader.c xc_try_bzip2_decode d3d9889467',
      '3.4.0-rc3 xen/arch/x86/bzimage.c bzimage_headroom',
    ],
  }),
  'bzip2-code-counts': gate({
    area: 'codecs',
    sides: ['hypervisor'],
    summary: 'dom0: in what the bzip2 decoder counts the codes of one length; a byte overflows at 256.',
    spans: [
      ['3.1.0', 'a-byte'],
      ['4.17.5', 'two-bytes'],
      ['4.18.0', 'a-byte'],
      ['4.18.3', 'two-bytes'],
      ['4.19.0', 'a-byte'],
      ['4.19.1', 'two-bytes'],
    ],
    evidence: ['RELEASE-4.20.0 xen/common/bunzip2.c get_next_block 303d3ff85c'],
  }),
  'lzo-end-mark': gate({
    area: 'codecs',
    sides: ['toolstack', 'hypervisor'],
    summary: 'The end mark of an lzo block, of whatever length or of the one that compressors write.',
    spans: [
      ['3.1.0', 'any-length'],
      ['4.5.0', 'one-length'],
    ],
    evidence: [
      'RELEASE-4.4.4 xen/common/lzo.c lzo1x_decompress_safe',
      'RELEASE-4.5.0 xen/common/lzo.c lzo1x_decompress_safe 504f70b624',
    ],
  }),
  'lzo-input-hypervisor': gate({
    area: 'codecs',
    sides: ['hypervisor'],
    summary: 'dom0: whether the lzo decoder compares with the length of the payload before it reads.',
    spans: [
      ['3.1.0', 'unchecked'],
      ['4.2.0', 'checked'],
    ],
    evidence: ['RELEASE-4.2.0 xen/common/unlzo.c unlzo e774c4ed45'],
  }),
  'lzma-corrupt-hypervisor': gate({
    area: 'codecs',
    sides: ['hypervisor'],
    summary: 'dom0: a broken lzma stream is followed outside its buffers, or found and refused.',
    spans: [
      ['3.1.0', 'undefined'],
      ['4.2.0', 'refuses'],
    ],
    evidence: ['RELEASE-4.1.6.1 xen/common/unlzma.c unlzma', 'RELEASE-4.2.0 xen/common/unlzma.c unlzma'],
  }),
  'xz-filters-hypervisor': documented({
    area: 'codecs',
    sides: ['hypervisor'],
    summary:
      "dom0: filters of an xz stream that are known: x86 alone, without a start offset. The toolstack's liblzma knows " +
      'all, several of them, and Delta.',
    spans: [
      ['3.1.0', 'no xz'],
      ['4.1.5', 'x86 without properties'],
    ],
    evidence: [
      'RELEASE-4.1.5 xen/common/xz/dec_stream.c dec_block_header',
      'RELEASE-4.22.0 xen/common/xz/dec_stream.c dec_block_header',
    ],
  }),
  'xz-check-hypervisor': documented({
    area: 'codecs',
    sides: ['hypervisor'],
    summary: "dom0: integrity checks of an xz stream that are known. The toolstack's liblzma knows all.",
    spans: [
      ['3.1.0', 'no xz'],
      ['4.1.5', 'none and CRC32'],
    ],
    evidence: [
      'RELEASE-4.1.5 xen/common/xz/dec_stream.c dec_stream_header',
      'RELEASE-4.22.0 xen/common/xz/dec_stream.c dec_stream_header',
    ],
  }),
}
