/** Uncompressed kernels, many of them: what reading and parsing costs where no codec hides it. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { EngineName } from '../../src/engine/engine.ts'
import { hasTool, quote, timeCommand, timeSelf } from '../command.ts'
import type { Measure } from '../context.ts'
import { interleave, type Subject } from '../interleave.ts'
import { writeSparseKernels } from '../sparse.ts'

/** So many files that start-up and compilation, a third of a second, matter little. */
const COUNT = 50_000
/** eu-readelf keeps every file mapped, and takes ever longer for one. */
const TOOL_COUNT = 2000

export const measureVmlinux: Measure = async context => {
  const count = context.quick ? 2000 : COUNT
  const directory = join(context.scratch, 'vmlinux')
  const { vmlinux, notesEnd } = context.kernel()
  const paths = writeSparseKernels(vmlinux, directory, count)
  const missing: string[] = []
  const subjects: Subject[] = []
  for (const engine of ['wasm', 'typescript'] satisfies EngineName[]) {
    const sample = () => context.probes.ask(engine, { kind: 'images', paths })
    subjects.push({ group: 'read and parse', subject: engine, items: count, sample })
  }
  const position = notesEnd - 512
  const sample = () => context.probes.ask('wasm', { kind: 'calls', paths, position })
  subjects.push({ group: 'read and parse', subject: 'its system calls alone', items: count, sample })
  const list = join(context.scratch, 'vmlinux-list')
  const few = paths.slice(0, TOOL_COUNT)
  writeFileSync(list, few.map(path => `${path}\0`).join(''))
  for (const tool of ['readelf', 'eu-readelf']) {
    if (!hasTool(tool)) {
      missing.push(`${tool} is not there`)
      continue
    }
    const sample = () => timeCommand(`xargs -0 -n ${few.length} ${tool} -n < ${quote(list)}`)
    subjects.push({ group: 'whole command', subject: `${tool} -n`, items: few.length, sample })
  }
  for (const workers of ['0', '1', '2']) {
    const args = ['scan', directory, '-o', 'ndjson', '--workers', workers, '--fail-on', 'never']
    const sample = () => timeSelf(context.root, args, context.scratch)
    subjects.push({
      group: 'whole command',
      subject: `scan -o ndjson, ${workers} workers`,
      items: count,
      sample,
    })
  }
  return {
    id: 'vmlinux',
    title: 'Uncompressed kernels',
    item: 'image',
    method:
      `${count} files with the header, notes and section table of the real vmlinux at their places, and holes between them; ` +
      `no two are the same; each tool reads ${few.length} of them in one process`,
    rows: await interleave(subjects, { warmup: 1, rounds: context.quick ? 3 : 7 }),
    missing,
  }
}
