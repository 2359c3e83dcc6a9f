/** Audits of facts that were read before, at a fleet's size. */
import { join } from 'node:path'
import { timeSelf } from '../command.ts'
import type { Measure } from '../context.ts'
import { KERNELS, writeFacts, writeInventory } from '../facts.ts'
import { interleave, type Subject } from '../interleave.ts'

const SMALL = 10_000

export const measureAudit: Measure = async context => {
  const sizes = context.quick ? [1000, SMALL] : [SMALL, context.records]
  const inventory = writeInventory(context)
  const subjects: Subject[] = []
  for (const size of sizes) {
    const [facts] = writeFacts(context, size, 1)
    for (const format of ['json', 'html']) {
      const output = `${format}=${join(context.scratch, `audit.${format}`)}`
      const args = ['audit', '--facts', facts!, '--inventory', inventory, '-o', output, '--fail-on', 'never']
      // What counts is the whole run, so that a sample is one item.
      const sample = () => timeSelf(context.root, args, context.scratch)
      subjects.push({ group: `${size} records`, subject: `audit -o ${format}`, items: 1, sample })
    }
  }
  return {
    id: 'audit',
    title: 'Audits of known facts',
    item: 'run',
    method: `the whole command; records of ${KERNELS} kernels, and an inventory of 800 hosts in 20 pools with placements`,
    rows: await interleave(subjects, { warmup: 0, rounds: context.quick ? 2 : 3 }),
    missing: [],
  }
}
