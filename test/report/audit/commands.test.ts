import { expect, test } from 'vitest'
import type { Audit } from '../../../src/findings/model.ts'
import { REPAIR } from '../../../src/xen/remedies/own-command.ts'
import { remedy } from '../../../src/xen/remedies/remedy.ts'
import { render, samples } from './render.ts'

/** A sample whose images have plain names, and whose refusals can be repaired. */
function repairable(audit: Audit): Audit {
  const kernels = audit.kernels.map((kernel, index) => ({ ...kernel, images: [`pool/k${index}`] }))
  const verdicts = audit.verdicts.map(verdict => ({
    ...verdict,
    remedies: [remedy('repack', 'Repair it', REPAIR)],
  }))
  return { ...audit, kernels, verdicts, cells: audit.cells.map(({ images: _, ...cell }) => cell) }
}

test.each(['csv', 'ndjson', 'junit', 'sarif'] as const)(
  '%s gives each finding a command for its own image and version',
  format => {
    const text = render(format, repairable(samples.audit()))
    expect(text).not.toContain('repair IMAGE')
    expect(text).toMatch(/xen-preflight repair pool\/k\d+ --for [\d.]+[\d.,:a-zA-Z-]* -o k\d+\.repaired/)
  },
)

test('a finding of an upgrade is repaired for the release to which its host goes', () => {
  const audit = repairable(samples.upgrade())
  const rows = render('ndjson', audit)
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line) as { mode: string; remedies: string[] })
  for (const { mode, remedies } of rows) {
    const target = mode === 'pv-domU' ? audit.to : `${audit.to}:${mode}`
    expect(remedies[0]).toContain(` --for ${target} -o `)
  }
})
