import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { openLzma } from '../../src/unwrap/lzma.ts'
import { ENGINES, expectSameBytes, LIMITS, openStream } from './codec-suite.ts'
import { END_MARKER, encodeLzma, type LzmaSymbol, type Properties, propertiesByte } from './lzma-encoder.ts'

const DEFAULTS: Properties = { lc: 3, lp: 0, pb: 2 }
const UNKNOWN = 2n ** 64n - 1n

interface Header {
  size?: bigint
  dictionary?: number
  properties?: number
}

/** A .lzma stream, with another header than it should have where one is given. */
function lzmaFile(symbols: LzmaSymbol[], header: Header = {}, properties = DEFAULTS) {
  const { code } = encodeLzma(symbols, properties)
  const bytes = new Uint8Array(13 + code.length)
  const view = new DataView(bytes.buffer)
  bytes[0] = header.properties ?? propertiesByte(properties)
  view.setUint32(1, header.dictionary ?? 65536, true)
  view.setBigUint64(5, header.size ?? UNKNOWN, true)
  bytes.set(code, 13)
  return bytes
}

const HELLO: LzmaSymbol[] = [104, 101, 108, 108, 111, { distance: 5, length: 15 }, 33]
const TEXT = new TextEncoder().encode(`${'hello'.repeat(4)}!`)

