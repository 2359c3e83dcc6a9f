/** A catalogue in which every kernel lies many times, as hard links and as copies. */
import { copyFileSync, linkSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { timeSelf } from '../command.ts'
import type { Measure } from '../context.ts'
import { interleave, type Subject } from '../interleave.ts'

const DISTINCT = 20
const PATHS = 1000

export const measureDuplicates: Measure = async context => {
  const paths = context.quick ? 100 : PATHS
  const distinct = context.images.slice(0, DISTINCT)
  const directories = { distinct: 'distinct', links: 'links', copies: 'copies' }
  for (const [key, name] of Object.entries(directories)) {
    const directory = join(context.scratch, 'duplicates', name)
    mkdirSync(directory, { recursive: true })
    directories[key as keyof typeof directories] = directory
  }
  const name = (index: number) => `kernel-${String(index).padStart(4, '0')}`
  for (const [index, { path }] of distinct.entries())
    copyFileSync(path, join(directories.distinct, name(index)))
  for (let index = 0; index < paths; index++) {
    const first = join(directories.distinct, name(index % distinct.length))
    linkSync(first, join(directories.links, name(index)))
    copyFileSync(first, join(directories.copies, name(index)))
  }
  const subjects: Subject[] = []
  for (const workers of [0, 2]) {
    for (const [key, directory] of Object.entries(directories)) {
      const count = key === 'distinct' ? distinct.length : paths
      const args = ['scan', directory, '-o', 'ndjson', '--workers', String(workers), '--fail-on', 'never']
      // What counts is the whole run, so that a sample is one item.
      const sample = () => timeSelf(context.root, args, context.scratch)
      subjects.push({ group: `${workers} workers`, subject: `${count} ${key}`, items: 1, sample })
    }
  }
  return {
    id: 'duplicates',
    title: 'The same kernels many times',
    item: 'run',
    method: `${distinct.length} real kernels; ${paths} hard links to them; ${paths} copies of them`,
    rows: await interleave(subjects, { warmup: 1, rounds: context.quick ? 2 : 5 }),
    missing: [],
  }
}
