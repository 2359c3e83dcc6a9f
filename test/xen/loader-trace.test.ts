import { describe, expect, test } from 'vitest'
import {
  describeRelease,
  diffReleases,
  firstDifference,
  listReleases,
  releases,
  traceLoader,
} from '../../src/xen/mod.ts'
import { bzImage, kernel, linuxNotes } from './kernels.ts'

const patched = kernel({ notes: linuxNotes({ FEATURES: '!writable_page_tables|hvm_callback_vector' }) })

describe('the walk', () => {
  test('shows what was looked at, where, what the release does with it, and on what evidence', () => {
    const walked = traceLoader(patched, '4.1.6.1', 'pv-domU')
    const stages = [...new Set(walked.steps.map(({ stage }) => stage))]
    expect(stages).toEqual([
      'elf_init',
      'elf_parse_binary',
      'elf_xen_parse_notes',
      'elf_xen_parse_note',
      'elf_xen_parse_features',
    ])
    const note = walked.steps.find(({ what }) => what === 'FEATURES')!
    expect(note).toMatchObject({
      offset: expect.stringMatching(/^0x20/),
      value: '"!writable_page_tables|hvm_callback_vector"',
    })
    const last = walked.steps.at(-1)!
    expect(last).toMatchObject({ what: 'feature hvm_callback_vector', does: 'not known: refuses the kernel' })
    expect(last.gates[0]).toMatchObject({ id: 'unknown-optional-feature', value: 'refuses' })
    expect(last.gates[0]!.evidence.map(({ commit }) => commit)).toContain('ec029aaa9a')
    expect(walked).toMatchObject({ verdict: 'refuses', code: 'unknown-feature' })
    expect(walked.parameters).toBeUndefined()
  })

  test('ends in what libelf derived where the kernel is taken', () => {
    const walked = traceLoader(bzImage(kernel(), 'gzip'), '4.17.0', 'pv-dom0')
    expect(walked.verdict).toBe('accepts')
    expect(walked.parameters).toMatchObject({
      guest_os: 'linux',
      virt_base: '0xffffffff80000000',
      virt_entry: '0xffffffff81000000',
      virt_kstart: '0xffffffff81000000',
      virt_kend: '0xffffffff81400000',
      f_supported: ['0x11'],
      f_required: ['0x1'],
      phys_entry: '0xffffffff',
      notes_from: 'PT_NOTE',
    })
    expect(walked.steps.map(({ what }) => what)).toEqual(
      expect.arrayContaining(['payload', 'gzip stream', 'initial mapping']),
    )
  })

  test.each([
    ['zstd', '4.0.4', 'pv-domU', 'zstd payload', 'This toolstack does not unpack zstd', 'zstd-toolstack'],
    ['zstd', '4.0.4', 'pv-dom0', 'zstd stream', 'no decoder for it', 'zstd-hypervisor'],
    ['lz4', '4.12.0', 'pv-domU', 'lz4 payload', 'fails on every real payload', 'lz4-decoder'],
    ['lz4', '4.12.0', 'pv-dom0', 'lz4 stream', 'fails on every real payload', 'lz4-decoder'],
    ['gzip', '3.2.0', 'pv-domU', 'bzImage header', 'there is no loader for it', 'bzimage-toolstack'],
    ['gzip', '3.2.0', 'pv-dom0', 'bzImage header', 'takes the file as an ELF', 'bzimage-hypervisor'],
  ] as const)('shows where %s stops %s as %s', (codec, release, mode, what, does, gate) => {
    const { verdict, steps } = traceLoader(bzImage(kernel(), codec), release, mode)
    expect(verdict).toBe('refuses')
    const step = steps.find(step => step.what === what)!
    expect(step.does).toContain(does)
    expect(step.offset).toMatch(/^0x/)
    expect(step.gates.map(({ id }) => id)).toContain(gate)
  })

  test('shows where a payload lies, and of a gzip payload its own gate', () => {
    const { steps } = traceLoader(bzImage(kernel(), 'gzip'), '4.17.0', 'pv-domU')
    expect(steps.slice(0, 3).map(({ what }) => what)).toEqual(['bzImage header', 'payload', 'gzip payload'])
    expect(steps[2]!.gates.map(({ id }) => id)).toEqual(['gzip-toolstack'])
    expect(steps.flatMap(({ gates }) => gates).map(({ id }) => id)).not.toContain('bare-gzip-toolstack')
  })

  test('names what to do', () => {
    const { remedies } = traceLoader(patched, '4.1.6.1', 'pv-domU')
    expect(remedies.map(({ text }) => text).join('\n')).toContain('Xen 4.2.0 or later')
  })

  test('of two releases part where they first do something else', () => {
    const difference = firstDifference(
      traceLoader(patched, '4.1.6.1', 'pv-domU'),
      traceLoader(patched, '4.2.0', 'pv-domU'),
    )!
    expect(difference.a).toMatchObject({
      stage: 'elf_xen_parse_features',
      does: 'not known: refuses the kernel',
    })
    expect(difference.b).toMatchObject({ stage: 'elf_xen_parse_features', does: 'not known: passed over' })
    const same = traceLoader(patched, '4.2.0', 'pv-domU')
    expect(firstDifference(same, same)).toBeUndefined()
  })

  test('wants a release that is known', () => {
    expect(() => traceLoader(patched, '9.9', 'pv-domU')).toThrow(RangeError)
  })
})

describe('what is known of a release', () => {
  test('lists all of them with what changed', () => {
    const list = listReleases()
    expect(list.map(({ release }) => release)).toEqual(releases)
    expect(list.find(({ release }) => release === '4.2.0')!.changed).toContain('unknown-optional-feature')
    expect(list.find(({ release }) => release === '4.2.1')!.changed).toEqual(['kernel-size-limit'])
    expect(list.find(({ release }) => release === '4.17.3')!.changed).toEqual([])
    expect([list[3]!.tag, list[4]!.tag]).toEqual(['3.4.0-rc3', 'RELEASE-4.0.0'])
  })

  test('describes one: every gate, since when and until when, with evidence', () => {
    const gate = describeRelease('4.12.1').find(({ id }) => id === 'lz4-decoder')!
    expect(gate).toMatchObject({
      value: 'broken',
      since: '4.12.0',
      until: '4.12.1',
      sides: ['toolstack', 'hypervisor'],
    })
    expect(gate.evidence.length).toBeGreaterThan(0)
    expect(() => describeRelease('4.6.2')).toThrow(RangeError)
  })

  test('compares two, and names where it changed', () => {
    const changes = diffReleases('4.1.6.1', '4.4.4')
    expect(changes.find(({ id }) => id === 'unknown-optional-feature')).toMatchObject({
      from: 'refuses',
      to: 'accepts',
      at: ['4.2.0'],
    })
    // Lost with 4.2.0 and back with 4.2.3: the same in both, so no change between them.
    expect(changes.find(({ id }) => id === 'libelf-bounds')).toBeUndefined()
    expect(diffReleases('4.1.5', '4.4.4').find(({ id }) => id === 'libelf-bounds')!.at).toEqual([
      '4.1.6',
      '4.2.0',
      '4.2.3',
    ])
    expect(diffReleases('4.4.4', '4.4.4')).toEqual([])
    expect(diffReleases('4.4.4', '4.1.6.1').map(({ id }) => id)).toEqual(changes.map(({ id }) => id))
  })
})
