import { describe, expect, test } from 'vitest'
import { modesOf } from '../../src/findings/placement.ts'
import { bootModes } from '../../src/xen/mod.ts'

describe('the boot modes of a host', () => {
  test('are those that it states', () => {
    expect(modesOf({ modes: ['pvh-domU'], commandline: 'dom0=pvh' })).toEqual(['pvh-domU'])
  })

  test('are all where nothing is known', () => expect(modesOf({})).toEqual(bootModes))

  test.each([
    ['placeholder dom0_mem=4096M', 'pv-dom0'],
    ['dom0=pvh', 'pvh-dom0'],
    ['dom0=shadow,pvh,verbose', 'pvh-dom0'],
    ['dom0=pvh dom0=pv', 'pv-dom0'],
    ['dom0pvh', 'pvh-dom0'],
    ['dom0pvh=1', 'pvh-dom0'],
    ['dom0pvh=no', 'pv-dom0'],
    ['dom0pvh=0', 'pv-dom0'],
    ['xdom0=pvh', 'pv-dom0'],
  ])('leave one dom0 mode by the command line %s', (commandline, dom0) => {
    expect(modesOf({ commandline }).filter(mode => mode.endsWith('dom0'))).toEqual([dom0])
    expect(modesOf({ commandline })).toHaveLength(3)
  })
})
