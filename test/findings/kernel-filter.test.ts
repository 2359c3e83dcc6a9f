import { expect, test } from 'vitest'
import { parseKernelFilter } from '../../src/findings/kernel-filter.ts'
import { bzImage, kernel, linuxNotes } from '../xen/kernels.ts'

const linux = (banner: string) => {
  const facts = bzImage(kernel({ notes: linuxNotes() }), 'gzip', { verified: true })
  const [layer] = facts.layers
  if (layer?.kind === 'bzimage') layer.kernelVersion = banner
  return facts
}
const cloud = linux('6.1.0-50-cloud-amd64 (debian@x) #1 SMP')
const plain = linux('6.12.9-amd64 (debian@x) #1 SMP')

test.each<[string[], boolean, boolean]>([
  [['system=linux'], true, true],
  [['system=freebsd'], false, false],
  [['version=6.1.*'], true, false],
  [['version=6.1.*', 'version=6.12*'], true, true],
  [['flavour=CLOUD-*'], true, false],
  [['system=linux,flavour=amd64'], false, true],
  [['build-id=*'], true, true],
  [['build-id=?*'], false, false],
])('%j', (texts, first, second) => {
  const chooses = parseKernelFilter(texts)
  expect([chooses(cloud), chooses(plain)]).toEqual([first, second])
})

test('what could not be read may be anything', () => {
  const chooses = parseKernelFilter(['system=freebsd'])
  expect(chooses(cloud, { code: 'unreadable', message: '' })).toBe(true)
  expect(chooses(cloud, { code: 'stream-corrupt', message: '' })).toBe(false)
})

test.each(['linux', 'colour=red', '', 'system'])('%j is no filter', text => {
  expect(() => parseKernelFilter([text])).toThrow(
    /^expected KEY=GLOB with one of system, version, flavour, build-id, found/,
  )
})
