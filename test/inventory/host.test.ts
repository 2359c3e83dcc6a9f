import { expect, expectTypeOf, it } from 'vitest'
import { nearest } from '../../src/document/nearest.ts'
import { type Host, targetVersion } from '../../src/inventory/host.ts'
import { matchesName } from '../../src/inventory/name-glob.ts'
import type { HostOptions } from '../../src/xen/host-options.ts'

it('targetVersion is the series where the point release is not known', () => {
  expect(targetVersion({ xen: '4.16.0', seriesOnly: true })).toBe('4.16')
  expect(targetVersion({ xen: '4.16.0' })).toBe('4.16.0')
})

it('a host is what the loader model takes as options', () => {
  expectTypeOf<Host>().toExtend<HostOptions>()
})

it.each([
  ['*', '', true],
  ['xen0?', 'xen01', true],
  ['xen0?', 'xen0', false],
  ['*-xen*', 'fra-xen01', true],
  ['*a*b', 'aab', true],
  ['*a*b', 'aba', false],
  ['xen01', 'xen01', true],
  ['xen01', 'xen011', false],
  [`${'*a'.repeat(50)}b`, 'a'.repeat(2000), false],
])('the glob %s on %s', (glob, name, matches) => expect(matchesName(glob, name)).toBe(matches))

it('nearest finds slips of the pen and nothing else', () => {
  expect(nearest('nmae', ['xen', 'name'])).toBe(undefined)
  expect(nearest('nam', ['xen', 'name'])).toBe('name')
  expect(nearest('comandline', ['xen', 'commandline'])).toBe('commandline')
  expect(nearest('PV-DOMU', ['pv-domU'])).toBe('pv-domU')
  expect(nearest('colour', ['xen', 'name', 'pool'])).toBe(undefined)
})
