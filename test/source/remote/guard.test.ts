import { describe, expect, test } from 'vitest'
import { forbidden } from '../../../src/source/remote/address-guard.ts'
import { DEFAULT_REMOTE } from '../../../src/source/remote/options.ts'
import { openReference } from '../../../src/source/remote/protocols.ts'

const INSIDE = [
  '127.0.0.1',
  '127.9.9.9',
  '0.0.0.0',
  '10.1.2.3',
  '100.64.0.1',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.1.1',
  '169.254.1.1',
  '224.0.0.1',
  '::1',
  '::',
  'fe80::1',
  'fe80::1%eth0',
  'fd12::1',
  'fc00::1',
  '::ffff:127.0.0.1',
  '::ffff:7f00:1',
  '::127.0.0.1',
  '64:ff9b::10.0.0.1',
  '2002:a00:1::1',
]
const METADATA = [
  '169.254.169.254',
  '::ffff:169.254.169.254',
  '::ffff:a9fe:a9fe',
  'fd00:ec2::254',
  '64:ff9b::a9fe:a9fe',
]
const OUTSIDE = [
  '8.8.8.8',
  '172.15.0.1',
  '172.32.0.1',
  '100.63.0.1',
  '192.167.0.1',
  '2606:4700::1111',
  '2001:db8::1',
]

test.each(INSIDE)('%s is read from, but not with --no-private', address => {
  expect(forbidden(address, false)).toBeUndefined()
  expect(forbidden(address, true)).toContain('--no-private')
})
test.each(METADATA)('%s is never read from', address => {
  expect(forbidden(address, false)).toContain('metadata')
})
test.each(OUTSIDE)('%s is always read from', address => {
  expect(forbidden(address, true)).toBeUndefined()
})

describe('references to where nothing is read from are refused by name', () => {
  const options = { ...DEFAULT_REMOTE, noPrivate: true, retries: 0, timeout: 1 }
  test.each([
    'http://127.0.0.1/x',
    'http://0x7f.1/x',
    'http://2130706433/x',
    'http://localhost/x',
    'http://web.localhost/x',
    'http://[::1]/x',
    'http://[::ffff:10.0.0.1]/x',
    'https://10.0.0.1/x',
    'nbd://127.0.0.1/x',
    'nbd://localhost/x',
    'registry:127.0.0.1:5000/name',
    'http://169.254.169.254/latest',
  ])('%s', async reference => {
    await expect(openReference(reference, options)).rejects.toMatchObject({
      problem: { code: 'remote-forbidden' },
    })
  })

  test('the metadata service also without --no-private', async () => {
    await expect(
      openReference('http://169.254.169.254/latest', { ...options, noPrivate: false }),
    ).rejects.toMatchObject({ problem: { code: 'remote-forbidden' } })
  })
})
