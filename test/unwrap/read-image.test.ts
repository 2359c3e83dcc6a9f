import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { buildBzImage, withSizeWord } from '../../fixtures/builders/bzimage.ts'
import { buildElf, NOTE } from '../../fixtures/builders/elf.ts'
import { createEngine } from '../../src/fleet/engines.ts'
import type { Source } from '../../src/source/source.ts'
import { StreamTooLong } from '../../src/unwrap/image-reading.ts'
import { readImage } from '../../src/unwrap/read-image.ts'
import { runTool } from './codec-suite.ts'

const engine = createEngine('wasm')
const twin = createEngine('typescript')

const sourceOf = (bytes: Uint8Array): Source => ({
  size: bytes.length,
  read(into, position) {
    const part = bytes.subarray(position, position + into.length)
    into.set(part)
    return part.length
  },
})
const read = (bytes: Uint8Array, options = {}) => readImage(engine, sourceOf(bytes), options)

const notes = [
  { type: NOTE.GUEST_OS, value: 'linux' },
  { type: NOTE.XEN_VERSION, value: 'xen-3.0' },
  { type: NOTE.LOADER, value: 'generic' },
]
/** Notes at 40 %, as in real x86-64 kernels. */
const kernel = buildElf({ bits: 64, notes, bodySize: 2_000_000, tailSize: 3_000_000 })

describe('reading stops after the notes', () => {
  test('of a bare ELF only headers and notes are read', async () => {
    const { facts, cost } = await read(kernel)
    expect(facts.elf?.notes.length).toBe(3)
    expect(cost.unpacked).toBe(0)
    expect(cost.read).toBeLessThan(20_000)
  })

  test('of a gzip payload less than 60 % is unpacked', async () => {
    const { facts, cost } = await read(buildBzImage({ payload: gzipSync(kernel) }))
    expect(facts.elf?.notes.length).toBe(3)
    expect(cost.unpacked).toBeGreaterThan(2_000_000)
    expect(cost.unpacked).toBeLessThan(0.6 * kernel.length)
  })

  test('--verify unpacks all of it', async () => {
    const { facts, cost } = await read(buildBzImage({ payload: gzipSync(kernel) }), { verify: true })
    expect(cost.unpacked).toBe(kernel.length)
    expect(facts.layers[1]).toMatchObject({ verified: true, unpacked: kernel.length })
  })

  test('facts do not depend on how the kernel is wrapped', async () => {
    const bare = await read(kernel)
    for (const image of [
      gzipSync(kernel),
      buildBzImage({ payload: kernel }),
      gzipSync(buildBzImage({ payload: kernel })),
    ]) {
      const { facts, problem } = await read(image)
      expect(problem).toBeUndefined()
      expect({ ...facts.elf, size: 0 }).toEqual({ ...bare.facts.elf, size: 0 })
    }
  })
})

describe('what a stream may ask for', () => {
  const xz = readFileSync(new URL('../../fixtures/codecs/bzimage-xz', import.meta.url))

  test('a dictionary above the limit is a problem', async () => {
    const { problem } = await read(xz, { limits: { window: 2 ** 20 } })
    expect(problem).toMatchObject({ code: 'window-limit', message: expect.stringContaining('limit') })
  })

  test('so is more output than the limit', async () => {
    const { problem } = await read(gzipSync(kernel), { verify: true, limits: { output: 2 ** 20 } })
    expect(problem?.code).toBe('output-limit')
  })
})

test('a table of a flat image counts where the loader looks: in what a gzip file unpacks to, not in its own bytes', () => {
  const table = new DataView(new ArrayBuffer(32))
  for (const [index, word] of [0x336ec578, 0x10001, -(0x336ec578 + 0x10001)].entries()) {
    table.setInt32(4 * index, word, true)
  }
  const flat = new Uint8Array(4096)
  flat.set(new Uint8Array(table.buffer), 0x40)
  expect(read(flat).facts.binTable?.offset).toBe(0x40)
  // An extra field (RFC 1952, FEXTRA) of 2 + 32 bytes puts the table at 16 into the file.
  const packed = gzipSync(kernel)
  const extra = new Uint8Array(12 + 4 + 32)
  extra.set(packed.subarray(0, 10))
  extra[3] = 4
  extra[10] = 36
  extra.set(new Uint8Array(table.buffer), 16)
  const { facts } = read(Buffer.concat([extra, packed.subarray(10)]))
  expect(facts.elf?.notes.length).toBe(3)
  expect(facts.binTable).toBeUndefined()
})

test('a stream that is longer than the reader can wait for is not begun with', () => {
  const payload = gzipSync(kernel)
  const longestStream = payload.length - 1
  expect(() => read(buildBzImage({ payload }), { longestStream })).toThrow(StreamTooLong)
  expect(() => read(payload, { longestStream })).toThrow(StreamTooLong)
  expect(read(payload, { longestStream: payload.length }).facts.elf).toBeDefined()
  expect(read(kernel, { longestStream: 0 }).facts.elf).toBeDefined()
})

