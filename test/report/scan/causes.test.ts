import { describe, expect, test } from 'vitest'
import type { Facts } from '../../../src/facts/facts.ts'
import { releasesQuestion } from '../../../src/findings/question.ts'
import { ImageEntry } from '../../../src/report/scan/entry.ts'
import { tableReport } from '../../../src/report/scan/table.ts'
import type { BuildFacts } from '../../../src/xen/build-option.ts'
import type { BootModeName } from '../../../src/xen/mod.ts'
import { bzImage, kernel, linuxNotes } from '../../xen/kernels.ts'

const patched = kernel({ notes: linuxNotes({ FEATURES: '!writable_page_tables|hvm_callback_vector' }) })

/** The lines under the table of these images, each on one line. */
function causesOf(
  images: Readonly<Record<string, Facts>>,
  releases: readonly string[],
  modes: readonly BootModeName[],
  build?: BuildFacts,
): string {
  const { ask, remedies } = releasesQuestion(releases, modes, build)
  const report = tableReport({
    ...{ version: '0', roots: [], colour: false, width: 500, modes },
    ...(remedies !== undefined && { remedies }),
  })
  report.begin()
  for (const [name, facts] of Object.entries(images)) {
    const entry = new ImageEntry(name, JSON.stringify({ kind: facts.kind, facts }))
    entry.judgements = ask(entry.record.facts)
    report.image(entry)
  }
  return [...report.end({ images: 1, problems: 0, notKernels: 0 })].join('')
}

const remediesIn = (text: string) =>
  text.split('\n').flatMap(line => (line.startsWith('  do:  ') ? [line.slice('  do:  '.length)] : []))

describe('the causes under spans of releases', () => {
  test('say what to do, what the log shows and what it does not', () => {
    const text = causesOf({ vmlinux: patched }, ['3.4.0', '4.1.6.1', '4.4.4'], ['pv-domU'])
    expect(text).toContain('unknown-feature (1 image)')
    expect(text).toContain('log: xc_dom_parse_image failed')
    expect(text).toContain('of the cause itself nothing is said')
    expect(text).toContain('do:  Use Linux 3.14 or later')
    expect(text).toContain('Upgrade the toolstack to Xen 4.2.0 or later')
  })

  test('tell it as the newest release that was asked does', () => {
    const text = causesOf({ vmlinux: patched }, ['3.4.0', '4.1.6.1'], ['pv-dom0'])
    expect(text).toContain('log: Panic on CPU 0:\n  log: Could not set up DOM0 guest OS')
    expect(text.match(/ log: /g)).toHaveLength(2)
  })

  const freebsd = kernel({
    notes: { GUEST_OS: 'FreeBSD', XEN_VERSION: 'xen-3.0', LOADER: 'generic', ENTRY: 0x1000000n },
  })

  test('offer each image of a cause its own remedies', () => {
    const images = { freebsd, linux: kernel(), arm: kernel({ machine: 183 }), late: kernel() }
    const found = remediesIn(causesOf(images, ['4.17.7'], ['pvh-domU']))
    expect(found).toContain('Use FreeBSD 12 or later: it brings the PHYS32_ENTRY note (for freebsd)')
    expect(found.filter(line => line.includes('CONFIG_XEN_PVH=y'))).toEqual([
      expect.stringMatching(/\(for linux, late\)$/),
    ])
    expect(found.filter(line => line.includes('x86')).join()).not.toContain('linux')
  })

  test('offer each boot mode its own remedies, and a remedy for all of them without a place', () => {
    const found = remediesIn(causesOf({ vmlinux: patched }, ['4.1.6.1'], ['pv-domU', 'pv-dom0']))
    expect(found).toContain('Upgrade the toolstack to Xen 4.2.0 or later: it takes this kernel (as pv-domU)')
    expect(found).toContain('Upgrade the hypervisor to Xen 4.2.0 or later: it takes this kernel (as pv-dom0)')
    expect(found[0]).toMatch(/ --for 4\.1\.6\.1,4\.1\.6\.1:pv-dom0 -o vmlinux\.repaired$/)
  })

  test('aim a command at an image that its remedy is for', () => {
    const zstd = (GUEST_OS: string) => bzImage(kernel({ notes: linuxNotes({ GUEST_OS }) }), 'zstd')
    const images = { memtest: zstd('memtest86+'), vmlinuz: zstd('linux') }
    expect(remediesIn(causesOf(images, ['4.1.6.1'], ['pv-domU']))[0]).toMatch(
      / repair vmlinuz --for 4\.1\.6\.1 -o vmlinuz\.repaired \(for vmlinuz\)$/,
    )
  })

  test('know what is known of the build', () => {
    const packed = { kernel: bzImage(kernel(), 'zstd') }
    const build = { decoders: { zstd: false, gzip: true } }
    expect(causesOf(packed, ['4.17.7'], ['pv-domU'], build)).toContain('decoder-not-built (1 image)')
    expect(remediesIn(causesOf(packed, ['4.17.7'], ['pv-domU'], build))[0]).toContain(
      'Repack the payload by gzip',
    )
  })
})
