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
