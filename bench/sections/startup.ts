/** What a run costs before it does anything. */
import { join } from 'node:path'
import { quote, timeCommand } from '../command.ts'
import type { Measure } from '../context.ts'
import { interleave, type Subject } from '../interleave.ts'

/** Processes in one sample: bash tells milliseconds. */
const TIMES = 5

export const measureStartup: Measure = async context => {
  const main = join(context.root, 'dist/cli/main.js')
  const image =
    context.kernel().packed.find(({ codec }) => codec === 'lz4')?.image ?? context.kernel().vmlinux
  const lines: Record<string, string[]> = {
    'node -e 0': ['-e', '0'],
    '--version': [main, '--version'],
    '--help': [main, '--help'],
    'scan one lz4 image': [main, 'scan', image],
    'scan one lz4 image --xen all --mode all': [
      main,
      'scan',
      image,
      '--xen',
      'all',
      '--mode',
      'all',
      '--fail-on',
      'never',
    ],
  }
  const subjects = Object.entries(lines).map(([subject, args]): Subject => {
    const line = [process.execPath, ...args].map(quote).join(' ')
    return {
      group: 'start-up',
      subject,
      items: TIMES,
      sample: () => timeCommand(Array.from({ length: TIMES }, () => line).join('\n')),
    }
  })
  return {
    id: 'startup',
    title: 'Start-up',
    item: 'process',
    method: 'whole processes',
    rows: await interleave(subjects, { warmup: 1, rounds: context.quick ? 3 : 11 }),
    missing: [],
  }
}
