import { expect, test } from 'vitest'
import { describeLayers } from '../../src/facts/describe.ts'
import type { Facts, Layer } from '../../src/facts/facts.ts'

const facts = (...layers: Partial<Layer>[]) =>
  ({ version: 2, size: 4096, kind: 'unknown', layers }) as unknown as Facts

test('layers are named from the outside inward', () => {
  expect(describeLayers(facts({ kind: 'bzimage', setupSects: 27 }, { kind: 'stream', codec: 'zstd' }))).toBe(
    'bzImage zstd',
  )
  expect(describeLayers(facts({ kind: 'stream', codec: 'gzip' }))).toBe('gzip')
})

test('a setup_sects of 0 is told', () => {
  expect(describeLayers(facts({ kind: 'bzimage', setupSects: 0 }))).toBe('bzImage (setup_sects 0)')
})

test('a file without layers is an ELF or nothing', () => {
  expect(describeLayers(facts())).toBe('')
  expect(describeLayers({ ...facts(), elf: {} } as unknown as Facts)).toBe('ELF')
})
