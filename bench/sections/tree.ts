/** A tree of files of which one in a thousand is a kernel, against what else finds kernels in it. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { hasTool, quote, timeCommand, timeSelf } from '../command.ts'
import { compactKernel } from '../compact.ts'
import type { Measure } from '../context.ts'
import { interleave, type Subject } from '../interleave.ts'

const FILES = 50_000
const KERNEL_EVERY = 1000
const FANOUT = 200
/** file takes so long that it is given a part of them. */
const FEW = 10
const MAX_SIZE = 16 * 1024
/** A file of one size or another, mostly small ones. */
const SKEW = 3

export const measureTree: Measure = async context => {
  const files = context.quick ? 5000 : FILES
  const directory = join(context.scratch, 'tree')
  writeTree(directory, files)
  const missing: string[] = []
  const subjects: Subject[] = []
  const add = (subject: string, sample: Subject['sample'], items = files) =>
    subjects.push({ group: 'tree', subject, items, sample })
  for (const workers of ['0', '2']) {
    const args = ['scan', directory, '-o', 'ndjson', '--workers', workers, '--fail-on', 'never']
    add(`scan -o ndjson, ${workers} workers`, () => timeSelf(context.root, args, context.scratch))
  }
  const few = files / FEW
  const list = `find ${quote(directory)} -type f -print0 | head -z -n ${few}`
  if (hasTool('file')) add('find, xargs file', () => timeCommand(`${list} | xargs -0 file`), few)
  else missing.push('file is not there')
  if (hasTool('rg')) add('rg', () => timeCommand(`rg -uuu -la '^\\x7fELF' ${quote(directory)}`))
  else missing.push('rg is not there')
  return {
    id: 'tree',
    title: 'A tree of files',
    item: 'file',
    method:
      `${files} files of up to ${MAX_SIZE / 1024} KiB, text and noise in a page cache that has them all, ` +
      `one in ${KERNEL_EVERY} of them a kernel; file reads the start of ${few} of them, and ripgrep looks through all`,
    rows: await interleave(subjects, { warmup: 1, rounds: context.quick ? 2 : 3 }),
    missing,
  }
}

function writeTree(directory: string, count: number): void {
  const random = numbers()
  const noise = Uint8Array.from({ length: 2 * MAX_SIZE }, () => random() * 256)
  const text = noise.map(byte => 0x61 + (byte % 26))
  for (let index = 0; index < count; index++) {
    const parent = join(directory, String(Math.floor(index / FANOUT)).padStart(4, '0'))
    if (index % FANOUT === 0) mkdirSync(parent, { recursive: true })
    const start = Math.floor(random() * MAX_SIZE)
    const bytes = (random() < 0.6 ? text : noise).subarray(start, start + random() ** SKEW * MAX_SIZE)
    const isKernel = index % KERNEL_EVERY === KERNEL_EVERY / 2
    writeFileSync(join(parent, `file-${index % FANOUT}`), isKernel ? compactKernel(index) : bytes)
  }
}

/** The same numbers each time, from 0 to 1 (a linear congruential generator). */
function numbers(): () => number {
  let state = 1
  return () => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff
    return state / 0x80000000
  }
}
