/** lz4 decoded by its size word alone: what Xen's hypervisor makes of streams whose sizes do not agree. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { lz4BySize } from '../../src/unwrap/lz4-by-size.ts'

const MAGIC = [0x02, 0x21, 0x4c, 0x18]
const word = (value: number) => [value & 255, (value >>> 8) & 255, (value >>> 16) & 255, value >>> 24]

/** A block of literals, a match of eight bytes from its start, and five literals: 23 bytes. */
const BLOCK = [0xa4, ...'0123456789'.split('').map(Number), 10, 0, 0x50, 1, 2, 3, 4, 5]
const BLOCK_SIZE = 23

const stream = (blocks: readonly number[][], sizeWord: number) => [
  ...MAGIC,
  ...blocks.flatMap(block => [...word(block.length), ...block]),
  ...word(sizeWord),
]

function bySize(bytes: readonly number[], length = bytes.length) {
  const file = Uint8Array.from(bytes)
  const read = (into: Uint8Array, position: number) => {
    const part = file.subarray(position, position + into.length)
    into.set(part)
    return part.length
  }
  const view = new DataView(file.buffer)
  return lz4BySize({ read }, length, view.getUint32(length - 4, true))
}

test('agrees where blocks and size word do', () => {
  expect(bySize(stream([BLOCK], BLOCK_SIZE)).end).toBe('agrees')
})

test('unpacks a second stream to the size of the first', () => {
  const first = stream([BLOCK], BLOCK_SIZE)
  const twice = [...first.slice(0, -4), ...first]
  expect(bySize(twice).end).toBe('agrees')
  // Two blocks of one stream are no different: only blocks of 8 MiB make the rest smaller.
  expect(bySize(stream([BLOCK, BLOCK], BLOCK_SIZE)).end).toBe('agrees')
  expect(bySize(stream([BLOCK, BLOCK], 2 * BLOCK_SIZE)).end).not.toBe('agrees')
})

test('does not look at what the blocks say of themselves', () => {
  const lying = stream([BLOCK], BLOCK_SIZE)
  lying.splice(4, 4, ...word(7))
  expect(bySize(lying).end).toBe('agrees')
})

test('breaks where the block ends near its size and not at it', () => {
  for (const wrong of [1, 2, 7, -1, -5]) {
    expect(bySize(stream([BLOCK], BLOCK_SIZE + wrong)).end, `${wrong}`).toBe('breaks')
  }
})

test('passes the end where the last block lies in part in the size word', () => {
  const whole = stream([BLOCK], BLOCK_SIZE)
  const cut = [...whole.slice(0, -6), ...whole.slice(-4)]
  expect(bySize([...cut, 0, 0], cut.length).end).toBe('passes-end')
})

test('goes on into what follows where the size word is far too large', () => {
  const long = stream([BLOCK], 0x100_0000)
  expect(bySize(long).end).toBe('runs-out')
  // Bytes of the file after the stream count: a copy from before the block breaks it.
  const tail = [0x0f, 0xff, 0xff, 0, ...Array(40).fill(0)]
  expect(bySize([...long, ...tail], long.length).end).toBe('breaks')
})

test('breaks where the blocks are followed by something else', () => {
  const gap = [...stream([BLOCK], BLOCK_SIZE).slice(0, -4), 0, ...word(BLOCK_SIZE)]
  expect(bySize(gap).end).not.toBe('agrees')
})

test('says how far the output comes up to the input', () => {
  const { lead } = bySize(stream([BLOCK], BLOCK_SIZE))
  // After the match: 18 bytes written, 8 of headers and 13 of the block read.
  expect(lead).toBe(18 - 8 - 13)
})

test('ends on any bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 4, maxLength: 300 }), fc.nat(0xffff_ffff), (bytes, size) => {
      const { end, lead } = bySize([...MAGIC, ...bytes, ...word(size)])
      expect(['agrees', 'breaks', 'passes-end', 'runs-out']).toContain(end)
      expect(Number.isSafeInteger(lead)).toBe(true)
    }),
  )
})
