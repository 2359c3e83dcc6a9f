/** Engines that containers unpack with: one container takes several, and gives them back. */
import type { EngineLease } from '../containers/context.ts'
import type { Engine, EngineName } from '../engine/engine.ts'
import type { Machine } from './machine.ts'

/** Above this an engine is given up, in bytes: its memory never shrinks. */
const MAX_KEPT = 192 * 2 ** 20

/** The engines of one thread that nobody uses. */
export class EnginePool {
  readonly #machine: Machine
  readonly #idle: Engine[] = []

  constructor(machine: Machine) {
    this.#machine = machine
  }

  /** An engine that nobody else uses until it is released. */
  lease(name: EngineName): EngineLease {
    const found = this.#idle.findIndex(engine => engine.name === name)
    const engine = found === -1 ? this.#machine.createEngine(name) : this.#idle.splice(found, 1)[0]!
    return {
      engine,
      release: () => {
        if (engine.memory.length <= MAX_KEPT && !this.#idle.includes(engine)) this.#idle.push(engine)
      },
    }
  }
}

const pools = new WeakMap<Machine, EnginePool>()

/** The engines of a machine on this thread. */
export function enginesOf(machine: Machine): EnginePool {
  let pool = pools.get(machine)
  if (pool === undefined) {
    pool = new EnginePool(machine)
    pools.set(machine, pool)
  }
  return pool
}
