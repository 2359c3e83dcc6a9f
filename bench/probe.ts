/** A process that does tasks and measures them. One for each engine: both in one process would slow each other down. */
import type { EngineName } from '../src/engine/engine.ts'
import type { Sample } from './interleave.ts'
import { type Task, TaskRunner } from './tasks.ts'

const runner = new TaskRunner(process.argv[2] as EngineName)

process.on('message', async (task: Task) => {
  runner.prepare(task)
  const start = performance.now()
  const before = process.cpuUsage()
  const result = await runner.run(task)
  const { user, system } = process.cpuUsage(before)
  const sample: Sample = { cpu: (user + system) / 1000, wall: performance.now() - start, ...result }
  process.send!(sample)
})