describe.each(ENGINES)('.lzma streams in the %s engine', engine => {
  const unpack = async (stream: Uint8Array, limits = LIMITS) => {
    const { unpacker, bytes, checkGuards } = openStream(openLzma, engine, stream, {
      limits,
      guards: limits !== LIMITS,
    })
    unpacker.finish()
    const output = await bytes(0, 2 ** 20)
    if (limits !== LIMITS) checkGuards()
    return { layer: unpacker.layer, output }
  }

  test.each([
    ['a known size', lzmaFile(HELLO, { size: 21n }), undefined],
    ['an unknown size and an end marker', lzmaFile([...HELLO, END_MARKER]), undefined],
    ['a known size and an end marker', lzmaFile([...HELLO, END_MARKER], { size: 21n }), true],
  ])('%s', async (_, stream, isMarked) => {
    const { layer, output } = await unpack(stream)
    expectSameBytes(output, TEXT)
    expect(layer.endMarker).toBe(isMarked)
    expect(layer).toMatchObject({ unpacked: 21, consumed: stream.length, verified: true, check: 'none' })
    expect(layer.dictionary).toBe(65536)
    const junk = new Uint8Array([...stream, 1, 2, 3])
    expect((await unpack(junk)).layer).toMatchObject({ consumed: stream.length, verified: true })
  })

  test('without a byte in it', async () => {
    for (const stream of [lzmaFile([], { size: 0n }), lzmaFile([END_MARKER])]) {
      expect((await unpack(stream)).layer).toMatchObject({ unpacked: 0, verified: true })
    }
  })

  test.each([
    ['first byte', { properties: 225 }, 'stream-corrupt', /its first byte is no LZMA properties/],
    [
      'lc + lp',
      { properties: propertiesByte({ lc: 4, lp: 1, pb: 0 }) },
      'stream-unsupported',
      /lc is 4 and lp is 1/,
    ],
    ['dictionary', { dictionary: 2 ** 32 - 1 }, 'window-limit', /4294967295 bytes, the limit is 268435456/],
    ['smaller size', { size: 20n }, 'stream-corrupt', /goes on after the 20 bytes/],
    ['size that ends within a match', { size: 12n }, 'stream-corrupt', /goes on after its end/],
    ['size that ends before a literal', { size: 5n }, 'stream-corrupt', /goes on after the 5 bytes/],
    ['larger size', { size: 22n }, 'stream-truncated', /ends at 0x[0-9a-f]+, within the stream/],
    ['unknown size but no end marker', { size: UNKNOWN }, 'stream-truncated', /within the stream/],
  ] as const)('a wrong %s', async (_, header, code, message) => {
    const { layer, output } = await unpack(lzmaFile(HELLO, { size: 21n, ...header }))
    expect(layer.error).toMatchObject({ code, message: expect.stringMatching(message) })
    expect(layer.verified).toBe(false)
    expectSameBytes(output, TEXT.subarray(0, output.length))
  })

  test('says where only the end is wrong, and what a decoder makes of a cut symbol that goes on with the first byte', async () => {
    const faultOf = async (stream: Uint8Array) => (await unpack(stream)).layer.error?.fault
    expect(await faultOf(lzmaFile(HELLO, { size: 20n }))).toBe('end')
    const marked = lzmaFile([...HELLO, END_MARKER])
    expect(await faultOf(marked.subarray(0, -1))).toBe('end')
    // Of contents that are missing the fault says more only where the cut symbol has no meaning.
    // Each match reaches back as far as it may: another distance of the same size mostly reaches too far.
    const matches = Array.from({ length: 40 }, (_, index) => ({ distance: 21 + 2 * index, length: 2 }))
    const known = lzmaFile([...HELLO, ...matches], { size: 2n ** 20n })
    const faults: unknown[] = []
    for (let length = 20; length < known.length; length++)
      faults.push(await faultOf(known.subarray(0, length)))
    expect(new Set(faults)).toEqual(new Set([undefined, 'symbol']))
  })

  test('an end marker before the known size', async () => {
    const { layer, output } = await unpack(lzmaFile([...HELLO, END_MARKER], { size: 22n }))
    expect(layer.error).toMatchObject({ code: 'checksum-mismatch', fault: 'end' })
    expect(output.length).toBe(21)
  })

  test('a first byte of the range coder that is not zero', async () => {
    const stream = lzmaFile(HELLO, { size: 21n })
    stream[13] = 1
    expect((await unpack(stream)).layer.error).toMatchObject({ code: 'stream-corrupt' })
  })

  test('a code that is not used up', async () => {
    const stream = lzmaFile([...HELLO, END_MARKER])
    stream[stream.length - 1]! ^= 1
    expect((await unpack(stream)).layer.error).toMatchObject({
      code: 'stream-corrupt',
      message: 'its range code is not used up at the end',
    })
  })

  test('matches that reach too far back', async () => {
    const literals: LzmaSymbol[] = [1, 2, 3]
    for (const distance of [4, 5, 1000, 2 ** 31, 2 ** 32 - 1]) {
      const { layer, output } = await unpack(lzmaFile([...literals, { distance, length: 2 }]))
      expect(layer.error).toMatchObject({
        code: 'stream-corrupt',
        message: 'it has a match that reaches back to before the dictionary',
      })
      expectSameBytes(output, Uint8Array.of(1, 2, 3))
    }
    // The dictionary has 4 KiB at least, and no more than it says.
    const run: LzmaSymbol[] = [7, ...Array.from({ length: 20 }, () => ({ distance: 1, length: 273 }))]
    const within = [...run, { distance: 4096, length: 2 }, END_MARKER]
    expect((await unpack(lzmaFile(within, { dictionary: 1 }))).layer.verified).toBe(true)
    const beyond = [...run, { distance: 4097, length: 2 }, END_MARKER]
    expect((await unpack(lzmaFile(beyond, { dictionary: 1 }))).layer.error?.code).toBe('stream-corrupt')
    expect((await unpack(lzmaFile(beyond, { dictionary: 4097 }))).layer.verified).toBe(true)
  })

  test('the limit of the output, and the last byte before it', async () => {
    for (const limit of [19, 20, 21, 22]) {
      for (const [stream, size] of [
        [lzmaFile(HELLO, { size: 21n }), 21],
        [lzmaFile([...HELLO, END_MARKER], { size: 21n }), 21],
        [lzmaFile([...HELLO, END_MARKER]), 21],
        [lzmaFile(HELLO, { size: 2n ** 62n }), Number.POSITIVE_INFINITY],
      ] as const) {
        const { layer, output } = await unpack(stream, { ...LIMITS, output: limit })
        if (size <= limit) expect(layer.verified).toBe(true)
        else
          expect(layer.error?.code).toMatch(
            limit < 21 || size === 21 ? /^output-limit$/ : /^stream-truncated|output-limit$/,
          )
        expectSameBytes(output, TEXT.subarray(0, output.length))
      }
    }
  })

  test('a huge size in the header takes no memory', async () => {
    const stream = lzmaFile(HELLO, { size: 2n ** 40n, dictionary: 2 ** 28 })
    const { unpacker, engine: used, bytes } = openStream(openLzma, engine, stream)
    const before = used.memory.length
    await bytes(0, 10)
    expect(used.memory.length - before).toBeLessThan(2 ** 20)
    expect(unpacker.produced).toBeLessThan(30)
    unpacker.finish()
    expect(unpacker.layer.error?.code).toBe('stream-truncated')
    expect(used.memory.length - before).toBeLessThan(20 * 2 ** 20)
  })

  test('every sequence of symbols', async () => {
    const symbol = fc.oneof(
      fc.nat(255),
      fc.record({ distance: fc.integer({ min: 1, max: 600 }), length: fc.integer({ min: 2, max: 273 }) }),
    )
    const properties = fc
      .record({ lc: fc.nat(4), lp: fc.nat(4), pb: fc.nat(4) })
      .filter(({ lc, lp }) => lc + lp <= 4)
    await fc.assert(
      fc.asyncProperty(
        fc.array(symbol, { maxLength: 60 }),
        properties,
        fc.nat(20_000),
        async (list, lclppb, at) => {
          const { output } = encodeLzma(list, lclppb)
          let produced = 0
          const sound = list.filter(next => {
            const isSound = typeof next === 'number' || next.distance <= produced
            if (isSound) produced += typeof next === 'number' ? 1 : next.length
            return isSound
          })
          expect(output.length).toBeGreaterThanOrEqual(produced)
          const expected = encodeLzma(sound, lclppb).output
          const { unpacker, bytes } = openStream(
            openLzma,
            engine,
            lzmaFile([...sound, END_MARKER], {}, lclppb),
          )
          expectSameBytes(await bytes(0, at), expected.subarray(0, at))
          unpacker.finish()
          expect(unpacker.layer).toMatchObject({ verified: true, unpacked: expected.length })
          expectSameBytes(await bytes(0, 2 ** 20), expected)
        },
      ),
      { numRuns: 60 },
    )
  })
})
