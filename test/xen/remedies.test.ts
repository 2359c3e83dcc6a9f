import { describe, expect, test } from 'vitest'
import { ask } from './ask.ts'
import { bzImage, kernel } from './kernels.ts'

const packed = bzImage(kernel(), 'lz4')
const upgrades = (release: string) =>
  ask(packed, release, 'pv-domU')
    .remedies.filter(({ text }) => text.includes('Upgrade'))
    .map(({ kind, text }) => `${kind}: ${text}`)

// LZ4 came with 4.4.0, was broken from 4.4.1, whole in 4.11.4, and broken again until 4.12.2.
describe('the release that takes it', () => {
  test('is one from which on all take it', () => {
    expect(upgrades('4.3.0')).toEqual([
      'release: Upgrade the toolstack to Xen 4.12.2 or later: it takes this kernel',
    ])
  })

  test('is a point release of the same series where there is one', () => {
    expect(upgrades('4.12.1')).toEqual([
      'point-release: Upgrade the toolstack to Xen 4.12.2 or later: it takes this kernel',
    ])
  })
})

describe('a host whose build differs from its release', () => {
  test('is not told to repack by a codec that it lacks', () => {
    const host = { gates: { 'xz-toolstack': 'absent', 'lz4-decoder': 'broken' } }
    const repack = (options?: typeof host) =>
      ask(bzImage(kernel(), 'zstd'), '4.14.0', 'pv-domU', options)
        .remedies.map(({ text }) => text)
        .find(text => text.startsWith('Repack'))
    expect(repack()).toMatch(/\(xz, lz4, /)
    expect(repack(host)).toBe(
      'Repack the payload by gzip, or unpack the vmlinux and boot that (lzma, bzip2, lzo would do too)',
    )
  })

  test('loses its own gates by an upgrade', () => {
    const host = { gates: { 'bzimage-toolstack': 'unknown' } }
    const verdict = ask(bzImage(kernel(), 'gzip'), '4.14.0', 'pv-domU', host)
    expect(verdict.code).toBe('bzimage-unsupported')
    expect(verdict.remedies.map(({ text }) => text)).toContain(
      'Upgrade the toolstack to Xen 4.14.1 or later: it takes this kernel',
    )
  })

  test('has the last line of its own toolstack', () => {
    const host = { gates: { 'domU-final-text': 'xc_dom_parse_image failed' } }
    const lines = (options?: typeof host) =>
      ask(bzImage(kernel(), 'zstd'), '3.4.0', 'pv-domU', options).log?.lines.at(-1)
    expect(lines()).not.toBe('xc_dom_parse_image failed')
    expect(lines(host)).toBe('xc_dom_parse_image failed')
  })
})
