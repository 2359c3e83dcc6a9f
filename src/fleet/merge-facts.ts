/**
 * Joins facts files, in the order of a walk, whatever the order in which they are given. Memory depends on the number
 * of runs and not on that of images.
 * @module
 */
import { type FactsLine, findRuns, readRun } from './facts-file.ts'

/** Two different records of one path. */
export interface Conflict {
  kept: FactsLine
  dropped: FactsLine
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
  let last: FactsLine | undefined
  for (let line = heap.pop(); line !== undefined; line = heap.pop()) {
    if (last?.key !== line.key) yield line.text
    else if (last.text !== line.text) tell({ kept: last, dropped: line })
    if (last?.key !== line.key) last = line
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

  pop(): FactsLine | undefined {
    const heads = this.#heads
    const first = heads[0]
    if (first === undefined) return undefined
    const { line, rest } = first
    const last = heads.pop()!
    if (heads.length > 0) {
      heads[0] = last
      this.#sink()
    }
    this.push(rest)
    return line
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
