/** Parsing and note decoding alone, on images that lie in the engine's memory. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { EngineName } from '../../src/engine/engine.ts'
import { compactKernel } from '../compact.ts'
import type { Measure } from '../context.ts'
import { interleave, type Subject } from '../interleave.ts'

const IMAGES = 2048

export const measureParse: Measure = async context => {
  const times = context.quick ? 1 : 5
  const paths = Array.from({ length: IMAGES }, (_, index) => {
    const path = join(context.scratch, `parse-${index}`)
    writeFileSync(path, compactKernel(index))
    return path
  })
  const subjects = (['wasm', 'typescript'] satisfies EngineName[]).map(
    (engine): Subject => ({
      group: 'parse and notes',
      subject: engine,
      items: IMAGES * times,
      sample: () => context.probes.ask(engine, { kind: 'parse', paths, times }),
    }),
  )
  return {
    id: 'parse',
    title: 'Parsing and note decoding alone',
    item: 'record',
    method: `${IMAGES} small ELF kernels with 17 notes in memory, from their bytes to facts as objects`,
    rows: await interleave(subjects, { warmup: 3, rounds: context.quick ? 3 : 9 }),
    missing: [],
  }
}
