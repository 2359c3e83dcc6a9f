/**
 * Joins facts files, in the order of a walk, whatever the order in which they are given. Memory depends on the number
 * of runs and not on that of images.
 * @module
 */
import { type FactsLine, findRuns, readRun } from './facts-file.ts'

/** A line of a run that has gone on since. */
type Taken = Pick<FactsLine, 'key' | 'file' | 'line' | 'text'>

/** Two different records of one path. */
export interface Conflict {
  kept: Taken
  dropped: Taken
}

interface Head {
  line: FactsLine
  rest: Iterator<FactsLine>
}

/**
 * Yields the lines of all files, each path once. Equal lines are one; of different ones for one path the first by its
 * text is kept, so that the order of the files is no matter, and `tell` is called. Throws a FactsFileError.
 */
export function* mergeFacts(files: readonly string[], tell: (conflict: Conflict) => void): Generator<string> {
  const heap = new Heap()
  const runs = files.flatMap(findRuns)
  for (const run of runs) heap.push(readRun(run, runs.length))
  let last: Taken | undefined
  for (let line = heap.first; line !== undefined; line = heap.first) {
    const { key, file, line: number, text } = line
    const taken = { key, file, line: number, text }
    if (last?.key !== key) {
      last = taken
      yield text
    } else if (last.text !== text) tell({ kept: last, dropped: taken })
    heap.advance()
  }
}

const isBefore = (a: FactsLine, b: FactsLine) => a.key < b.key || (a.key === b.key && a.text < b.text)

/** The next lines of all runs, the first of them on top. */
class Heap {
  readonly #heads: Head[] = []

  push(rest: Iterator<FactsLine>): void {
    const { value, done } = rest.next()
    if (done) return
    const heads = this.#heads
    let at = heads.push({ line: value, rest }) - 1
    while (at > 0) {
      const above = (at - 1) >> 1
      if (!isBefore(heads[at]!.line, heads[above]!.line)) return
      this.#swap(at, above)
      at = above
    }
  }

  /** The first of all lines. */
  get first(): FactsLine | undefined {
    return this.#heads[0]?.line
  }

  /** Goes on to the line after the first. */
  advance(): void {
    const heads = this.#heads
    const first = heads[0]!
    const { value, done } = first.rest.next()
    if (!done) first.line = value
    else {
      const last = heads.pop()!
      if (heads.length === 0) return
      heads[0] = last
    }
    this.#sink()
  }

  #sink(): void {
    const heads = this.#heads
    for (let at = 0; ; ) {
      let least = at
      for (const below of [2 * at + 1, 2 * at + 2]) {
        if (below < heads.length && isBefore(heads[below]!.line, heads[least]!.line)) least = below
      }
      if (least === at) return
      this.#swap(at, least)
      at = least
    }
  }

  #swap(a: number, b: number): void {
    const heads = this.#heads
    ;[heads[a], heads[b]] = [heads[b]!, heads[a]!]
  }
}
