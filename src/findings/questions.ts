/**
 * What is asked of kernels in an audit, each question once.
 * @module
 */
import type { BootPathText } from '../inventory/host.ts'
import type { BootModeName } from '../xen/boot-mode.ts'
import type { HostOptions } from '../xen/host-options.ts'
import type { AuditJudge } from './audit-judge.ts'
import { byBootPath } from './boot-path.ts'
import { unlessUnread } from './full-verdict.ts'
import type { JudgedKernel } from './kernels.ts'
import type { FullVerdict } from './model.ts'

export interface KernelQuestion {
  version: string
  options: HostOptions
  mode: BootModeName
  paths: readonly BootPathText[]
  /** False where the kernel was found in the guests' disks. */
  diskUnknown: boolean
}

export class Questions {
  readonly #judge: AuditJudge
  readonly #kernels: readonly JudgedKernel[]
  /** The kernels of the images, once one is asked for by its address. */
  #places: ReadonlyMap<string, number> | undefined
  readonly #known = new Map<string, FullVerdict>()

  constructor(judge: AuditJudge, kernels: readonly JudgedKernel[]) {
    this.#judge = judge
    this.#kernels = kernels
  }

  /** The verdict on the kernel of that index. */
  ask(kernel: number, { version, options, mode, paths, diskUnknown }: KernelQuestion): FullVerdict {
    const key = JSON.stringify([kernel, version, options, mode, paths, diskUnknown])
    const known = this.#known.get(key)
    if (known !== undefined) return known
    const { facts, problem } = this.#kernels[kernel]!
    const own = unlessUnread(this.#judge.verdict(facts, version, options, mode), problem)
    const verdict = byBootPath(own, facts, mode, paths, diskUnknown)
    this.#known.set(key, verdict)
    return verdict
  }

  /** The verdict on the kernel at an address; undefined where the catalogue has none there. */
  askImage(address: string, question: KernelQuestion): FullVerdict | undefined {
    this.#places ??= new Map(
      this.#kernels.flatMap(({ images }, index) => images.map(image => [image, index] as const)),
    )
    const kernel = this.#places.get(address)
    return kernel === undefined ? undefined : this.ask(kernel, question)
  }
}
