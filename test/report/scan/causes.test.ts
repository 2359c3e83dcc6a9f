import { describe, expect, test } from 'vitest'
import type { Facts } from '../../../src/facts/facts.ts'
import { releasesQuestion } from '../../../src/findings/question.ts'
import { ImageEntry } from '../../../src/report/scan/entry.ts'
import { tableReport } from '../../../src/report/scan/table.ts'
import type { BootModeName } from '../../../src/xen/mod.ts'
import { kernel, linuxNotes } from '../../xen/kernels.ts'

const patched = kernel({ notes: linuxNotes({ FEATURES: '!writable_page_tables|hvm_callback_vector' }) })

function causesOf(facts: Facts, releases: readonly string[], modes: readonly BootModeName[]): string {
  const { ask } = releasesQuestion(releases, modes)
  const report = tableReport({ version: '0', roots: [], colour: false, width: 80, modes })
  const entry = new ImageEntry('vmlinux', JSON.stringify({ kind: facts.kind, facts }))
  entry.judgements = ask(facts)
  report.begin()
  report.image(entry)
  return [...report.end({ images: 1, problems: 0, notKernels: 0 })].join('')
}

describe('the causes under spans of releases', () => {
  test('say what to do, what the log shows and what it does not', () => {
    const text = causesOf(patched, ['3.4.0', '4.1.6.1', '4.4.4'], ['pv-domU'])
    expect(text).toContain('unknown-feature (1 image)')
    expect(text).toContain('log: xc_dom_parse_image failed')
    expect(text.replace(/\s+/g, ' ')).toContain('of the cause itself nothing is said')
    expect(text.replace(/\s+/g, ' ')).toContain('do: Use Linux 3.14 or later')
    expect(text).toContain('Upgrade the toolstack to Xen 4.2.0 or later')
  })

  test('tell it as the newest release that was asked does', () => {
    const text = causesOf(patched, ['3.4.0', '4.1.6.1'], ['pv-dom0'])
    expect(text).toContain('log: Panic on CPU 0:\n  log: Could not set up DOM0 guest OS')
    expect(text.match(/ log: /g)).toHaveLength(2)
  })
})
