/**
 * Both sides of every boundary: what each gate is worth in the last release before a change and in the first after it. A
 * boundary that moves by a release shows here; that today's are right is what the vectors and the gates' evidence say.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { gateIds, gateTable } from '../../src/xen/gates/gates.ts'
import { releases } from '../../src/xen/releases.ts'

const FILE = new URL('../../fixtures/golden/gate-boundaries.txt', import.meta.url)
/** With GOLDEN_UPDATE=1 the file gets the boundaries of today. */
const UPDATE = (process.env.GOLDEN_UPDATE ?? '') !== ''

/** `lz4-decoder: 4.4.0 "works" | 4.4.1 "broken"`, a line a boundary. */
function boundaries(): string {
  const lines: string[] = []
  for (const id of gateIds) {
    const { values, last } = gateTable(id)
    const says = (index: number) => `${releases[index]} ${JSON.stringify(values[index])}`
    for (let end = last[0]!; end + 1 < releases.length; end = last[end + 1]!) {
      lines.push(`${id}: ${says(end)} | ${says(end + 1)}`)
    }
    if (last[0] === releases.length - 1) lines.push(`${id}: ${says(0)}`)
  }
  return `${lines.join('\n')}\n`
}

test('no gate changes a release too early or too late', () => {
  if (UPDATE) writeFileSync(FILE, boundaries())
  expect(boundaries()).toBe(readFileSync(FILE, 'utf8'))
})
