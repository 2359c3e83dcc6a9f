/**
 * Which images of a catalogue the references of placements name. Images are found by the parts of their paths: a fleet
 * has a million images and thousands of placements, and no time to hold one against the other.
 * @module
 */
import type { ImageReference } from '../inventory/host.ts'
import { type NameMatcher, nameMatcher } from '../inventory/name-glob.ts'
import type { JudgedKernel } from './kernels.ts'
import { ListKeys } from './list-keys.ts'
import { byList, inOrder, NameIndex, together } from './name-index.ts'
import { remember } from './remember.ts'

/** Images by the index of their kernel; each by its index among the kernel's images, in order. */
export type ImagesByKernel = ReadonlyMap<number, readonly number[]>

/** So many globs are held against all images before the parts of paths are indexed, which takes as long as that. */
const FEW_GLOBS = 30

export class ImageIndex {
  readonly #kernels: readonly Pick<JudgedKernel, 'images' | 'digests'>[]
  /** The number of each kernel's first image among all images. */
  readonly #starts: number[] = []
  readonly #images: string[] = []
  readonly #found = new Map<string, readonly number[]>()
  readonly #foundTogether = new Map<string, ImagesByKernel>()
  readonly #keys = new ListKeys()
  readonly #names = new Map<string, readonly string[]>()
  #digests: NameIndex | undefined
  #parts: PathParts | undefined
  #isInside: Uint8Array | undefined
  readonly #indexAfter: number
  #asked = 0

  /** The parts of paths are indexed once so many globs were looked for that ask for parts. */
  constructor(kernels: readonly Pick<JudgedKernel, 'images' | 'digests'>[], indexAfter = FEW_GLOBS) {
    this.#kernels = kernels
    this.#indexAfter = indexAfter
    for (const { images } of kernels) {
      this.#starts.push(this.#images.length)
      for (const image of images) this.#images.push(image)
    }
  }

  /** The images that at least one of the references names. */
  find(references: readonly ImageReference[]): ImagesByKernel {
    return remember(this.#foundTogether, JSON.stringify(references), () => {
      const lists = references.map(reference => this.#findOne(reference))
      return byList(together(lists), this.#starts)
    })
  }

  /** The names of a kernel's images that are in lists of `find`: the same object for the same lists. */
  names(kernel: number, lists: readonly (readonly number[])[]): readonly string[] {
    return remember(this.#names, this.#keys.of(kernel, lists), () => {
      const { images } = this.#kernels[kernel]!
      return together(lists).map(index => images[index]!)
    })
  }

  #findOne(reference: ImageReference): readonly number[] {
    if ('digest' in reference) return this.#withDigest(reference.digest)
    const { glob } = reference
    return remember(this.#found, glob, () => {
      const candidates = hasPart(glob) ? this.#indexed()?.candidates(glob) : undefined
      const matches = pathMatcher(glob)
      return candidates === undefined ? this.#all(matches) : this.#among(candidates, insideMatcher(matches))
    })
  }

  /** The parts of all paths; undefined for the first few who ask. */
  #indexed(): PathParts | undefined {
    if (this.#asked++ === this.#indexAfter) this.#parts = new PathParts(this.#images)
    return this.#parts
  }

  #among(candidates: Iterable<number>, matches: NameMatcher): number[] {
    return inOrder([...candidates].filter(image => matches(this.#images[image]!)))
  }

  /** Most images are in no container, and are not searched for its mark again for each glob. */
  #all(matches: NameMatcher): number[] {
    this.#isInside ??= Uint8Array.from(this.#images, image => Number(image.includes(INSIDE)))
    const matchesInside = insideMatcher(matches)
    const found: number[] = []
    for (let image = 0; image < this.#images.length; image++) {
      const name = this.#images[image]!
      if (this.#isInside[image] === 1 ? matchesInside(name) : matches(name)) found.push(image)
    }
    return found
  }

  #withDigest(digest: string): readonly number[] {
    if (this.#digests === undefined) {
      this.#digests = new NameIndex()
      for (const [kernel, { images, digests }] of this.#kernels.entries()) {
        for (const [index, image] of images.entries()) {
          const own = digests.get(image)
          if (own !== undefined) this.#digests.add(own, this.#starts[kernel]! + index)
        }
      }
    }
    return this.#digests.numbersOf(digest)
  }
}

/** Whether a part of a glob says how a part of a path is, or how it starts. */
const hasPart = (glob: string): boolean => /(^|\/)[^/*?]/.test(glob)

/** The parts of paths, that is what is between their slashes, and in which paths each is. */
class PathParts {
  readonly #index = new NameIndex()

  constructor(paths: readonly string[]) {
    for (const [number, path] of paths.entries()) {
      for (const part of path.split('/')) {
        this.#index.add(part, number)
        // A container's path ends before the mark.
        if (part.endsWith('!')) this.#index.add(part.slice(0, -1), number)
      }
    }
  }

  /** Paths that may match, each once or more often; undefined where no part of the glob says which. */
  candidates(glob: string): Iterable<number> | undefined {
    let best: readonly string[] | undefined
    let least = Number.POSITIVE_INFINITY
    for (const part of glob.split('/')) {
      const names = part === '' ? undefined : this.#index.candidates(part)
      if (names === undefined) continue
      const count = names.reduce((sum, name) => sum + this.#index.count(name), 0)
      if (count >= least) continue
      best = names
      least = count
    }
    return best?.flatMap(name => this.#index.numbersOf(name))
  }
}

/**
 * A glob is for a whole path or for its end after a slash: a catalogue may lie anywhere. Where it matches a container,
 * it is for all kernels in it. A digest is for images whose record has it.
 */
export function matchesImage(reference: ImageReference, image: string, digest?: string): boolean {
  if ('digest' in reference) return reference.digest === digest
  return insideMatcher(pathMatcher(reference.glob))(image)
}

/** The same for the addresses of images that are in containers, whose paths may match too. */
function insideMatcher(matches: NameMatcher): NameMatcher {
  return image => {
    if (matches(image)) return true
    for (let mark = image.indexOf(INSIDE); mark !== -1; mark = image.indexOf(INSIDE, mark + 1)) {
      if (matches(image.slice(0, mark))) return true
    }
    return false
  }
}

/** What comes after the path of a container in an address. */
const INSIDE = '!/'

function pathMatcher(glob: string): NameMatcher {
  const matches = nameMatcher(glob)
  // A star at the start stands for the directories too.
  if (glob.startsWith('*')) return matches
  const [start] = glob.split(/[*?]/, 1)
  const below = `/${start}`
  return path => {
    if (matches(path)) return true
    for (let slash = path.indexOf(below); slash !== -1; slash = path.indexOf(below, slash + 1)) {
      if (matches(path.slice(slash + 1))) return true
    }
    return false
  }
}
