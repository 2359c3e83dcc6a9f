/** The probes, started when they are first asked. */
import { type ChildProcess, fork } from 'node:child_process'
import { join } from 'node:path'
import type { EngineName } from '../src/engine/engine.ts'
import type { Sample } from './interleave.ts'
import type { Task } from './tasks.ts'

export class Probes {
  readonly #path: string
  readonly #children = new Map<EngineName, ChildProcess>()

  constructor(root: string) {
    this.#path = join(root, 'dist/bench/probe.js')
  }

  ask(engine: EngineName, task: Task): Promise<Sample> {
    let child = this.#children.get(engine)
    if (child === undefined) {
      child = fork(this.#path, [engine])
      this.#children.set(engine, child)
    }
    const asked = child
    return new Promise((resolve, reject) => {
      const fail = (code: number | null) =>
        reject(new Error(`Cannot measure: the ${engine} probe ended with ${code}`))
      asked.once('exit', fail)
      asked.once('message', answer => {
        asked.off('exit', fail)
        resolve(answer as Sample)
      })
      asked.send(task)
    })
  }

  /** Ends the probes, so that the next section starts with fresh ones. */
  close(): void {
    for (const child of this.#children.values()) {
      child.removeAllListeners()
      child.kill()
    }
    this.#children.clear()
  }
}
