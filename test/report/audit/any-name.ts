/** Audits with names that nobody thought of. */

import fc from 'fast-check'
import type { Audit } from '../../../src/findings/model.ts'
import type { LogLines } from '../../../src/xen/log-lines.ts'
import { remedy, run } from '../../../src/xen/remedies/remedy.ts'
import { NASTY_NAMES } from '../sample-audit.ts'
import { samples } from './render.ts'

const SPECIAL = [
  '\n',
  '\r',
  '\t',
  '"',
  "'",
  ',',
  ';',
  '|',
  '`',
  '*',
  '<',
  '>',
  '&',
  '[',
  ']',
  '(',
  ')',
  '{',
  '}',
  '\\',
  '=',
  '+',
  '-',
  '@',
  '%',
  '#',
  '~',
  '_',
  ' ',
  '\u0000',
  '\u001b',
  '\u009b',
  '\u202e',
  '\u200b',
  '\ud800',
  '\udfff',
  '\uffff',
  '\uff1d',
  '核',
  '😀',
]

export const anyName: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...NASTY_NAMES),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ unit: fc.oneof(fc.constantFrom(...SPECIAL), fc.string({ maxLength: 3 })), maxLength: 30 }),
)

function logOf(name: () => string): LogLines {
  const noise = name()
  return { lines: [noise, name()], noise: [noise], silent: name() }
}

/** A sample with other names of images, hosts, pools, and other texts of reasons, log lines, remedies and plans. */
export const anyAudit: fc.Arbitrary<Audit> = fc
  .record({
    sample: fc.constantFrom(...Object.values(samples)),
    names: fc.array(anyName, { minLength: 40, maxLength: 40 }),
  })
  .map(({ sample, names }) => {
    let next = 0
    const name = () => names[next++ % names.length]!
    const audit = structuredClone(sample())
    for (const kernel of audit.kernels) {
      // Paths differ from one another: they come from one file system.
      kernel.images = kernel.images.map((_, index) => `${name()}${audit.kernels.indexOf(kernel)}.${index}`)
      kernel.guest = name()
    }
    for (const build of audit.builds) {
      build.hosts = build.hosts.map((_, index) => `${name()}${index}`)
      build.pools = [name()]
      build.remarks = [name()]
    }
    for (const verdict of audit.verdicts) {
      verdict.reason = name()
      verdict.message = name()
      verdict.log = logOf(name)
      verdict.remedies = [remedy('repack', name()), remedy('image', name())]
    }
    for (const cause of audit.causes) {
      cause.reason = name()
      cause.message = name()
      cause.log = logOf(name)
      cause.remedies = [{ ...remedy('repack', name(), run(name())), reach: name(), cures: 2 }]
    }
    for (const step of audit.plan) step.text = name()
    for (const ignored of audit.ignored) ignored.reason = name()
    audit.expired = audit.expired.map(name)
    for (const problem of audit.inventory.problems) problem.message = name()
    return audit
  })
