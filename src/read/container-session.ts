/** What reading one container needs: engines of its own, a budget, and the files that it names. */
import { Budget, type BudgetLimits } from '../containers/budget.ts'
import type { ContainerContext, DeclaredFormat, EngineLease } from '../containers/context.ts'
import type { EngineName } from '../engine/engine.ts'
import type { OpenSource } from '../source/source.ts'
import { enginesOf } from './engine-pool.ts'
import type { Machine, NamedFiles } from './machine.ts'

export interface ContainerOptions {
  /** Look at all files, and not only where kernels lie. */
  everywhere?: boolean
  /** Directories below which files that an image names may be, beside the image's own. */
  backingRoots?: readonly string[]
  /** Look into the snapshots of disks, too. */
  snapshots?: boolean
  /** What the store says that the container is: it is taken for nothing else. */
  declared?: DeclaredFormat
  budget?: Partial<BudgetLimits>
}

/** Reading of one container. Close it. */
export class ContainerSession {
  readonly context: ContainerContext
  /** What is to be known of the state of its layers. */
  readonly remarks: string[] = []
  readonly #files: NamedFiles
  readonly #leases: EngineLease[] = []

  constructor(
    machine: Machine,
    engine: EngineName,
    source: OpenSource,
    { backingRoots = [], budget = {}, declared }: ContainerOptions,
  ) {
    this.#files = machine.namedFiles(backingRoots)
    const engines = enginesOf(machine)
    const lease = () => {
      const leased = engines.lease(engine)
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
      files: this.#files.resolverOf(source),
      lineage: [],
      ...(declared !== undefined && { declared: { source, format: declared } }),
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
