/**
 * One file to its records on Node and Deno: what every worker does, and the main thread for small jobs.
 * @module
 */
import type { Engine } from '../engine/engine.ts'
import type { ContainedKernel } from '../read/kernel-cache.ts'
import {
  type CopyResult,
  type FileOptions,
  type FileReaders,
  type ReadResult,
  readOpened,
} from '../read/read-file.ts'
import type { OpenSource } from '../source/source.ts'
import { thisMachine } from './machine.ts'
import { hasSameBytes, type Original } from './same-bytes.ts'

/** Thrown for a container while the readers of containers are not loaded: see loadingContainers. */
class ContainersNotLoaded extends Error {
  override name = 'ContainersNotLoaded'
}

let containers: typeof import('./read-container.ts') | undefined
/** What other threads read in containers before this one met any. */
let learned: ContainedKernel[] = []

const readers: FileReaders = {
  sha256: thisMachine.sha256,
  readContainer(...file) {
    if (containers === undefined) throw new ContainersNotLoaded()
    return containers.reader.read(...file)
  },
}

/** Loads the readers of containers: what is read from a server would else be asked for twice. */
export async function loadContainers(): Promise<void> {
  containers = await import('./read-container.ts')
  learnKernels(learned)
  learned = []
}

/** Takes kernels that another thread read in containers: they need not be unpacked here. */
export function learnKernels(kernels: readonly ContainedKernel[]): void {
  if (containers === undefined) learned.push(...kernels)
  else containers.reader.kernels.learn(kernels)
}

/** The kernels that this thread read in containers since this was called before. */
export const takeNewKernels = (): ContainedKernel[] => containers?.reader.kernels.takeNew() ?? []

/**
 * What `read` returns, which calls readFile or readUnlessCopy. Loads the readers of containers when the first container
 * is met, and calls `read` again: they are as much code as all the rest of a scan, and bare kernels do not need them.
 * A promise is returned only then: one for each file would cost a tenth of a bare kernel.
 */
export function loadingContainers<T>(read: () => T): T | Promise<T> {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof ContainersNotLoaded)) throw error
    return loadContainers().then(read)
  }
}

/** Reads a file. What is wrong with it is in the record. Where it may be a container, call it in loadingContainers. */
export const readFile = (
  engine: Engine,
  open: (asFound: boolean) => OpenSource,
  options: FileOptions,
): ReadResult => readOpened(readers, engine, open, options) as ReadResult

/** Reads a file, unless it turns out to be a copy of one of the `originals`. Where it may be a container, call it in loadingContainers. */
export function readUnlessCopy(
  engine: Engine,
  open: (asFound: boolean) => OpenSource,
  options: FileOptions,
  originals: readonly Original[],
): ReadResult | CopyResult {
  return readOpened(readers, engine, open, options, source => {
    const copyOf = originals.findIndex(original => hasSameBytes(source, original))
    return copyOf === -1 ? undefined : copyOf
  })
}
