import { openXz } from '../../src/unwrap/xz.ts'
import { describeCodec, runTool } from './codec-suite.ts'

/** Encoding takes longer than all else here. The suite's inputs differ in their lengths, so each is encoded once. */
function xz(...args: string[]) {
  const encoded = new Map<number, Uint8Array>()
  return (bytes: Uint8Array) => {
    const stream = encoded.get(bytes.length) ?? runTool('xz', ['-c', '-T1', ...args], bytes)
    encoded.set(bytes.length, stream)
    return stream
  }
}

describeCodec('xz', openXz, [
  { name: 'plain CRC32', encode: xz('--check=crc32', '--lzma2=preset=6') },
  // As scripts/xz_wrap.sh of Linux does.
  { name: 'x86 CRC32', encode: xz('--check=crc32', '--x86', '--lzma2=dict=32MiB') },
  { name: 'x86 CRC64', encode: xz('--check=crc64', '--x86', '--lzma2=preset=0,dict=64KiB') },
  {
    name: 'x86 SHA-256 in blocks',
    encode: xz('--check=sha256', '--block-size=100001', '--x86', '--lzma2=preset=1'),
  },
  { name: 'unchecked', encode: xz('--check=none', '--lzma2=preset=3,lc=0,lp=4,pb=0') },
  {
    name: 'CRC64 in blocks of other properties',
    encode: xz('--check=crc64', '--block-size=300000', '--lzma2=lc=1,lp=3,pb=4,mode=fast'),
  },
])
