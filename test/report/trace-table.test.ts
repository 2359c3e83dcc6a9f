import { expect, test } from 'vitest'
import { painter } from '../../src/report/style.ts'
import { traceTable } from '../../src/report/trace-table.ts'
import { traceLoader } from '../../src/xen/mod.ts'
import { bzImage, kernel, linuxNotes } from '../xen/kernels.ts'

const patched = kernel({ notes: linuxNotes({ FEATURES: '!writable_page_tables|hvm_callback_vector' }) })
const flat = (text: string) => text.replace(/\s+/g, ' ')

test('the verdict stands with its gate, the source of its release and side, and what to do', () => {
  const text = traceTable('vmlinux', traceLoader(patched, '4.1.6.1', 'pv-domU'), painter(false))
  const verdict = flat(text.slice(text.indexOf('refuses (unknown-feature)')))
  expect(verdict).toContain('gate unknown-optional-feature = refuses, RELEASE-4.1.6.1 ')
  expect(verdict).toContain('do: Use Linux 3.14 or later')
})

test('a stage of the toolstack has its source there', () => {
  const text = flat(
    traceTable('vmlinuz', traceLoader(bzImage(kernel(), 'gzip'), '3.4.0', 'pv-domU'), painter(false)),
  )
  expect(text).toContain('tools/libxc/xc_dom_bzimageloader.c')
  expect(text).not.toContain('xen/arch/')
})
