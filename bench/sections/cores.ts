/** One large image by itself: blocks of bzip2 and of xz are unpacked on cores that have nothing else to do. */
import { join } from 'node:path'
import { hasTool, run, selfCommand, timeCommand } from '../command.ts'
import type { Measure } from '../context.ts'
import { interleave, type Subject } from '../interleave.ts'

const WORKERS = [1, 2]

export const measureCores: Measure = async context => {
  const { packed, vmlinux } = context.kernel()
  const missing: string[] = []
  const images: Record<string, string> = {}
  const bzip2 = packed.find(({ codec }) => codec === 'bzip2')
  if (bzip2 === undefined) missing.push('bzip2: its tool is not there')
  else images.bzip2 = bzip2.image
  if (hasTool('xz')) {
    images['xz in blocks'] = join(context.scratch, 'vmlinux-blocks.xz')
    run('bash', ['-c', 'xz --check=crc32 --block-size=4MiB -c "$0" > "$1"', vmlinux, images['xz in blocks']])
  } else missing.push('xz: its tool is not there')
  const subjects: Subject[] = []
  for (const [group, image] of Object.entries(images)) {
    for (const workers of WORKERS) {
      const args = ['scan', image, '-o', 'ndjson', '--workers', String(workers), '--fail-on', 'never']
      const sample = () => timeCommand(selfCommand(context.root, args))
      subjects.push({ group, subject: `scan --workers ${workers}`, items: 1, sample })
    }
  }
  return {
    id: 'cores',
    title: 'One image on several cores',
    item: 'image',
    method: 'whole processes with start-up; xz has blocks of 4 MiB',
    rows: await interleave(subjects, { warmup: 1, rounds: context.quick ? 3 : 9 }),
    missing,
  }
}
