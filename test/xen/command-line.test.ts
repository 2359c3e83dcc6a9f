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

test.each([
  ['dom0=pvh', 'pvh', undefined],
  ['dom0=pvh,verbose', 'pvh', true],
  ['dom0=pvh dom0=pv', 'pv', undefined],
  ['dom0=no-verbose', 'pv', false],
  ['dom0=verbose=off', 'pv', false],
  ['dom0=shadow', 'pv', undefined],
  ['dom0pvh', 'pvh', undefined],
  ['dom0pvh=1', 'pvh', undefined],
  ['dom0pvh=0', 'pv', undefined],
  ['no-dom0pvh', 'pv', undefined],
] as const)('%s starts dom0 as %s', (text, dom0, verbose) => {
  expect(readCommandLine(text)).toEqual({ dom0, ...(verbose !== undefined && { verbose }) })
})

test('a verbose Xen says which note it refuses, from 4.13.0 on', () => {
  const odd = kernel({ notes: { FEATURES: '!no_such_feature' } })
  const verbose = { commandLine: readCommandLine('dom0=verbose') }
  const message = 'ELF: note: FEATURES = "!no_such_feature"'
  expect(ask(odd, '4.13.0', 'pv-dom0', verbose).message).toBe(message)
  expect(ask(odd, '4.13.0', 'pv-dom0', { build: { verbose: true } }).log!.lines[0]).toBe(message)
  expect(ask(odd, '4.12.4', 'pv-dom0', verbose).message).toBeUndefined()
  expect(ask(odd, '4.13.0', 'pv-dom0', { build: {} }).message).toBeUndefined()
  const quiet = { build: { verbose: true }, commandLine: readCommandLine('dom0=no-verbose') }
  expect(ask(odd, '4.13.0', 'pv-dom0', quiet).message).toBeUndefined()
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
