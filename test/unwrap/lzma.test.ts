import { openLzma } from '../../src/unwrap/lzma.ts'
import { describeCodec, runTool } from './codec-suite.ts'

/** Encoding takes longer than all else here. The suite's inputs differ in their lengths, so each is encoded once. */
function lzma(...args: string[]) {
  const encoded = new Map<number, Uint8Array>()
  return (bytes: Uint8Array) => {
    const stream = encoded.get(bytes.length) ?? runTool('xz', ['-c', '-T1', '--format=lzma', ...args], bytes)
    encoded.set(bytes.length, stream)
    return stream
  }
}

describeCodec('lzma', openLzma, [
  { name: 'preset 9', encode: lzma('-9') },
  { name: 'small dictionary', encode: lzma('--lzma1=preset=0,dict=4KiB') },
  { name: 'other properties', encode: lzma('--lzma1=lc=0,lp=2,pb=0') },
])
