/** What must hold for every codec whose decoder runs in the engine, and how streams for it are made. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Engine, EngineName } from '../../src/engine/engine.ts'
import { LZMA_LOOKAHEAD } from '../../src/engine/lzma-state.ts'
import { BASE } from '../../src/engine/memory.ts'
import type { StreamLayer } from '../../src/facts/facts.ts'
import { createEngine } from '../../src/fleet/engines.ts'
import { MemorySource } from '../../src/source/memory.ts'
import { openLzma } from '../../src/unwrap/lzma.ts'
import { Input, type UnpackContext, type Unpacker, type UnpackLimits } from '../../src/unwrap/unpacker.ts'
import { kernelLike, randomNumbers } from './kernel-like.ts'

export type Open = (context: UnpackContext) => Unpacker

export const LIMITS: UnpackLimits = { window: 256 * 2 ** 20, output: 2 ** 30 }
export const ENGINES: EngineName[] = ['wasm', 'typescript']
/** As many mutants as the everyday run takes; XEN_PREFLIGHT_RUNS=20000 for the long one. */
const mutants = (everyday: number) => Number(process.env.XEN_PREFLIGHT_RUNS ?? everyday)
const LONG_RUN = process.env.XEN_PREFLIGHT_RUNS === undefined ? undefined : 2 ** 31 - 1

/** Runs a command-line tool from stdin to stdout. Throws where it is missing or fails. */
export function runTool(command: string, args: string[], input: Uint8Array): Uint8Array<ArrayBuffer> {
  const directory = mkdtempSync(join(tmpdir(), 'codec-'))
  try {
    const [from, to] = [join(directory, 'from'), join(directory, 'to')]
    writeFileSync(from, input)
    // Through files: Deno's spawnSync writes all of stdin before it reads stdout, and hangs on full pipes.
    const result = spawnSync('sh', [
      '-c',
      'from=$1 to=$2; shift 2; exec "$@" <"$from" >"$to"',
      'sh',
      from,
      to,
      command,
      ...args,
    ])
    if (result.status === 127)
      throw new Error(`Cannot test against ${command}: install it, these tests need it`)
    if (result.status !== 0) throw new Error(`${command} ${args.join(' ')} failed: ${result.stderr}`)
    return new Uint8Array(readFileSync(to))
  } finally {
    rmSync(directory, { recursive: true })
  }
}

/** The stream with the size word after it, as Linux appends it. */
export function withSizeWord(stream: Uint8Array, size: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(stream.length + 4)
  bytes.set(stream)
  new DataView(bytes.buffer).setUint32(stream.length, size % 2 ** 32, true)
  return bytes
}

const engines = new Map<EngineName, Engine>()
/** One engine a name for all tests of a file: its memory is large, and reuse is how it is used. */
export function sharedEngine(name: EngineName): Engine {
  const engine = engines.get(name) ?? createEngine(name)
  engines.set(name, engine)
  return engine
}

const GUARD = 0xa5
const GUARD_LENGTH = 65536

export interface Opened {
  unpacker: Unpacker
  input: Input
  engine: Engine
  /** The bytes [start, end) after need(start, end), as far as there are any. */
  bytes(start: number, end: number): Promise<Uint8Array>
  /** Fails where a byte in front of the output or after its limit was written. */
  checkGuards(): void
}

/** Opens a stream in an engine's memory. With `guards` the bytes around the output's room are watched. */
export function openStream(
  open: Open,
  name: EngineName,
  stream: Uint8Array,
  { limits = LIMITS, guards = false }: { limits?: UnpackLimits; guards?: boolean } = {},
): Opened {
  const engine = sharedEngine(name)
  const input = new Input(engine, new MemorySource(stream), 0, stream.length, BASE)
  const output = input.end + GUARD_LENGTH
  const outputEnd = output + limits.output
  if (guards) {
    engine.reserve(outputEnd + GUARD_LENGTH)
    engine.memory.fill(GUARD, input.end, outputEnd + GUARD_LENGTH)
  }
  const unpacker = open({ engine, input, output, limits })
  return {
    unpacker,
    input,
    engine,
    async bytes(start, end) {
      const window = await unpacker.need(start, end)
      expect(window.start).toBe(start)
      expect(window.address).toBeGreaterThanOrEqual(output)
      expect(window.length).toBeGreaterThanOrEqual(0)
      expect(window.length).toBeLessThanOrEqual(end - start)
      return engine.memory.slice(window.address, window.address + window.length)
    },
    checkGuards() {
      const isWatched = (byte: number) => byte === GUARD
      // What the decoder of .lzma files finds after their end is its own.
      const end = open === openLzma ? input.end + LZMA_LOOKAHEAD : input.end
      expect(engine.memory.subarray(end, output).every(isWatched)).toBe(true)
      expect(engine.memory.subarray(outputEnd, outputEnd + GUARD_LENGTH).every(isWatched)).toBe(true)
    },
  }
}

