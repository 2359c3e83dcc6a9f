/** Payloads of every codec, damaged in several ways: a refusal is blamed on the damage, and never on the notes. */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { createEngine } from '../../src/fleet/engines.ts'
import { MemorySource } from '../../src/source/memory.ts'
import { readImage } from '../../src/unwrap/read-image.ts'
import { FULL_BUILD } from '../../src/xen/host-options.ts'
import { Judge } from '../../src/xen/judge.ts'
import { resolveTarget } from '../../src/xen/target.ts'

const CODECS = ['gzip', 'bzip2', 'lzma', 'xz', 'lzo', 'lz4', 'zstd'] as const
/** Where the payload of these images starts: after five sectors and what stands for the decompressor. */
const PAYLOAD = 5 * 512 + 256
const MODES = ['pv-domU', 'pv-dom0', 'pvh-domU', 'pvh-dom0'] as const
/** The oldest with every codec but zstd, and the newest. */
const RELEASES = ['4.6.0', '4.17.4', '4.22.0']

type Damage = (image: Uint8Array) => Uint8Array

const at = (image: Uint8Array, share: number) => PAYLOAD + Math.floor((image.length - PAYLOAD) * share)
const flip =
  (share: number): Damage =>
  image => {
    const place = at(image, share)
    image[place] = image[place]! ^ 0x10
    return image
  }
const zero =
  (share: number, length: number): Damage =>
  image =>
    image.fill(0, at(image, share), at(image, share) + length)
/** The header says that the payload is as short as it is. */
const cut =
  (share: number): Damage =>
  image => {
    const short = image.slice(0, at(image, share))
    new DataView(short.buffer).setUint32(0x24c, short.length - PAYLOAD, true)
    return short
  }
const flipEnd =
  (back: number): Damage =>
  image => {
    image[image.length - back] = image[image.length - back]! ^ 0x55
    return image
  }

const DAMAGES: Record<string, Damage> = {
  'a bit flipped early': flip(0.1),
  'a bit flipped in the middle': flip(0.5),
  'a bit flipped late': flip(0.9),
  'a page zeroed early': zero(0.05, 256),
  'a page zeroed late': zero(0.7, 256),
  'the first tenth alone': cut(0.1),
  'the first half alone': cut(0.5),
  'the end missing': cut(0.95),
  'zeros from the middle on': zero(0.5, 1e6),
  'another size at the end': flipEnd(4),
  'a size of more than 1 GiB at the end': flipEnd(1),
  'another checksum': flipEnd(8),
}
const cases = Object.entries(DAMAGES).flatMap(([name, damage]) =>
  [false, true].map(verify => ({ name, damage, verify })),
)
const sound = (codec: string) =>
  new Uint8Array(readFileSync(new URL(`../../fixtures/codecs/bzimage-${codec}`, import.meta.url)))

const engines = [createEngine('wasm'), createEngine('typescript')]
const target = (release: string) => resolveTarget(release, { build: FULL_BUILD })

describe.each(CODECS)('%s', codec => {
  test('a sound payload is taken', () => {
    const { facts, problem } = readImage(engines[0]!, new MemorySource(sound(codec)), { verify: true })
    expect(problem).toBeUndefined()
    expect(new Judge(facts, target('4.17.4').options).verdict(target('4.17.4'), 'pv-domU').verdict).toBe(
      'accepts',
    )
  })

  test.each(cases)('$name, verify $verify', ({ damage, verify }) => {
    const image = damage(sound(codec))
    const [reading, twin] = engines.map(engine => readImage(engine, new MemorySource(image), { verify }))
    expect(twin!.facts).toEqual(reading!.facts)
    expect(twin!.problem).toEqual(reading!.problem)
    const { facts, problem } = reading!
    if (verify) expect(problem?.code ?? 'none').toMatch(codec === 'lz4' ? /./ : /^(stream|checksum)-/)
    for (const release of RELEASES) {
      for (const mode of MODES) {
        const xen = target(release)
        const { verdict, code, remedies } = new Judge(facts, xen.options).verdict(xen, mode)
        if (verdict === 'accepts' || verdict === 'unavailable' || RELEASES_OWN.has(code ?? '')) continue
        expect({ release, mode, verdict, code, remedy: remedies[0]?.text }).toMatchObject({
          code: 'stream-broken',
          remedy: expect.stringMatching(/^Get the image again/),
        })
      }
    }
  })
})

describe('zstd literals that only a decoder of single ones refuses', () => {
  const reading = readImage(engines[0]!, new MemorySource(sound('zstd')), { verify: true })
  const verdictOf = (unnoticed: boolean) => {
    const facts = structuredClone(reading.facts)
    const layer = facts.layers[1]!
    if (layer.kind !== 'stream') throw new Error('Cannot damage the payload: it is no stream')
    layer.verified = false
    layer.error = { code: 'stream-corrupt', offset: 9, message: 'the block at 0x9 has bad literals' }
    layer.literalPairs = { unpacked: 0, literals: 9000, bytes: 4000, ...(unnoticed && { unnoticed }) }
    const xen = target('4.22.0')
    return MODES.map(mode => new Judge(facts, xen.options).verdict(xen, mode))
      .filter(({ code }) => !RELEASES_OWN.has(code ?? ''))
      .map(({ verdict, code }) => ({ verdict, code }))
  }

  test('are in doubt without a checksum', () => {
    const verdicts = verdictOf(true)
    expect(verdicts.length).toBeGreaterThan(1)
    expect(new Set(verdicts.map(({ verdict, code }) => `${verdict} ${code}`))).toEqual(
      new Set(['uncertain stream-broken']),
    )
  })

  test('are refused where a checksum tells, or more is wrong', () => {
    expect(new Set(verdictOf(false).map(({ verdict, code }) => `${verdict} ${code}`))).toEqual(
      new Set(['refuses stream-broken']),
    )
  })
})

/** What is wrong with the release, or with this kernel before it was damaged. */
const RELEASES_OWN = new Set(['codec-unsupported', 'lz4-decoder-broken', 'not-pvh', 'pvh-features-missing'])
