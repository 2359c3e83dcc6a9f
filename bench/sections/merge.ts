/** Facts files of several machines into one, against a merge that looks at no line. */
import { join } from 'node:path'
import { quote, timeCommand, timeSelf } from '../command.ts'
import type { Measure } from '../context.ts'
import { KERNELS, writeFacts } from '../facts.ts'
import { interleave, type Subject } from '../interleave.ts'

const FILES = 4

export const measureMerge: Measure = async context => {
  const lines = context.quick ? 4000 : context.records
  const parts = writeFacts(context, lines, FILES)
  // The parts as scans write them: each in the order of a walk.
  const files = parts.map(path => `${path}.sorted`)
  for (const [index, path] of parts.entries()) {
    timeSelf(context.root, ['merge', path, '-o', files[index]!], context.scratch)
  }
  const output = join(context.scratch, 'merged')
  const sample = () => timeSelf(context.root, ['merge', ...files, '-o', output], context.scratch)
  const sort = `sort -m ${files.map(quote).join(' ')} -o ${quote(output)}`
  const subjects: Subject[] = [
    { group: 'merge', subject: 'merge', items: lines, sample },
    { group: 'merge', subject: 'sort -m', items: lines, sample: () => timeCommand(sort) },
  ]
  return {
    id: 'merge',
    title: 'Merging facts',
    item: 'line',
    method: `${lines} records of ${KERNELS} kernels in ${FILES} files, into one file`,
    rows: await interleave(subjects, { warmup: 1, rounds: context.quick ? 2 : 3 }),
    missing: [],
  }
}
