import { expect, test } from 'vitest'
import { crosses, pathChanges } from '../../src/findings/boot-path-changes.ts'

const codes = (paths: string[], from: string, to: string) =>
  pathChanges(paths, from, to).map(({ code }) => code)

test('an upgrade over a change of pygrub names it, and one on a side of it does not', () => {
  expect(codes(['pygrub'], '4.12.4', '4.13.0')).toEqual(['pygrub-default-by-title', 'pygrub-python'])
  expect(codes(['pygrub'], '4.13.0', '4.18.5')).toEqual([])
  expect(codes(['pygrub'], '4.18.5', '4.19.0')).toEqual(['pygrub-path-gone'])
  expect(codes(['pygrub'], '4.19.0', '4.18.5')).toEqual([])
})

test('only the paths that guests boot by count', () => {
  expect(codes(['direct', 'pv-grub'], '4.12.4', '4.20.0')).toEqual(['pv-grub-on-request'])
  expect(codes([], '4.12.4', '4.20.0')).toEqual([])
  // The file of a release that is named is kept.
  expect(codes(['pv-grub@4.12.4'], '4.12.4', '4.20.0')).toEqual([])
})

test('a version that names no release crosses nothing', () => {
  expect(crosses('4.12.4', '4.13.0', '4.13.0')).toBe(true)
  expect(crosses('unknown', '4.13.0', '4.13.0')).toBe(false)
  expect(crosses('4.12.4', 'unknown', '4.13.0')).toBe(false)
  expect(crosses('4.12', '4.13', '4.13.0')).toBe(true)
})
