/** Audits of facts that were read before, at a fleet's size. */
import { join } from 'node:path'
import { timeSelf } from '../command.ts'
import type { Measure } from '../context.ts'
import { KERNELS, writeFacts, writeInventory } from '../facts.ts'
import { interleave, type Subject } from '../interleave.ts'

/** A fleet with many hosts for its images: the sample's, ten times as large. */
const WIDE = { images: 5000, hosts: 8000 }

export const measureAudit: Measure = async context => {
  const { records, quick } = context
  const sizes = quick ? [1000, 10_000] : [records / 10, records]
  const usual = writeInventory(context)
  const wide = writeInventory(context, WIDE.hosts)
  const subjects: Subject[] = []
  const add = (group: string, facts: string, inventory: string, format: string) => {
    const output = `${format}=${join(context.scratch, `audit.${format}`)}`
    const args = ['audit', '--facts', facts, '--inventory', inventory, '-o', output, '--fail-on', 'never']
    // What counts is the whole run, so that a sample is one item.
    const sample = () => timeSelf(context.root, args, context.scratch)
    subjects.push({ group, subject: `audit -o ${format}`, items: 1, sample })
  }
  for (const size of sizes) {
    const [facts] = writeFacts(context, size, 1)
    for (const format of ['json', 'html']) add(`${size} records`, facts!, usual, format)
  }
  const [facts] = writeFacts(context, WIDE.images, 1)
  add(`${WIDE.images} records, ${WIDE.hosts} hosts`, facts!, wide, 'html')
  return {
    id: 'audit',
    title: 'Audits of known facts',
    item: 'run',
    method: `the whole command; records of ${KERNELS} kernels, and an inventory of 800 hosts in 20 pools with placements, where no other number is said`,
    rows: await interleave(subjects, { warmup: 0, rounds: quick ? 2 : 3 }),
    missing: [],
  }
}
