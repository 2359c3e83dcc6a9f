/** Catalogues of growing size: time an image and memory must not depend on how many there are. */
import { linkSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { timeSelf } from '../command.ts'
import { writeCompactKernels } from '../compact.ts'
import type { Measure } from '../context.ts'
import { interleave, type Subject } from '../interleave.ts'

const SIZES = [100, 1000, 10_000, 100_000]
/** Real kernels keep the workers' memories at what they are in use. */
const REAL = 4

export const measureGrowth: Measure = async context => {
  const sizes = context.quick ? SIZES.slice(0, 2) : SIZES
  const subjects: Subject[] = []
  for (const size of sizes) {
    const directory = join(context.scratch, `growth-${size}`)
    process.stderr.write(`writing ${size} images\n`)
    const generated = join(directory, 'generated')
    writeCompactKernels(generated, 0, size)
    const real = join(directory, 'real')
    mkdirSync(real)
    for (const { codec, image } of context.kernel().packed.slice(0, REAL)) linkSync(image, join(real, codec))
    for (const workers of [0, 2]) {
      for (const [path, kind] of [
        [directory, ''],
        [generated, ', generated only'],
      ] as const) {
        const args = ['scan', path, '-o', 'ndjson', '--workers', String(workers), '--fail-on', 'never']
        const sample = () => timeSelf(context.root, args, context.scratch)
        subjects.push({ group: `${workers} workers${kind}`, subject: `${size} images`, items: size, sample })
      }
    }
  }
  return {
    id: 'growth',
    title: 'Growing catalogues',
    item: 'image',
    method: `generated kernels of a page each, no two the same, and ${REAL} real ones of 53 MB but where it says otherwise`,
    rows: await interleave(subjects, { warmup: 0, rounds: context.quick ? 2 : 3 }),
    missing: [],
  }
}