/** Compares without printing megabytes where they differ. */
export function expectSameBytes(actual: Uint8Array, expected: Uint8Array): void {
  expect(actual.length).toBe(expected.length)
  if (Buffer.compare(actual, expected) === 0) return
  const at = actual.findIndex((byte, index) => byte !== expected[index])
  expect(`byte ${at} is ${actual[at]}`).toBe(`byte ${at} is ${expected[at]}`)
}

/** Everything that can be seen of a run of need() calls, to compare engines by. */
async function observe(
  open: Open,
  name: EngineName,
  stream: Uint8Array,
  needs: [number, number][],
  limits: UnpackLimits,
) {
  const opened = openStream(open, name, stream, { limits, guards: true })
  const windows: Uint8Array[] = []
  for (const [start, length] of needs) windows.push(await opened.bytes(start, start + length))
  const { produced } = opened.unpacker
  const seen: StreamLayer = structuredClone(opened.unpacker.layer)
  await opened.unpacker.finish()
  const all = await opened.bytes(0, limits.output)
  opened.checkGuards()
  const { layer, produced: finished } = opened.unpacker
  opened.unpacker.close?.()
  return { windows, produced, seen, layer, finished, all }
}

export interface CodecCase {
  name: string
  encode(bytes: Uint8Array): Uint8Array
  /** Takes long however little there is to encode. */
  isSlow?: boolean
}

