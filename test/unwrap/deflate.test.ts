/** What deflate streams may hold, and what they may not, with zlib for the judge. */
import { constants, deflateRawSync, inflateRawSync, type ZlibOptions } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { openGzip } from '../../src/unwrap/gzip.ts'
import { ENGINES, expectSameBytes, openStream } from './codec-suite.ts'
import { kernelLike, randomNumbers } from './kernel-like.ts'

const HEADER = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]
/** What comes of use as a trailer only where nobody looks at it. */
const TRAILER = [1, 2, 3, 4, 5, 6, 7, 8]
const member = (deflate: Uint8Array) => new Uint8Array([...HEADER, ...deflate, ...TRAILER])

async function unpack(engine: (typeof ENGINES)[number], deflate: Uint8Array) {
  const { unpacker, bytes } = openStream(openGzip, engine, member(deflate))
  const all = await bytes(0, 2 ** 22)
  return { all, error: unpacker.layer.error }
}

/** Bits as deflate has them: each number with its lowest bit first, codes with their highest. */
function bits(...parts: (string | [value: number, count: number])[]): Uint8Array {
  const list = parts.flatMap(part =>
    typeof part === 'string'
      ? Array.from(part, Number)
      : Array.from({ length: part[1] }, (_, bit) => (part[0] >> bit) & 1),
  )
  const bytes = new Uint8Array(Math.ceil(list.length / 8))
  for (const [index, bit] of list.entries()) bytes[index >> 3]! |= bit << (index & 7)
  return bytes
}

const random = randomNumbers(3)
const noise = Uint8Array.from({ length: 200_000 }, () => random())
const skewed = Uint8Array.from({ length: 200_000 }, () => Math.floor(256 * ((random() % 1000) / 1000) ** 9))
const CONTENTS: [string, Uint8Array][] = [
  ['like a kernel', kernelLike(400_000, 2)],
  ['noise', noise],
  ['with codes of all lengths', skewed],
  ['zeros', new Uint8Array(300_000)],
  [
    'periods of 1 to 40',
    Uint8Array.from({ length: 200_000 }, (_, at) => at % (1 + (Math.floor(at / 5000) % 40))),
  ],
  ['empty', new Uint8Array(0)],
]
const OPTIONS: [string, ZlibOptions][] = [
  ['level 1', { level: 1 }],
  ['level 9', { level: 9 }],
  ['stored', { level: 0 }],
  ['fixed codes', { strategy: constants.Z_FIXED }],
  ['no matches', { strategy: constants.Z_HUFFMAN_ONLY }],
  ['runs', { strategy: constants.Z_RLE }],
  ['small blocks and window', { memLevel: 1, windowBits: 9 }],
]

describe.each(ENGINES)('deflate in the %s engine', engine => {
  test.each(CONTENTS)('unpacks what is %s, however it is packed', async (_, content) => {
    for (const [, options] of OPTIONS) {
      const { all, error } = await unpack(engine, deflateRawSync(content, options))
      expect(error).toBeUndefined()
      expectSameBytes(all, content)
    }
  })

  test('goes on within every kind of block', async () => {
    const content = CONTENTS[0]![1]
    for (const [, options] of OPTIONS) {
      const { bytes, unpacker } = openStream(openGzip, engine, member(deflateRawSync(content, options)))
      for (let at = 0; at < 3000; at += 7)
        expectSameBytes(await bytes(at, at + 7), content.subarray(at, at + 7))
      expect(unpacker.produced).toBeLessThan(3000 + 7 + 258)
    }
  })

  const fixed = ['1', [1, 2]] as (string | [number, number])[]
  const dynamic = ['1', [2, 2]] as (string | [number, number])[]
  test.each([
    ['is of the reserved type 3', bits('1', [3, 2]), 'type'],
    ['is stored with two lengths that differ', bits('1', [0, 2], [0, 5], [5, 16], [5, 16])],
    // 286 and 287 have fixed codes, but are no lengths; so has 30, but is no distance.
    ['has a code that no symbol has', bits(...fixed, '11000110')],
    ['has a code that no symbol has', bits(...fixed, '00110000', '0000001', '11110')],
    [
      'copies from before the start of the stream',
      bits(...fixed, '00110000', '0000001', '00001'),
      'distance',
    ],
    ['has code lengths that make no code', bits(...dynamic, [30, 5], [0, 5], [0, 4])],
    ['has code lengths that make no code', bits(...dynamic, [0, 5], [30, 5], [0, 4])],
    // Three length codes of one bit; and one.
    [
      'has code lengths that make no code',
      bits(...dynamic, [0, 5], [0, 5], [0, 4], [1, 3], [1, 3], [1, 3], [0, 3]),
      'oversubscribed',
    ],
    [
      'has code lengths that make no code',
      bits(...dynamic, [0, 5], [0, 5], [0, 4], [0, 3], [0, 3], [0, 3], [1, 3]),
      'unchecked',
    ],
    // A repetition of nothing; one beyond the last length; no code at all.
    [
      'has code lengths that make no code',
      bits(...dynamic, [0, 5], [0, 5], [0, 4], [1, 3], [0, 3], [0, 3], [1, 3], '1'),
      'unchecked',
    ],
    [
      'has code lengths that make no code',
      bits(...dynamic, [0, 5], [0, 5], [0, 4], [0, 3], [0, 3], [1, 3], [1, 3], '1', [127, 7], '1', [127, 7]),
    ],
    [
      'has code lengths that make no code',
      bits(...dynamic, [0, 5], [0, 5], [0, 4], [0, 3], [0, 3], [1, 3], [1, 3], '1', [127, 7], '1', [109, 7]),
      'oversubscribed',
    ],
  ] as [string, Uint8Array, string?][])('a block that %s', async (what, deflate, fault) => {
    const { error } = await unpack(engine, new Uint8Array([...deflate, ...new Uint8Array(20)]))
    expect(error).toEqual({
      code: 'stream-corrupt',
      offset: 10,
      message: `the block at 0xa ${what}`,
      ...(fault !== undefined && { fault }),
    })
  })
})

test('zlib takes the same streams, and unpacks them to the same bytes', async () => {
  const base = OPTIONS.flatMap(([, options]) =>
    CONTENTS.slice(0, 3).map(
      ([, content]) => new Uint8Array(deflateRawSync(content.subarray(0, 3000), options)),
    ),
  )
  const flips = fc.array(fc.tuple(fc.nat(200), fc.nat(7)), { maxLength: 3 })
  await fc.assert(
    fc.asyncProperty(fc.nat(base.length - 1), flips, async (index, list) => {
      const stream = base[index]!.slice()
      for (const [at, bit] of list) stream[at % stream.length]! ^= 1 << bit
      let expected: Uint8Array | undefined
      try {
        expected = inflateRawSync(new Uint8Array([...stream, ...TRAILER]), { maxOutputLength: 2 ** 22 })
      } catch {
        expected = undefined
      }
      for (const engine of ENGINES) {
        const { all, error } = await unpack(engine, stream)
        expect(error === undefined).toBe(expected !== undefined)
        if (expected !== undefined) expectSameBytes(all, expected)
      }
    }),
    { numRuns: 300 },
  )
})
