/** The same scan on every runtime: this Node, Deno, and the releases of Node that --nodes names. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { run, selfCommand, timeCommand } from '../command.ts'
import { writeCompactKernels } from '../compact.ts'
import type { Measure } from '../context.ts'
import { interleave, type Subject } from '../interleave.ts'

/** So many images that start-up matters little. */
const COUNT = 20_000

export const measureRuntimes: Measure = async context => {
  const count = context.quick ? 2000 : COUNT
  const directory = join(context.scratch, 'runtimes')
  writeCompactKernels(directory, 0, count)
  const missing: string[] = []
  const runtimes: Record<string, string[]> = {}
  for (const node of [process.execPath, ...context.nodes]) {
    const version = run(node, ['--version']).toString().trim().slice(1)
    runtimes[node === process.execPath ? 'Node' : `Node ${version}`] = [node]
  }
  const deno = join(context.root, 'node_modules/.bin/deno')
  if (existsSync(deno)) runtimes.Deno = [deno, 'run', '--allow-read', '--allow-env']
  else missing.push('Deno: node_modules has no package deno')
  const args = ['scan', directory, '-o', 'ndjson', '--workers', '0', '--fail-on', 'never']
  const subjects = Object.entries(runtimes).map(
    ([subject, runtime]): Subject => ({
      group: 'bare kernels',
      subject,
      items: count,
      sample: () => timeCommand(selfCommand(context.root, args, runtime)),
    }),
  )
  return {
    id: 'runtimes',
    title: 'Runtimes',
    item: 'image',
    method: `scan -o ndjson of ${count} generated kernels of a page each, 0 workers`,
    rows: await interleave(subjects, { warmup: 1, rounds: context.quick ? 3 : 7 }),
    missing,
  }
}
