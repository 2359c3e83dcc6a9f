/** A file whose bytes lie in pieces of another source. */
import { hex } from '../problem.ts'
import type { Source } from '../source/source.ts'
import type { Budget } from './budget.ts'
import { ContainerError } from './container-error.ts'

/** A piece of a file: `length` bytes from `offset` of `source` on, or zeros where it has no place. */
export interface Run {
  readonly length: number
  readonly source?: Source
  readonly offset?: number
}

export interface MappedFile {
  readonly layer: string
  readonly budget: Budget
  readonly size: number
  /** The piece that `position` lies in, from there on: at least one byte long. More than `wanted` bytes are of no use. */
  locate(position: number, wanted: number): Run
}

export class MappedSource implements Source {
  readonly size: number
  readonly #file: MappedFile

  constructor(file: MappedFile) {
    this.size = file.size
    this.#file = file
  }

  /** Throws a ContainerError where the structures that lead to the bytes are broken, or the bytes are not there. */
  read(into: Uint8Array, position: number): number {
    const { layer, budget } = this.#file
    const wanted = Math.max(0, Math.min(into.length, this.size - position))
    let done = 0
    while (done < wanted) {
      budget.step(layer)
      const run = this.#file.locate(position + done, wanted - done)
      const length = Math.min(run.length, wanted - done)
      if (!(length >= 1)) throw new Error('a run without bytes')
      const part = into.subarray(done, done + length)
      if (run.source === undefined || run.offset === undefined) part.fill(0)
      else if (!(run.offset >= 0) || run.source.read(part, run.offset) < length) {
        const message = `Cannot read the ${layer} file at ${hex(position + done)}: its bytes lie at ${hex(run.offset)}, the bytes end at ${hex(run.source.size)}`
        throw new ContainerError('container-truncated', layer, message, run.offset)
      }
      done += length
    }
    return done
  }
}

/** Sources one after the other, as a file of `layer`. */
export function joinSources(parts: readonly Source[], layer: string, budget: Budget): Source {
  const starts: number[] = []
  let size = 0
  for (const part of parts) {
    starts.push(size)
    size += part.size
  }
  const locate = (position: number): Run => {
    const index = starts.findLastIndex(start => start <= position)
    const [source, offset] = [parts[index]!, position - starts[index]!]
    return { length: source.size - offset, source, offset }
  }
  return new MappedSource({ layer, budget, size, locate })
}
