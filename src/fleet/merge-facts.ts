/**
 * Joins facts files, in the order of a walk, whatever the order in which they are given. Memory depends on the number
 * of runs and not on that of images.
 * @module
 */
import { type FactsLine, findRuns, readRun } from './facts-file.ts'

/** Where a line is. */
type Place = Pick<FactsLine, 'file' | 'line'>

/** Two different records of one path. */
export interface Conflict {
  kept: Place
  dropped: Place
}

interface Head {
  line: FactsLine
  rest: Iterator<FactsLine>
}

/** Bytes that are yielded at once, if no line is longer. */
const BATCH = 256 * 1024
const NEWLINE = 0x0a

/**
 * Yields the lines of all files, each path once, many at a time. Equal lines are one; of different ones for one path the
 * first by its bytes is kept, so that the order of the files is no matter, and `tell` is called. Throws a FactsFileError.
 */
export function* mergeFacts(files: readonly string[], tell: (conflict: Conflict) => void): Generator<Buffer> {
  const heap = new Heap()
  const runs = files.flatMap(findRuns)
  for (const run of runs) heap.push(readRun(run, runs.length))
  let batch = Buffer.allocUnsafe(BATCH)
  let used = 0
  /** The line that was taken last; its bytes are in the batch, or in the one before. */
  let last: FactsLine | undefined
  for (let line = heap.first; line !== undefined; line = heap.first) {
    const { key, bytes } = line
    if (last?.key === key) {
      if (last.bytes.compare(bytes) !== 0) tell({ kept: last, dropped: { file: line.file, line: line.line } })
    } else {
      const size = bytes.length + 1
      if (used + size > batch.length) {
        if (used > 0) yield batch.subarray(0, used)
        batch = Buffer.allocUnsafe(Math.max(BATCH, size))
        used = 0
      }
      bytes.copy(batch, used)
      batch[used + size - 1] = NEWLINE
      last = { ...line, bytes: batch.subarray(used, used + size - 1) }
      used += size
    }
    heap.advance()
  }
  if (used > 0) yield batch.subarray(0, used)
}

const isBefore = (a: FactsLine, b: FactsLine) =>
  a.key < b.key || (a.key === b.key && a.bytes.compare(b.bytes) < 0)

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
