import { describe, expect, test } from 'vitest'
import { openXz } from '../../src/unwrap/xz.ts'
import { ENGINES, expectSameBytes, openStream, runTool } from './codec-suite.ts'
import { randomNumbers } from './kernel-like.ts'

/** Bytes in which every filter finds its instructions: every second word is one of theirs, with any address. */
function code(size: number): Uint8Array<ArrayBuffer> {
  const random = randomNumbers(5)
  const bytes = new Uint8Array(size)
  const view = new DataView(bytes.buffer)
  for (let at = 0; at + 16 <= size; at += 16) {
    for (let word = 0; word < 16; word += 4) view.setUint32(at + word, random(), true)
    const kind = (random() >>> 8) % 6
    if (kind === 0) bytes[at + 3] = 0xeb
    else if (kind === 1) view.setUint32(at, 0x48000001 | (random() & 0x3fffffc), false)
    else if (kind === 2) view.setUint32(at, 0x7fc00000 | (random() & 0x3fffff), false)
    else if (kind === 3) {
      bytes[at + 1] = 0xf0 | (bytes[at + 1]! & 7)
      bytes[at + 3] = 0xf8 | (bytes[at + 3]! & 7)
    } else if (kind === 4) {
      // A bundle of three branches, the slots of which have the opcode 5.
      bytes.fill(0, at, at + 16)
      bytes[at] = 0x16
      for (const slot of [0, 1, 2]) {
        const bit = 5 + 41 * slot + 37
        bytes[at + (bit >> 3)]! |= (5 << (bit & 7)) & 0xff
        bytes[at + (bit >> 3) + 1]! |= 5 >> (8 - (bit & 7))
      }
    }
  }
  return bytes
}

const CHAINS: Readonly<Record<string, readonly string[]>> = {
  delta: ['--delta=dist=1'],
  'delta over 256 bytes': ['--delta=dist=256'],
  powerpc: ['--powerpc'],
  ia64: ['--ia64'],
  'ia64 with a start': ['--ia64=start=48'],
  arm: ['--arm'],
  'arm with a start': ['--arm=start=4096'],
  'arm-thumb': ['--armthumb'],
  sparc: ['--sparc'],
  'x86 twice': ['--x86', '--x86=start=7'],
  'delta, then x86': ['--delta=dist=4', '--x86'],
  'three in a row': ['--arm', '--sparc', '--delta=dist=2'],
}

describe.each(ENGINES)('xz filters, %s', engine => {
  test.each(Object.keys(CHAINS))('%s is undone', async name => {
    const data = code(150_003)
    const packed = runTool('xz', ['--check=sha256', ...CHAINS[name]!, '--lzma2=dict=64KiB'], data)
    const { unpacker, bytes } = openStream(openXz, engine, packed)
    expectSameBytes(await bytes(70_001, 80_003), data.subarray(70_001, 80_003))
    unpacker.finish()
    expect(unpacker.layer).toMatchObject({ unpacked: data.length, verified: true })
    expect(unpacker.layer.filters).toHaveLength(CHAINS[name]!.length)
    expectSameBytes(await bytes(0, data.length), data)
  })
})
