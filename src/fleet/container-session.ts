/** What reading one container needs: engines of its own, a budget, and the files that it names. */
import { Budget, type BudgetLimits } from '../containers/budget.ts'
import type { ContainerContext, EngineLease } from '../containers/context.ts'
import type { Engine, EngineName } from '../engine/engine.ts'
import type { OpenSource } from '../source/source.ts'
import { createEngine } from './engines.ts'
import { NamedFiles } from './named-files.ts'

export interface ContainerOptions {
  /** Look at all files, and not only where kernels lie. */
  everywhere?: boolean
  /** Directories below which files that an image names may be, beside the image's own. */
  backingRoots?: readonly string[]
  budget?: Partial<BudgetLimits>
}

/** Above this an engine is given up: its memory never shrinks. */
const MAX_KEPT = 192 * 2 ** 20

/** The engines of this thread that nobody uses. A container takes others than the kernels in it. */
const idle: Engine[] = []

/** An engine of this thread that nobody else uses until it is released. */
export function leaseEngine(name: EngineName): EngineLease {
  const found = idle.findIndex(engine => engine.name === name)
  const engine = found === -1 ? createEngine(name) : idle.splice(found, 1)[0]!
  return {
    engine,
    release() {
      if (engine.memory.length <= MAX_KEPT && !idle.includes(engine)) idle.push(engine)
    },
  }
}

/** Reading of one container. Close it. */
export class ContainerSession {
  readonly context: ContainerContext
  /** What is to be known of the state of its layers. */
  readonly remarks: string[] = []
  readonly #files: NamedFiles
  readonly #leases: EngineLease[] = []

  constructor(engine: EngineName, source: OpenSource, { backingRoots = [], budget = {} }: ContainerOptions) {
    this.#files = new NamedFiles(backingRoots)
    const lease = () => {
      const leased = leaseEngine(engine)
      this.#leases.push(leased)
      return leased
    }
    let blocks: EngineLease | undefined
    const forBlocks = () => {
      blocks ??= lease()
      return blocks.engine
    }
    this.context = {
      budget: new Budget(budget),
      get engine() {
        return forBlocks()
      },
      lease,
      files: this.#files.resolver(source.address, source.identity),
      lineage: [],
      remark: sentence => this.remarks.push(sentence),
    }
  }

  /** The files that the container named and that were opened. */
  get namedFiles(): readonly OpenSource[] {
    return this.#files.opened
  }

  close(): void {
    for (const lease of this.#leases) lease.release()
    this.#files.close()
  }
}
