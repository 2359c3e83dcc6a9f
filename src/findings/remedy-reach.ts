/**
 * For which images, boot modes and builds a cause of a scan or one of its remedies holds.
 * @module
 */
import type { BootModeName } from '../xen/boot-mode.ts'
import { type CommandSubject, targetWord } from '../xen/remedies/own-command.ts'

/** An image of a scan: its address, and its name in the report. */
export interface NamedImage {
  address: string
  name: string
}

/** Where a judgement holds. */
export interface Place {
  image: NamedImage
  mode: BootModeName
  /** A release, or the label of a build: a version, and what tells it from others. */
  build: string
}

/** So many images or builds are named. */
const NAMED = 3

/** Counts; its size does not depend on the number of images. */
export class Reach {
  /** How many images, and the first of them. */
  images = 0
  readonly names: string[] = []
  /** How many places. */
  places = 0
  #last: string | undefined
  readonly #modes = new Set<BootModeName>()
  readonly #builds = new Set<string>()
  /** The first image, and what refuses it, as `repair` takes them. */
  #subject: { image: string; targets: Set<string> } | undefined

  /** Images come one after the other, each with all its places. */
  countImage({ address, name }: NamedImage): void {
    if (this.#last === address) return
    this.#last = address
    this.images++
    if (this.names.length < NAMED) this.names.push(name)
  }

  add({ image, mode, build }: Place): void {
    this.countImage(image)
    this.places++
    this.#modes.add(mode)
    this.#builds.add(build)
    this.#subject ??= { image: image.address, targets: new Set() }
    if (this.#subject.image === image.address) {
      this.#subject.targets.add(targetWord(build.split(' ')[0]!, mode))
    }
  }

  get subject(): CommandSubject {
    return { image: this.#subject?.image, targets: [...(this.#subject?.targets ?? [])] }
  }

  /** In what it differs from all; undefined where it is all of it. */
  within(all: Reach): string | undefined {
    if (this.places === all.places) return undefined
    if (this.images < all.images) return `for ${few(this.names, this.images)}`
    if (this.#modes.size < all.#modes.size) return `as ${[...this.#modes].join(', ')}`
    if (this.#builds.size < all.#builds.size) {
      return `on Xen ${few([...this.#builds].slice(0, NAMED), this.#builds.size)}`
    }
    return `in ${this.places} of ${all.places} cases`
  }
}

const few = (names: readonly string[], count: number) =>
  names.join(', ') + (count > names.length ? ` and ${count - names.length} more` : '')
