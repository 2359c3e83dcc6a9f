import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anyAudit } from './any-name.ts'
import { formatNames, render, sampleNames, samples } from './render.ts'

/** What a terminal obeys or does not show, the line feed aside. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
const ACTIVE = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/u

/** Lines of the log of two verdicts of the sample. */
const LOGS = [
  [
    'xc_dom_probe_bzimage_kernel: kernel is not a bzImage',
    'elf_xen_parse_features: unknown feature',
    'xc_dom_find_loader: no loader found',
  ],
  ['Kernel does not support Dom0 operation', 'Panic on CPU 0:', 'Could not construct domain 0'],
]

function freeze<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null) {
    Object.freeze(value)
    for (const part of Object.values(value)) freeze(part)
  }
  return value
}

describe.each(formatNames)('%s', format => {
  it.each(sampleNames)('gives the same bytes for the same audit, and leaves it alone: %s', sample => {
    const audit = freeze(samples[sample]())
    const first = render(format, audit)
    expect(render(format, audit)).toBe(first)
    expect(render(format, structuredClone(audit))).toBe(first)
    expect(first.endsWith('\n')).toBe(true)
  })

  const carriesLog = () => {
    const text = render(format, samples.audit())
    for (const lines of LOGS) {
      const from = text.indexOf(lines[0]!)
      expect(from).toBeGreaterThan(0)
      const places = lines.map(line => text.indexOf(line, from))
      expect(places).toEqual([...places].sort((a, b) => a - b))
      expect(places).not.toContain(-1)
    }
    expect(text).toContain('noise')
  }
  // Counts have no lines.
  if (format !== 'prometheus') {
    it('carries every line of the log in order, and marks those that mean nothing', carriesLog)
  }

  it('writes nothing that a terminal would obey', () => {
    fc.assert(
      fc.property(anyAudit, audit => {
        const text = render(format, audit)
        // A spreadsheet keeps the blanks and line ends of a name.
        expect(format === 'csv' ? text.replace(/[\t\r]/g, '') : text).not.toMatch(ACTIVE)
      }),
      { numRuns: 100 },
    )
  })
})
