/** Judging never throws and always covers all releases, whatever the facts say. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Codec, Facts, Hex, Layer } from '../../src/facts/facts.ts'
import {
  bootModes,
  type HostOptions,
  Judge,
  releases,
  resolveTarget,
  traceLoader,
} from '../../src/xen/mod.ts'
import { reasonText } from '../../src/xen/reason-text.ts'
import { bzImage, kernel, type NoteName, type Notes, type NoteValue, packed } from './kernels.ts'

const RUNS = Number(process.env.XEN_PREFLIGHT_RUNS ?? 150)

const noteName = fc.constantFrom<NoteName>(
  'ENTRY',
  'HYPERCALL_PAGE',
  'VIRT_BASE',
  'PADDR_OFFSET',
  'XEN_VERSION',
  'GUEST_OS',
  'LOADER',
  'PAE_MODE',
  'FEATURES',
  'BSD_SYMTAB',
  'HV_START_LOW',
  'INIT_P2M',
  'SUPPORTED_FEATURES',
  'PHYS32_ENTRY',
  'PHYS32_RELOC',
  'L1_MFN_VALID',
  'MOD_START_PFN',
)
const noteValue: fc.Arbitrary<NoteValue> = fc.oneof(
  fc.constantFrom('linux', 'generic', 'xen-3.0', 'yes', 'bimodal', '!dom0', 'hvm_callback_vector|', '!|', ''),
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  fc.nat(),
)
const notes: fc.Arbitrary<Notes> = fc.dictionary(noteName, noteValue, { maxKeys: 12 })
const codec = fc.constantFrom<Codec>('gzip', 'bzip2', 'lzma', 'xz', 'lzo', 'lz4', 'zstd')

const stream = fc.record(
  {
    sizeWord: fc.nat(2 ** 31),
    unpacked: fc.nat(2 ** 31),
    consumed: fc.nat(0x3000),
    verified: fc.boolean(),
    dictionary: fc.nat(2 ** 28),
    check: fc.constantFrom('none', 'crc32', 'crc64', 'sha256', 'unknown'),
    framing: fc.constantFrom('legacy', 'frame'),
    error: fc.record({
      code: fc.constantFrom('stream-truncated', 'stream-corrupt', 'checksum-mismatch', 'stream-unsupported'),
      offset: fc.nat(0x3000),
      message: fc.constant('broken'),
    }),
  },
  { requiredKeys: [] },
) as fc.Arbitrary<object>

const facts: fc.Arbitrary<Facts> = fc
  .record({
    bits: fc.constantFrom(32 as const, 64 as const),
    machine: fc.constantFrom(3, 62, 40, 21, 0),
    pstart: fc.constantFrom(0n, 0x100_0000n, 2n ** 64n - 0x1000n),
    memory: fc.constantFrom(0n, 0x40_0000n, 2n ** 40n, 2n ** 64n - 1n),
    notes: fc.option(notes, { nil: undefined }),
    guest: fc.option(fc.constantFrom('LOADER=generic,XEN_VER=xen-3.0', 'FEATURES=!x,LOADER=generic', ''), {
      nil: undefined,
    }),
    wrap: fc.constantFrom('none', 'bzimage', 'packed'),
    codec,
    stream,
    size: fc.option(fc.nat(0x8000), { nil: undefined }),
    shoff: fc.option(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), { nil: undefined }),
    payloadStart: fc.option(fc.nat(2 ** 33), { nil: undefined }),
    payloadLength: fc.option(fc.nat(3), { nil: undefined }),
    stop: fc.constantFrom('end', 'image', 'wrap', 'limit'),
    noElf: fc.boolean(),
  })
  .map(
    ({
      wrap,
      codec: name,
      stream: changes,
      size,
      shoff,
      payloadStart,
      payloadLength,
      stop,
      noElf,
      notes: given,
      guest,
      ...options
    }) => {
      const plain = kernel({
        ...options,
        ...(given !== undefined && { notes: given }),
        ...(guest !== undefined && { guest }),
      })
      const elf = { ...plain.elf!, walks: plain.elf!.walks.map(w => ({ ...w, stop: stop as 'end' })) }
      if (shoff !== undefined) elf.shoff = `0x${shoff.toString(16)}` as Hex
      const image = { ...plain, elf }
      const wrapped =
        wrap === 'none' ? image : wrap === 'bzimage' ? bzImage(image, name, changes) : packed(image, name)
      const layers = wrapped.layers.map(
        (layer): Layer =>
          layer.kind === 'bzimage'
            ? {
                ...layer,
                ...(payloadStart !== undefined && { payloadStart }),
                ...(payloadLength !== undefined && { payloadLength }),
              }
            : layer,
      )
      const { elf: scanned, ...rest } = wrapped
      return {
        ...rest,
        layers,
        ...(size !== undefined && { size }),
        ...(noElf && wrap !== 'none' ? {} : { elf: scanned }),
      } as Facts
    },
  )

const options: fc.Arbitrary<HostOptions> = fc.record(
  {
    build: fc.record(
      {
        pv: fc.boolean(),
        pv32: fc.boolean(),
        decoders: fc.record({ xz: fc.boolean() }, { requiredKeys: [] }),
      },
      { requiredKeys: [] },
    ),
    capabilities: fc.record(
      {
        xen: fc.subarray(['xen-3.0-x86_64', 'xen-3.0-x86_32p', 'hvm-3.0-x86_32']),
        virt: fc.subarray(['pv', 'hvm']),
      },
      { requiredKeys: [] },
    ),
    gates: fc.constantFrom({ 'unknown-optional-feature': 'accepts' }, { nothing: true }),
  },
  { requiredKeys: [] },
)

test('spans cover all releases in order, and say of each what it says alone', () => {
  fc.assert(
    fc.property(facts, options, fc.nat(releases.length - 1), (image, host, pick) => {
      const judge = new Judge(image, host)
      for (const mode of bootModes) {
        const spans = judge.spans(mode)
        expect(spans[0]!.since).toBe(releases[0])
        expect(spans.at(-1)!.until).toBe(releases.at(-1))
        spans.slice(1).forEach((span, index) => {
          expect(releases.indexOf(span.since)).toBe(releases.indexOf(spans[index]!.until) + 1)
        })
        // What is asked span by span is what each release answers by itself.
        const release = releases[pick]!
        const span = spans.find(({ until }) => pick <= releases.indexOf(until))!
        const alone = new Judge(image, host).verdict(resolveTarget(release, host), mode)
        expect({
          verdict: alone.verdict,
          stage: alone.stage,
          code: alone.code,
          message: alone.message,
        }).toEqual({
          verdict: span.verdict,
          stage: span.stage,
          code: span.code,
          message: span.message,
        })
        const walked = traceLoader(image, release, mode, host)
        expect({ verdict: walked.verdict, message: walked.message }).toEqual({
          verdict: span.verdict,
          message: span.message,
        })
        if (span.verdict === 'refuses') {
          expect(span.stage).toBeDefined()
          expect(alone.remedies.length).toBeGreaterThan(0)
        }
        if (span.verdict !== 'accepts' && span.verdict !== 'unavailable') expect(span.code).toBeDefined()
        expect(reasonText(span.reason)).not.toBe('')
      }
    }),
    { numRuns: RUNS },
  )
})
