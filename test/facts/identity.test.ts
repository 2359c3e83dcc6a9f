import { describe, expect, test } from 'vitest'
import { buildHypervisor } from '../../fixtures/builders/hypervisor.ts'
import { createEngine } from '../../src/fleet/engines.ts'
import { MemorySource } from '../../src/source/memory.ts'
import { readImage } from '../../src/unwrap/read-image.ts'
import { describeGuest } from '../../src/facts/describe.ts'
import type { BzImageLayer, Facts, Note } from '../../src/facts/facts.ts'
import { identify } from '../../src/facts/identity.ts'
import { bzImage, kernel, linuxNotes } from '../xen/kernels.ts'

const hexOf = (text: string) => Buffer.from(text, 'latin1').toString('hex')

function withNote(facts: Facts, owner: string, type: number, desc: string): Facts {
  const size = desc.length / 2
  const note: Note = { walk: 0, offset: 0x3f00, owner, type, namesz: owner.length + 1, descsz: size, desc }
  return { ...facts, elf: { ...facts.elf!, notes: [...facts.elf!.notes, note] } }
}

function withBanner(facts: Facts, kernelVersion: string): Facts {
  const [header, ...rest] = facts.layers
  return { ...facts, layers: [{ ...(header as BzImageLayer), kernelVersion }, ...rest] }
}

const DEBIAN = '6.1.0-50-cloud-amd64 (debian-kernel@lists.debian.org) #1 SMP PREEMPT_DYNAMIC Debian 6.1.170-1'

describe('a Linux kernel', () => {
  test('has the release of its bzImage, and not the 2.6 of its note', () => {
    const facts = withBanner(bzImage(kernel(), 'xz'), DEBIAN)
    expect(identify(facts)).toEqual({
      system: 'linux',
      name: 'linux',
      version: '6.1.0-50-cloud-amd64',
      flavour: 'cloud-amd64',
    })
    expect(describeGuest(facts)).toBe('64-bit linux 6.1.0-50-cloud-amd64')
  })

  test('has the release of its build salt where there is no bzImage', () => {
    const facts = withNote(kernel(), 'Linux', 0x100, hexOf('6.12.0-rc3-amd64\0'))
    expect(identify(facts)).toMatchObject({ version: '6.12.0-rc3-amd64', flavour: 'amd64' })
  })

  test('is known by its banner without any note of Xen', () => {
    const facts = withBanner(bzImage(kernel({ notes: {} }), 'gzip'), '5.10.0 (me@here) #1')
    expect(identify(facts)).toEqual({ system: 'linux', version: '5.10.0' })
    expect(describeGuest(facts)).toBe('64-bit linux 5.10.0')
  })

  test('has its build id', () => {
    const facts = withNote(kernel(), 'GNU', 3, 'ab'.repeat(20))
    expect(identify(facts).buildId).toBe('ab'.repeat(20))
  })

  test('of which nothing more is known keeps what its note says', () => {
    expect(identify(kernel())).toEqual({ system: 'linux', name: 'linux' })
    expect(describeGuest(kernel())).toBe('64-bit linux 2.6')
  })
})

test.each([
  ['FreeBSD', 'freebsd'],
  ['NetBSD', 'netbsd'],
  ['GRUB', 'grub'],
  ['Mini-OS', 'unikernel'],
  ['Plan 9', 'other'],
])('GUEST_OS %s is %s', (os, system) => {
  const facts = kernel({ notes: linuxNotes({ GUEST_OS: os, GUEST_VERSION: '7' }) })
  expect(identify(facts)).toEqual({ system, name: os, version: '7' })
})

test.each([
  ['Memtest86+ v6.10', 'memtest'],
  ['iPXE 1.21.1', 'ipxe'],
])('a bzImage that calls itself %s is no Linux', (banner, system) => {
  const facts = withBanner(bzImage(kernel({ notes: {} }), 'gzip'), banner)
  expect(identify(facts)).toEqual({ system, version: banner })
})

test('a bzImage without an ELF in it is called by its banner, and by no number alone', () => {
  const { elf: _, ...facts } = bzImage(kernel({ notes: {} }), 'gzip')
  expect(describeGuest(withBanner(facts, 'Memtest86+ v6.10'))).toBe('Memtest86+ v6.10')
  expect(describeGuest(withBanner(facts, '5.10.0 (me@here) #1'))).toBe('linux 5.10.0')
  expect(describeGuest(withBanner(facts, '1.0.0+git-20190125.36a4c85-5.1'))).toBe('')
})

test.each(['1.0.0+git-20190125.36a4c85-5.1', '1.21.1+ (g8fc11d8a4)'])(
  'iPXE is known by its header: %s',
  version => {
    const { elf: _, ...facts } = withBanner(bzImage(kernel({ notes: {} }), 'gzip'), version)
    const [layer] = facts.layers
    if (layer?.kind === 'bzimage') layer.protocol = 0x0207
    expect(identify(facts)).toEqual({ system: 'ipxe', version })
    expect(describeGuest(facts)).toBe(`iPXE ${version}`)
    // A Linux of that protocol says who built it.
    expect(identify(withBanner(facts, '2.6.24 (root@lab) #1 SMP')).system).toBe('linux')
  },
)

test.each(['GUEST_VER', 'GUEST_VERSION'])('the guest version of a legacy string is told, be it %s', key => {
  const guest = `GUEST_OS=GNU Mach,${key}=1.3,XEN_VER=xen-3.0,LOADER=generic`
  expect(describeGuest(kernel({ notes: {}, guest }))).toBe('64-bit GNU Mach 1.3')
})

test('an ELF of which nothing is known', () => {
  expect(identify(kernel({ notes: {} }))).toEqual({ system: 'unknown' })
  expect(describeGuest(kernel({ notes: {} }))).toBe('64-bit unnamed')
})

test('the hypervisor itself, as mkelf32 writes it', () => {
  const { facts, problem } = readImage(createEngine('typescript'), new MemorySource(buildHypervisor()))
  expect(problem).toBeUndefined()
  expect(identify(facts)).toEqual({ system: 'xen', buildId: '00112233445566778899aabbccddeeff00112233' })
  expect(describeGuest(facts)).toBe('32-bit Xen hypervisor')
})
