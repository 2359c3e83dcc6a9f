import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readDistribution } from '../../../src/xen/vendors/distributions.ts'
import { parseXenVersion } from '../../../src/xen/version-string.ts'

test.each([
  ['Debian 12', 'Debian 12', '4.17.1', '4.17.7'],
  ['Debian GNU/Linux 12 (bookworm)', 'Debian 12', '4.17.1', '4.17.7'],
  ['debian bookworm', 'Debian 12', '4.17.1', '4.17.7'],
  ['Debian 11.7', 'Debian 11', '4.14.2', '4.14.6'],
  ['Ubuntu 22.04.3 LTS', 'Ubuntu 22.04', '4.16.0', '4.16.0'],
  ['Ubuntu precise', 'Ubuntu 12.04', '4.1.2', '4.1.6.1'],
  ['Qubes OS R4.1.2', 'Qubes OS 4.1', '4.14.0', '4.14.6'],
  ['Qubes release 4.0 (R4.0)', 'Qubes OS 4.0', '4.8.0', '4.8.5'],
  ['SLES 15 SP5', 'SLES 15 SP5', '4.17.0', '4.17.7'],
  ['SUSE Linux Enterprise Server 15.5', 'SLES 15 SP5', '4.17.0', '4.17.7'],
  ['SLES 12-SP3', 'SLES 12 SP3', '4.9.0', '4.9.4'],
  ['SLES 12', 'SLES 12', '4.4.0', '4.4.4'],
  ['openSUSE Leap 15.5', 'openSUSE Leap 15.5', '4.17.0', '4.17.7'],
  ['Oracle VM server release 3.4.6', 'Oracle VM 3.4', '4.4.4', '4.4.4'],
  ['CentOS release 5.11 (Final)', 'Red Hat Enterprise Linux 5', '3.1.0', '3.1.0'],
])('%s is %s, with Xen %s to %s', (text, name, first, last) => {
  const { kind, ask, vendor } = parseXenVersion(text)
  expect([kind, vendor?.product?.name, ask[0], ask.at(-1)]).toEqual(['product', name, first, last])
})

test.each([
  ['Debian 99', 'Cannot tell which Xen came with Debian 99: known of Debian are Debian 6, Debian 7,'],
  ['SLES 10 SP4', 'Cannot tell which Xen came with SLES 10 SP4: known of SUSE are SLES 11 SP1,'],
  ['Debian', 'Cannot read the Xen version "Debian"'],
  ['Ubuntu constructor', 'Cannot read the Xen version "Ubuntu constructor"'],
  ['CentOS 7', 'Cannot read the Xen version "CentOS 7"'],
])('%s is not known, and what is known is said', (text, remark) => {
  const { kind, ask, remarks } = parseXenVersion(text)
  expect([kind, ask]).toEqual(['unknown', []])
  expect(remarks[0]).toContain(remark)
})

test('the version of a package is not taken for that of a distribution', () => {
  expect(readDistribution('Debian 4.17.1+2-gb773c48e36-1')).toBeUndefined()
  expect(parseXenVersion('4.17.2-pre (Debian 4.17.1+2-gb773c48e36-1)').kind).toBe('before')
})

test('of what only some packages of a release have, the remark says so', () => {
  expect(parseXenVersion('Debian 11').remarks.join()).toContain(
    'in some packages lzma-end-marker is refused, no 32-bit PV guests',
  )
  expect(parseXenVersion('RHEL 5').remarks[0]).toBe(
    'Of Xen 3.1 only the state just before 3.1.0 is known, it stands for 3.1.2',
  )
})

test('any text is read or not, in little time', () => {
  const word = fc.constantFrom(
    'debian',
    'Ubuntu',
    'SLES',
    'sp',
    '15',
    '.',
    ' ',
    '5',
    'R',
    'Leap',
    'oracle vm',
    '\n',
  )
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(word, { maxLength: 40 }).map(words => words.join('')),
      ),
      text => {
        const product = readDistribution(text)
        if (product?.packages !== undefined) expect(parseXenVersion(text).ask.length).toBeGreaterThan(0)
      },
    ),
  )
})
