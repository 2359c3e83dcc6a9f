import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readCommandLine } from '../../src/xen/command-line.ts'
import { FULL_BUILD } from '../../src/xen/host-options.ts'
import { ask } from './ask.ts'
import { kernel, linux32 } from './kernels.ts'

test.each([
  ['dom0_mem=4G pv=no-32 loglvl=all', false],
  ['pv=32=off', false],
  ['pv=32', true],
  ['pv=no-32 pv=32=yes', true],
  ['pv=64', undefined],
  ['xpv=no-32', undefined],
  ['', undefined],
])('%s', (text, pv32) => {
  expect(readCommandLine(text).pv32).toBe(pv32)
})

test('any line is read', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 500 }), text => {
      expect(['pv', 'pvh']).toContain(readCommandLine(text).dom0)
    }),
  )
})

test('32-bit PV guests that are switched off do not start, and dom0 says it in its own words', () => {
  const off = { build: FULL_BUILD, commandLine: readCommandLine('pv=no-32') }
  expect(ask(linux32(), '4.17.0', 'pv-domU', off)).toMatchObject({
    verdict: 'refuses',
    code: 'pv32-not-built',
    reason: { code: 'pv32-off-at-run-time' },
  })
  expect(ask(linux32(), '4.17.0', 'pv-dom0', off).message).toBe('Dom0 failed to switch to compat: -95')
  // The option came with CONFIG_PV32.
  expect(ask(linux32(), '4.13.5', 'pv-domU', off).verdict).toBe('accepts')
  expect(ask(kernel(), '4.17.0', 'pv-domU', off).verdict).toBe('accepts')
})

test('dom0 starts in the mode that the line says', () => {
  const pvh = { build: FULL_BUILD, commandLine: readCommandLine('dom0=pvh') }
  expect(ask(kernel(), '4.17.0', 'pv-dom0', pvh).verdict).toBe('unavailable')
  expect(ask(kernel(), '4.17.0', 'pv-domU', pvh).verdict).toBe('accepts')
  const pv = { build: FULL_BUILD, commandLine: readCommandLine('dom0_mem=4G') }
  expect(ask(kernel(), '4.17.0', 'pv-dom0', pv).verdict).toBe('accepts')
  expect(ask(kernel(), '4.17.0', 'pvh-dom0', pv).verdict).toBe('unavailable')
})
