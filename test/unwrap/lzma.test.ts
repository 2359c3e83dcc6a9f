import { expect, test } from 'vitest'
import { openLzma } from '../../src/unwrap/lzma.ts'
import { describeCodec, ENGINES, openStream, runTool } from './codec-suite.ts'
import { kernelLike } from './kernel-like.ts'

const lzma =
  (...args: string[]) =>
  (bytes: Uint8Array) =>
    runTool('xz', ['-c', '-T1', '--format=lzma', ...args], bytes)

describeCodec('lzma', openLzma, [
  { name: 'preset 9', encode: lzma('-9') },
  { name: 'small dictionary', encode: lzma('--lzma1=preset=0,dict=4KiB') },
  { name: 'other properties', encode: lzma('--lzma1=lc=0,lp=2,pb=0') },
])

const LARGE = lzma('-6')(kernelLike(3_000_000))

test.each(ENGINES)('the %s engine unpacks and reads no more than it takes', engine => {
  const { unpacker, input } = openStream(openLzma, engine, LARGE)
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
