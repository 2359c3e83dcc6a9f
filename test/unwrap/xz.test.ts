import { expect, test } from 'vitest'
import { openXz } from '../../src/unwrap/xz.ts'
import { describeCodec, ENGINES, openStream, runTool } from './codec-suite.ts'
import { kernelLike } from './kernel-like.ts'

const xz =
  (...args: string[]) =>
  (bytes: Uint8Array) =>
    runTool('xz', ['-c', '-T1', ...args], bytes)

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

const LARGE = xz('--check=crc32', '--x86', '--lzma2=dict=32MiB')(kernelLike(3_000_000))

test.each(ENGINES)('the %s engine unpacks and reads no more than it takes', engine => {
  const { unpacker, input } = openStream(openXz, engine, LARGE)
  expect(unpacker.produced).toBe(0)
  let read = input.bytesRead
  for (const end of [64, 4096, 4096, 1_000_000, 1_350_000]) {
    unpacker.need(end - 64, end)
    expect(unpacker.produced).toBeGreaterThanOrEqual(end)
    // A match of 273 bytes may go on after the end, and the x86 filter looks four bytes ahead.
    expect(unpacker.produced).toBeLessThan(end + 4 + 273)
    expect(input.bytesRead).toBeGreaterThanOrEqual(read)
    read = input.bytesRead
  }
  // 45 % of the bytes, and at most two chunks of 256 KiB that were begun.
  expect(read).toBeLessThan(0.6 * LARGE.length + 2 * 262_144)
  expect(read).toBeLessThan(LARGE.length)
  unpacker.need(1000, 2000)
  expect(input.bytesRead).toBe(read)
})
