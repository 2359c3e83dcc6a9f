/**
 * Cells as columns of numbers: a report may have millions, each of which would be an object of its own.
 * @module
 */
import { type BootModeName, bootModes } from '../../xen/boot-mode.ts'
import type { Cell, Change } from '../model.ts'
import { ValueTable } from '../value-table.ts'

export const CHANGE_WORDS: readonly Change[] = ['breaks', 'fixed', 'still-broken', 'still-fine', 'uncertain']

/** What a comparison needs of a cell. */
export type CellCore = Pick<
  Cell,
  'kernel' | 'build' | 'mode' | 'guests' | 'hosts' | 'images' | 'verdict' | 'after' | 'change'
>

export class CellTable {
  readonly #kernels: number[] = []
  readonly #builds: number[] = []
  /** The boot mode and the change as one number. */
  readonly #words: number[] = []
  readonly #guests: number[] = []
  readonly #verdicts: number[] = []
  readonly #after: number[] = []
  readonly #hosts: number[] = []
  readonly #images: number[] = []
  readonly #subsets = new ValueTable<readonly number[]>()

  get length(): number {
    return this.#kernels.length
  }

  push({ kernel, build, mode, guests, hosts, images, verdict, after, change }: CellCore): void {
    this.#kernels.push(kernel)
    this.#builds.push(build)
    const word = change === undefined ? 0 : CHANGE_WORDS.indexOf(change) + 1
    this.#words.push(word * bootModes.length + bootModes.indexOf(mode))
    this.#guests.push(guests)
    this.#verdicts.push(verdict)
    this.#after.push(after ?? NONE)
    this.#hosts.push(this.#subset(hosts))
    this.#images.push(this.#subset(images))
  }

  at(index: number): CellCore {
    const word = this.#words[index]!
    const after = this.#after[index]!
    const hosts = this.#hosts[index]!
    const images = this.#images[index]!
    const changed = Math.floor(word / bootModes.length)
    return {
      kernel: this.#kernels[index]!,
      build: this.#builds[index]!,
      mode: bootModes[word % bootModes.length] as BootModeName,
      guests: this.#guests[index]!,
      verdict: this.#verdicts[index]!,
      ...(after !== NONE && { after }),
      ...(changed > 0 && { change: CHANGE_WORDS[changed - 1]! }),
      ...(hosts !== NONE && { hosts: this.#subsets.values[hosts] as number[] }),
      ...(images !== NONE && { images: this.#subsets.values[images] as number[] }),
    }
  }

  #subset(indexes: readonly number[] | undefined): number {
    return indexes === undefined ? NONE : this.#subsets.index(indexes, indexes.join())
  }
}

const NONE = -1
