import { openLzma } from '../../src/unwrap/lzma.ts'
import { describeCodec, runTool } from './codec-suite.ts'

const lzma =
  (...args: string[]) =>
  (bytes: Uint8Array) =>
    runTool('xz', ['-c', '-T1', '--format=lzma', ...args], bytes)

describeCodec('lzma', openLzma, [
  { name: 'preset 9', encode: lzma('-9') },
  { name: 'small dictionary', encode: lzma('--lzma1=preset=0,dict=4KiB') },
  { name: 'other properties', encode: lzma('--lzma1=lc=0,lp=2,pb=0') },
])
