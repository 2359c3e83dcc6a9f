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
import { remember } from './remember.ts'
import { VerdictTable } from './verdict-table.ts'

/** Verdicts that are kept from one upgrade to the next. */
const MAX_VERDICTS = 5000

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
  /** By the version and the options of the host. */
  readonly #known = new Map<string, Map<string, FullVerdict>>()
  readonly #options = new WeakMap<HostOptions, string>()
  #verdicts = new VerdictTable()

  constructor(judge: AuditJudge, kernels: readonly JudgedKernel[]) {
    this.#judge = judge
    this.#kernels = kernels
  }

  /** The verdict on the kernel of that index; verdicts that say the same are one object. */
  ask(kernel: number, { version, options, mode, paths, diskUnknown }: KernelQuestion): FullVerdict {
    const asked = remember(this.#known, this.#hostKey(version, options), () => new Map<string, FullVerdict>())
    const key = `${kernel} ${mode} ${diskUnknown} ${paths.join()}`
    return remember(asked, key, () => {
      const { facts, problem } = this.#kernels[kernel]!
      const own = unlessUnread(this.#judge.verdict(facts, version, options, mode), problem)
      return this.#verdicts.one(byBootPath(own, facts, mode, paths, diskUnknown))
    })
  }

  /** Forgets what was asked of a version that is not asked again. */
  forget(version: string, options: HostOptions): void {
    this.#known.delete(this.#hostKey(version, options))
    if (this.#verdicts.values.length < MAX_VERDICTS) return
    this.#known.clear()
    this.#verdicts = new VerdictTable()
  }

  #hostKey(version: string, options: HostOptions): string {
    const text = remember(this.#options, options, () => JSON.stringify(options))
    return `${version} ${text}`
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