test('a stream whose size nobody knows is not unpacked to a limit that it would pass', () => {
  const limits = { window: 2 ** 28, output: 8 * kernel.length }
  const stream = runTool('xz', ['-c', '--lzma2=preset=0'], kernel)
  expect(read(stream, { limits, longestStream: 2 ** 20 }).facts.elf).toBeDefined()
  limits.output = 8 * stream.length - 1
  expect(() => read(stream, { limits, longestStream: 2 ** 20 })).toThrow(StreamTooLong)
})

describe('layers', () => {
  test('a payload that is cut off by the end of the file', async () => {
    const image = buildBzImage({ payload: gzipSync(kernel) })
    const { problem, facts } = await read(image.subarray(0, image.length - 100_000), { verify: true })
    expect(problem?.code).toBe('payload-outside-file')
    expect(facts.layers[1]).toMatchObject({ kind: 'stream', error: { code: 'stream-truncated' } })
  })

  test('a payload that unpacks to something else', async () => {
    const payload = gzipSync(new Uint8Array(5000).fill(0x41))
    expect((await read(buildBzImage({ payload }))).problem?.code).toBe('not-elf')
  })

  test('a compressed file that is no kernel is told from one that is', async () => {
    expect((await read(gzipSync(new Uint8Array(5000)))).problem?.code).toBe('not-a-kernel')
    expect((await read(gzipSync(kernel))).facts.kind).toBe('gzip')
  })

  test('a stream that cannot be opened says why, where its magic is that of nothing else', async () => {
    const hex = async (text: string) => (await read(Uint8Array.from(Buffer.from(text, 'hex')))).problem?.code
    // gzip: a header alone; a block of the reserved type; with a method that is not deflate, it is no gzip.
    expect(await hex('1f8b0800000000000003')).toBe('stream-truncated')
    expect(await hex(`1f8b0800000000000003${'ff'.repeat(20)}`)).toBe('stream-corrupt')
    expect(await hex(`1f8b0700000000000003${'ff'.repeat(20)}`)).toBe('not-a-kernel')
    // xz: its stream header alone; one whose checksum does not match.
    expect(await hex('fd377a585a000001')).toBe('stream-truncated')
    expect(await hex(`fd377a585a000001${'00'.repeat(20)}`)).toMatch(/^stream-|^checksum-/)
    // bzip2: a level, and none.
    expect(await hex('425a6839ffff')).toMatch(/^stream-/)
    expect(await hex('425a6841ffff')).toBe('not-a-kernel')
    // zstd: a reserved block type; a window of 2 GiB.
    expect(await hex('28b52ffd0058ffffff')).toBe('stream-corrupt')
    expect(await hex('28b52ffd00a8010000')).toBe('window-limit')
    // lzo: the header is cut.
    expect(await hex('894c5a4f000d0a1a0a1030')).toBe('stream-truncated')
    // Two bytes start many a file.
    expect(await hex(`0221${'ff'.repeat(20)}`)).toBe('not-a-kernel')
    expect(await hex(`04224d18${'ff'.repeat(20)}`)).toBe('not-a-kernel')
  })

  test('what breaks a zstd stream is told in words, the same wherever it is read', async () => {
    const message = async (blocks: string) => {
      const payload = Uint8Array.from(Buffer.from(`28b52ffd0058${blocks}`, 'hex'))
      return (await read(buildBzImage({ payload }))).problem?.message
    }
    const broken = 'Cannot unpack the zstd stream: the block at 0x6'
    expect(await message('ffffff')).toBe(`${broken} is of the reserved type 3`)
    // A compressed block of five bytes that starts as literals of a table that no block before it brought.
    expect(await message('2d0000' + '0301000000')).toBe(`${broken} has literals that break the rules`)
    expect(await message('2d0000')).toBe(`${broken} has 5 bytes, the stream ends inside it`)
  })

  test('a setup_sects of 0 is read as 0', async () => {
    const { facts } = await read(buildBzImage({ payload: withSizeWord(kernel, 0), setupSects: 0 }))
    expect(facts.layers[0]).toMatchObject({ setupSects: 0, payloadStart: 768 })
    expect(facts.elf?.notes.length).toBe(3)
  })
})

test('any bytes give a record, the same from both engines', async () => {
  const small = buildElf({ bits: 64, notes, bodySize: 300 })
  const seeds = [
    small,
    buildBzImage({ payload: gzipSync(small) }),
    gzipSync(small),
    buildBzImage({ payload: small }),
  ]
  const images = fc
    .tuple(fc.constantFrom(...seeds), fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 6 }), fc.nat())
    .map(([seed, edits, cut]) => {
      const bytes = seed.slice(0, seed.length - (cut % 3 === 0 ? cut % seed.length : 0))
      for (const [at, value] of edits) if (bytes.length > 0) bytes[at % bytes.length] = value
      return bytes
    })
  const verify = fc.boolean()
  const runs = Number(process.env.XEN_PREFLIGHT_RUNS ?? 300)
  await fc.assert(
    fc.asyncProperty(images, verify, async (bytes, all) => {
      const a = readImage(engine, sourceOf(bytes), { verify: all })
      const b = readImage(twin, sourceOf(bytes), { verify: all })
      expect(b).toEqual(a)
    }),
    { numRuns: runs },
  )
})
