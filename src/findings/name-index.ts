/**
 * Numbers by name, for thousands of globs that are held against a million names.
 * @module
 */
import { isGlob } from '../inventory/name-glob.ts'

export class NameIndex {
  /** Most names have one number: those need no list. */
  readonly #numbers = new Map<string, number | number[]>()
  #sorted: string[] | undefined

  /** Each name's numbers have to come in order; one that it has is not added again. */
  add(name: string, number: number): void {
    const known = this.#numbers.get(name)
    if (known === undefined) this.#numbers.set(name, number)
    else if (typeof known === 'object') {
      if (known.at(-1) !== number) known.push(number)
    } else if (known !== number) this.#numbers.set(name, [known, number])
  }

  count(name: string): number {
    const numbers = this.#numbers.get(name)
    return numbers === undefined ? 0 : typeof numbers === 'number' ? 1 : numbers.length
  }

  /** In order. */
  numbersOf(name: string): readonly number[] {
    const numbers = this.#numbers.get(name) ?? []
    return typeof numbers === 'number' ? [numbers] : numbers
  }

  /** The names that start as the glob does, or the one that it is; undefined where it starts with any character. */
  candidates(glob: string): readonly string[] | undefined {
    if (!isGlob(glob)) return [glob]
    const prefix = glob.slice(0, glob.search(/[*?]/))
    if (prefix === '') return undefined
    this.#sorted ??= [...this.#numbers.keys()].sort()
    const names: string[] = []
    for (let at = firstFrom(this.#sorted, prefix); this.#sorted[at]?.startsWith(prefix); at++)
      names.push(this.#sorted[at]!)
    return names
  }

  names(): Iterable<string> {
    return this.#numbers.keys()
  }
}

/** The index of the first name that is not before `prefix`. */
function firstFrom(sorted: readonly string[], prefix: string): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (sorted[middle]! < prefix) low = middle + 1
    else high = middle
  }
  return low
}

/** Each once, the least first. */
export const inOrder = (numbers: readonly number[]): number[] => [...new Set(numbers)].sort((a, b) => a - b)

/** The numbers of lists that are in order, each once. */
export const together = (lists: readonly (readonly number[])[]): readonly number[] =>
  lists.length === 1 ? lists[0]! : inOrder(lists.flat())

/**
 * Splits numbers, which are in order, by the list that they are of where several are numbered one after the other: by the
 * index of the list the places in it. `starts` has the number of each list's first item.
 */
export function byList(numbers: readonly number[], starts: readonly number[]): Map<number, number[]> {
  const found = new Map<number, number[]>()
  let list = -1
  let start = 0
  let end = 0
  for (const number of numbers) {
    while (number >= end) {
      list++
      start = starts[list]!
      end = starts[list + 1] ?? Number.POSITIVE_INFINITY
    }
    const places = found.get(list)
    if (places === undefined) found.set(list, [number - start])
    else places.push(number - start)
  }
  return found
}