/** `hasSizeWord` is false for gzip, whose own last four bytes are the size. */
export function describeCodec(codec: string, open: Open, cases: CodecCase[], hasSizeWord = true): void {
  const complete = hasSizeWord ? withSizeWord : (stream: Uint8Array) => stream
  const tail = hasSizeWord ? 4 : 0
  const encoded = new Map<object, Map<Uint8Array, Uint8Array>>()
  /** The strongest levels are slow: each stream is made once. */
  const encodeOnce = (from: CodecCase, bytes: Uint8Array): Uint8Array => {
    const known = encoded.get(from) ?? new Map<Uint8Array, Uint8Array>()
    encoded.set(from, known)
    const stream = known.get(bytes) ?? from.encode(bytes)
    known.set(bytes, stream)
    return stream
  }
  const data = kernelLike(1_500_000)
  const tiny = [0, 1, 5, 13, 100].map(size => kernelLike(size, 3))

  describe.each(ENGINES)(`${codec} in the %s engine`, engine => {
    test.each(cases)('unpacks all of a $name stream', async from => {
      const stream = encodeOnce(from, data)
      const { unpacker, bytes } = openStream(open, engine, complete(stream, data.length))
      await unpacker.finish()
      expect(unpacker.layer).toMatchObject({
        codec,
        length: stream.length + tail,
        sizeWord: data.length,
        unpacked: data.length,
        consumed: stream.length,
        verified: true,
      })
      expect(unpacker.layer.error).toBeUndefined()
      expect(unpacker.produced).toBe(data.length)
      expectSameBytes(await bytes(0, data.length + 100), data)
      unpacker.close?.()
    })

    test.each(cases)('unpacks windows of a $name stream as they are asked for', async from => {
      const stream = complete(encodeOnce(from, data), data.length)
      const random = randomNumbers(7)
      for (let round = 0; round < 5; round++) {
        const { unpacker, bytes } = openStream(open, engine, stream)
        for (let count = 0; count < 12; count++) {
          const start = random() % (data.length + 1000)
          const end = start + (random() % (count % 3 === 0 ? 300_000 : 5_000))
          expectSameBytes(await bytes(start, end), data.subarray(start, end))
        }
        expect(unpacker.layer.error).toBeUndefined()
        unpacker.close?.()
      }
    })

    test('unpacks empty and tiny streams', async () => {
      for (const from of cases.filter(({ isSlow }) => !isSlow)) {
        for (const small of tiny) {
          const size = small.length
          const { unpacker, bytes } = openStream(open, engine, complete(encodeOnce(from, small), size))
          expectSameBytes(await bytes(0, size + 1), small)
          await unpacker.finish()
          expect(unpacker.layer).toMatchObject({ unpacked: size, verified: true })
          unpacker.close?.()
        }
      }
    })

    test.runIf(hasSizeWord)('says when the size word is not the size', async () => {
      const stream = encodeOnce(cases[0]!, data)
      const { unpacker } = openStream(open, engine, complete(stream, data.length + 1))
      await unpacker.finish()
      expect(unpacker.layer).toMatchObject({
        unpacked: data.length,
        verified: false,
        error: { code: 'checksum-mismatch', offset: stream.length },
      })
      unpacker.close?.()
    })

    test('stops at the limit of the output', async () => {
      const limits = { ...LIMITS, output: 1_000_000 }
      const stream = complete(encodeOnce(cases[0]!, data), data.length)
      const { unpacker, bytes, checkGuards } = openStream(open, engine, stream, { limits, guards: true })
      expectSameBytes(await bytes(0, 700_000), data.subarray(0, 700_000))
      await unpacker.finish()
      expect(unpacker.layer.error?.code).toBe('output-limit')
      expect(unpacker.layer.verified).toBe(false)
      expect(unpacker.produced).toBeLessThanOrEqual(limits.output)
      checkGuards()
      unpacker.close?.()
    })
  })

  describe(`${codec} with bad bytes`, () => {
    const small = kernelLike(60_000, 5)
    const limits = { ...LIMITS, output: 200_000 }
    const streams = cases.map(({ encode }) => complete(encode(small), small.length))
    const needs = fc.array(fc.tuple(fc.nat(70_000), fc.nat(20_000)), { maxLength: 4 })
    const pick = fc.nat(streams.length - 1)

    const check = async (stream: Uint8Array, list: [number, number][], isWhole: boolean) => {
      const [first, second] = [
        await observe(open, 'wasm', stream, list, limits),
        await observe(open, 'typescript', stream, list, limits),
      ]
      expect(second.layer).toEqual(first.layer)
      expect(second.seen).toEqual(first.seen)
      expect([second.produced, second.finished]).toEqual([first.produced, first.finished])
      for (const [index, window] of first.windows.entries()) expectSameBytes(second.windows[index]!, window)
      expectSameBytes(second.all, first.all)
      expect(first.layer.verified).toBe(first.layer.error === undefined)
      if (first.layer.verified) expect(first.layer.unpacked).toBe(first.all.length)
      if (isWhole) expectSameBytes(first.all, small)
      else expect(first.layer.error?.message ?? 'no problem').toMatch(/^[a-z].*[^.]$/)
      return first
    }

    test('the engines agree on good streams', async () => {
      await fc.assert(
        fc.asyncProperty(pick, needs, async (index, list) => {
          await check(streams[index]!, list, true)
        }),
        { numRuns: 30 },
      )
    })

    test('a cut stream is an error, never more', async () => {
      await fc.assert(
        fc.asyncProperty(
          pick,
          fc.double({ min: 0, max: 1, noNaN: true }),
          needs,
          async (index, share, list) => {
            const stream = streams[index]!
            const { layer, all } = await check(
              stream.subarray(0, Math.floor((stream.length - tail) * share)),
              list,
              false,
            )
            // lz4's magic alone is a whole stream, of nothing.
            if (share < 1 && layer.unpacked !== 0) expect(layer.error).toBeDefined()
            expectSameBytes(all, small.subarray(0, all.length))
          },
        ),
        { numRuns: 100 },
      )
    })

    test(
      'flipped bits neither throw, nor loop, nor leave the output',
      async () => {
        const flips = fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(7)), {
          minLength: 1,
          maxLength: 5,
        })
        await fc.assert(
          fc.asyncProperty(pick, flips, fc.boolean(), needs, async (index, list, isNear, windows) => {
            const stream = streams[index]!.slice()
            for (const [share, bit] of list) {
              // Headers are short, so half of the runs flip bits there only.
              const at = Math.floor((isNear ? Math.min(80, stream.length) : stream.length) * share * 0.999999)
              stream[at]! ^= 1 << bit
            }
            await check(stream, windows, false)
          }),
          { numRuns: mutants(300) },
        )
      },
      LONG_RUN,
    )

    test(
      'noise after the magic neither throws nor loops',
      async () => {
        await fc.assert(
          fc.asyncProperty(
            pick,
            fc.nat(60),
            fc.uint8Array({ maxLength: 2000 }),
            needs,
            async (index, keep, noise, list) => {
              const stream = new Uint8Array([...streams[index]!.subarray(0, keep), ...noise])
              await check(stream, list, false)
            },
          ),
          { numRuns: mutants(150) },
        )
      },
      LONG_RUN,
    )
  })
}
