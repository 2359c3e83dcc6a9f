import { expect, test } from 'vitest'
import { TextSetter } from '../../src/report/text-setter.ts'
import { spansTable, traceTable } from '../../src/report/trace-table.ts'
import { judgeSpans, traceLoader } from '../../src/xen/mod.ts'
import { bzImage, kernel, linuxNotes } from '../xen/kernels.ts'

const patched = kernel({ notes: linuxNotes({ FEATURES: '!writable_page_tables|hvm_callback_vector' }) })
const setter = new TextSetter({ colour: false, width: 80 })
const flat = (text: string) => text.replace(/\s+/g, ' ')

test('the verdict comes with its gate, the source of its release and side, and what to do', () => {
  const text = traceTable('vmlinux', traceLoader(patched, '4.1.6.1', 'pv-domU'), setter)
  const verdict = flat(text.slice(text.indexOf('refuses (unknown-feature)')))
  expect(verdict).toContain('gate unknown-optional-feature = refuses, RELEASE-4.1.6.1 ')
  expect(verdict).toContain('do: Use Linux 3.14 or later')
})

test('the verdict comes first, and is all of it where it is asked for briefly', () => {
  const trace = traceLoader(patched, '4.1.6.1', 'pv-domU')
  const lines = traceTable('vmlinux', trace, setter).split('\n')
  expect(lines[0]).toBe('vmlinux on Xen 4.1.6.1 as pv-domU')
  expect(lines[1]).toBe('refuses (unknown-feature)')
  expect(lines).toContain('elf_xen_parse_features')
  const brief = traceTable('vmlinux', trace, setter, true)
  expect(brief.split('\n')).not.toContain('elf_xen_parse_features')
  expect(lines.join('\n').startsWith(brief.trimEnd())).toBe(true)
})

test('evidence says the span and what changed it', () => {
  const lz4 = traceLoader(bzImage(kernel(), 'lz4'), '4.2.0', 'pv-domU')
  expect(flat(traceTable('vmlinuz', lz4, setter))).toContain(
    'absent 3.1.0-4.3.4; built-in came with 84f04d8f0d in 4.4.0',
  )
})

test('all releases are one line a span', () => {
  expect(spansTable('vmlinux', 'pv-domU', judgeSpans(patched, 'pv-domU'), setter)).toMatch(
    /^ {2}3\.1\.0-4\.1\.6\.1 {3}refuses \(unknown-feature\)$[\s\S]*^ {2}4\.2\.0-4\.22\.0 {4}accepts$/m,
  )
})

test('a stage of the toolstack has its source there', () => {
  const text = flat(traceTable('vmlinuz', traceLoader(bzImage(kernel(), 'gzip'), '3.4.0', 'pv-domU'), setter))
  expect(text).toContain('tools/libxc/xc_dom_bzimageloader.c')
  expect(text).not.toContain('xen/arch/')
})
