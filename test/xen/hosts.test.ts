import { describe, expect, test } from 'vitest'
import { remedyText } from '../../src/xen/remedies/remedy-text.ts'
import { ask } from './ask.ts'
import { bzImage, kernel, linux32, linuxNotes } from './kernels.ts'

const pvh = kernel({ notes: linuxNotes({ PHYS32_ENTRY: 0x100_0100n, SUPPORTED_FEATURES: 0x8801 }) })

describe('what a host says of itself wins over its release', () => {
  test('xen_caps without xen-*: no PV at all', () => {
    const hvmOnly = { capabilities: { xen: ['hvm-3.0-x86_32', 'hvm-3.0-x86_32p', 'hvm-3.0-x86_64'] } }
    expect(ask(kernel(), '4.17.0', 'pv-domU', hvmOnly)).toMatchObject({
      verdict: 'refuses',
      code: 'pv-not-built',
    })
    expect(ask(kernel(), '4.17.0', 'pv-dom0', hvmOnly).message).toBe(
      'Cannot construct Dom0. No guest interface available',
    )
    expect(ask(pvh, '4.17.0', 'pvh-domU', hvmOnly).verdict).toBe('accepts')
  })

  test('virt_caps without pv: no PV either, where a release says pv', () => {
    const virt = { capabilities: { virt: ['hvm', 'hap'] } }
    expect(ask(kernel(), '4.17.0', 'pv-domU', virt).code).toBe('pv-not-built')
    expect(ask(kernel(), '4.4.4', 'pv-domU', virt).verdict).toBe('accepts')
    expect(ask(kernel(), '4.17.0', 'pv-domU', { build: { pv: false } }).code).toBe('pv-not-built')
  })

  test('no hvm-*: no PVH', () => {
    const pvOnly = { capabilities: { xen: ['xen-3.0-x86_64', 'xen-3.0-x86_32p'] } }
    expect(ask(pvh, '4.17.0', 'pvh-domU', pvOnly)).toMatchObject({ verdict: 'refuses', code: 'hvm-missing' })
    expect(ask(pvh, '4.17.0', 'pvh-dom0', pvOnly)).toMatchObject({ verdict: 'refuses', code: 'hvm-missing' })
    expect(ask(pvh, '4.17.0', 'pvh-domU', { capabilities: { virt: ['pv'] } }).code).toBe('hvm-missing')
  })

  test('xen_caps with x86_32p: nothing is assumed of CONFIG_PV32', () => {
    const caps = { capabilities: { xen: ['xen-3.0-x86_64', 'xen-3.0-x86_32p', 'hvm-3.0-x86_32'] } }
    expect(ask(linux32(), '4.17.0', 'pv-domU', caps).assumptions).toEqual([])
    expect(ask(linux32(), '4.17.0', 'pv-dom0', { build: { pv: true, pv32: true } }).assumptions).toEqual([])
    expect(ask(linux32(), '4.17.0', 'pv-dom0', {}).verdict).toBe('refuses')
  })

  test("decoders of the toolstack's build", () => {
    const image = bzImage(kernel(), 'zstd')
    expect(ask(image, '4.17.0', 'pv-domU', { build: { decoders: { zstd: true } } })).toMatchObject({
      verdict: 'accepts',
      assumptions: [{ code: 'pv-default-on' }],
    })
    const unknown = ask(image, '4.17.0', 'pv-domU', {})
    expect(unknown).toMatchObject({
      verdict: 'uncertain',
      code: 'build-unknown',
      reason: { code: 'decoder-unknown', args: { codec: 'zstd' } },
      gates: ['zstd-toolstack'],
    })
    expect(remedyText(unknown.remedies[0]!)).toContain('--build decoders.zstd=true')
    expect(unknown.remedies.map(({ kind }) => kind)).toContain('repack')
    // What another stage refuses is refused, whatever the library.
    const pvh = ask(image, '4.17.0', 'pvh-domU', {})
    expect(pvh.verdict).toBe('refuses')
    expect(ask(image, '4.17.0', 'pv-domU', { build: { decoders: { zstd: false } } })).toMatchObject({
      verdict: 'refuses',
      code: 'decoder-not-built',
      message: 'xc_dom_find_loader: no loader found',
    })
  })

  test('what is taken on trust is said', () => {
    const { verified, unpacked, consumed, ...partly } = bzImage(kernel(), 'xz')
      .layers[1] as unknown as Record<string, unknown>
    expect([verified, unpacked, consumed]).not.toContain(undefined)
    const image = bzImage(kernel(), 'xz')
    const early = { ...image, layers: [image.layers[0]!, { ...partly, verified: false } as never] }
    expect(ask(early, '4.17.0', 'pv-dom0').assumptions.map(({ code }) => code)).toEqual([
      'stream-not-verified',
    ])
    expect(ask(early, '4.17.0', 'pv-domU').assumptions.map(({ code }) => code)).toContain(
      'stream-not-verified',
    )
  })

  test('a limit of ours is no answer of Xen', () => {
    const error = {
      code: 'window-limit' as const,
      offset: 5,
      message: 'the window is 1 GiB, limit is 128 MiB',
    }
    const image = bzImage(kernel(), 'zstd', { error, verified: false })
    expect(ask(image, '4.17.0', 'pv-domU')).toMatchObject({
      verdict: 'uncertain',
      code: 'unpacked-only-in-part',
    })
    expect(ask(image, '4.17.0', 'pv-dom0').verdict).toBe('uncertain')
    expect(ask(image, '4.14.0', 'pv-domU').code).toBe('codec-unsupported')
  })
})
