/**
 * The images of an audit: scanned now, or from facts that were written before.
 * @module
 */
import { statSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import type { KernelFilter } from '../findings/kernel-filter.ts'
import type { CatalogueImage } from '../findings/kernels.ts'
import { factsLines } from '../fleet/facts-file.ts'
import { FactsReader } from '../fleet/facts-reader.ts'
import { scanFiles } from '../fleet/scan-files.ts'
import { RecordReader } from '../record/interning.ts'
import { imageAddress } from '../record/key.ts'
import { RecordError } from '../record/parse.ts'
import type { ImageRecord } from '../record/type.ts'
import { addressedJson, isNoKernel } from '../record/write.ts'
import { imagesAt } from './files-below.ts'
import { HeapRoom } from './heap-room.ts'
import { listedPaths } from './path-list.ts'
import { startProgress } from './progress.ts'
import { type ReadFlags, remoteOptions, scanOptions } from './read-options.ts'
import { tell } from './screen.ts'
import { UsageError } from './usage-error.ts'

/** An image may be given twice, by shards that overlap, say: its guests count once. */
export class Catalogue {
  readonly images: CatalogueImage[] = []
  readonly #records = new Map<string, ImageRecord>()

  /** Images that the filter has left out. */
  notSelected = 0
  readonly #chooses: KernelFilter | undefined

  constructor(chooses?: KernelFilter) {
    this.#chooses = chooses
  }

  take(image: CatalogueImage): void {
    if (this.#chooses !== undefined && !this.#chooses(image.record.facts, image.record.problem)) {
      this.notSelected++
      return
    }
    const known = this.#records.get(image.image)
    if (known === undefined) this.#records.set(image.image, image.record)
    else if (known.facts === image.record.facts || isDeepStrictEqual(known.facts, image.record.facts)) return
    else tell(`${image.image} was given with different facts: each is judged`)
    this.images.push(image)
  }
}

/**
 * Scans the kernels at and below `paths`; files that are not kernels are left out, unless they were named. `seen` takes
 * the addresses of the files that are, or may be, containers.
 */
export async function* scanCatalogue(
  paths: readonly string[],
  flags: ReadFlags & { progress: boolean },
  { added = false, filesFrom, seen }: { added?: boolean; filesFrom?: string; seen?: Set<string> } = {},
): AsyncGenerator<CatalogueImage> {
  if (paths.length === 0 && filesFrom === undefined) return
  const reader = new RecordReader()
  const progress = await startProgress(() => undefined, flags.progress)
  try {
    const named = filesFrom === undefined ? paths : pathsAnd(paths, filesFrom)
    const images = imagesAt({ paths: named, remote: remoteOptions(flags), identify: false })
    for await (const files of scanFiles(images, scanOptions(flags))) {
      for (const { found, result } of files) {
        progress.advance(found.size)
        for (const text of result.records) {
          if (text.inside !== undefined || text.problem !== undefined) seen?.add(found.address)
          if (isNoKernel(text) && !found.named) continue
          const image = imageAddress(found.address, text.inside)
          yield { ...reader.parse(addressedJson(image, text.json)), added }
        }
      }
    }
  } finally {
    progress.stop()
  }
}

/** Paths of the command line, and those of a list after them. */
export function* pathsAnd(paths: readonly string[], filesFrom: string | undefined): Generator<string> {
  yield* paths
  if (filesFrom !== undefined) yield* listedPaths(filesFrom)
}

/** Reads the lines that `scan -o ndjson` wrote. Throws a UsageError that names the line where one is not such a line. */
export function* readFacts(files: readonly string[]): Generator<CatalogueImage> {
  const reader = new FactsReader()
  const room = new HeapRoom(files.reduce((sum, file) => sum + sizeOf(file), 0))
  for (const file of files) {
    for (const { bytes, line } of factsLines(file)) {
      room.add(bytes.length + 1)
      yield parseLine(reader, bytes, file, line)
    }
  }
}

/** The bytes of a file: a pipe has none that are known. What the system says of one that it does not open is told when that is read. */
function sizeOf(file: string): number {
  try {
    return statSync(file).size
  } catch {
    return 0
  }
}

function parseLine(reader: FactsReader, bytes: Buffer, file: string, line: number): CatalogueImage {
  try {
    return reader.parse(bytes)
  } catch (error) {
    if (!(error instanceof RecordError)) throw error
    throw new UsageError(`Cannot read the facts at ${file}:${line}: ${error.message}`)
  }
}
