/**
 * The images of an audit: scanned now, or from facts that were written before.
 * @module
 */
import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { isDeepStrictEqual } from 'node:util'
import { isRecord } from '../document/tree.ts'
import { type ElfFacts, FACTS_VERSION } from '../facts/facts.ts'
import type { CatalogueImage } from '../findings/kernels.ts'
import { scanFiles } from '../fleet/scan-files.ts'
import type { ImageRecord } from '../report/scan/entry.ts'
import { walk } from '../source/walk.ts'
import { startProgress } from './progress.ts'
import { type ReadFlags, scanOptions } from './read-options.ts'
import { tell } from './screen.ts'
import { UsageError } from './usage-error.ts'

/** An image may be given twice, by shards that overlap, say: its guests count once. */
export class Catalogue {
  readonly images: CatalogueImage[] = []
  readonly #records = new Map<string, ImageRecord>()

  take(image: CatalogueImage): void {
    const known = this.#records.get(image.image)
    if (known === undefined) this.#records.set(image.image, image.record)
    else if (isDeepStrictEqual(known.facts, image.record.facts)) return
    else tell(`${image.image} was given with different facts: each is judged`)
    this.images.push(image)
  }
}

/** Scans the kernels at and below `paths`; files that are none are left out, unless they were named. */
export async function* scanCatalogue(
  paths: readonly string[],
  flags: ReadFlags & { progress: boolean },
  added = false,
): AsyncGenerator<CatalogueImage> {
  if (paths.length === 0) return
  const progress = await startProgress(() => undefined, flags.progress)
  try {
    for await (const files of scanFiles(walk(paths), scanOptions(flags))) {
      for (const { found, result } of files) {
        progress.advance(found.size)
        if (result.problem === 'not-a-kernel' && !found.named) continue
        yield { image: found.path, record: JSON.parse(result.json) as ImageRecord, added }
      }
    }
  } finally {
    progress.stop()
  }
}

/** Reads the lines that `scan -o ndjson` wrote. Throws a UsageError that names the line where one is none of these. */
export async function* readFacts(files: readonly string[]): AsyncGenerator<CatalogueImage> {
  for await (const { text, where } of factsLines(files)) yield parseLine(text, where)
}

/** The lines of facts files that are not empty. Throws a UsageError where a file cannot be read. */
export async function* factsLines(files: readonly string[]): AsyncGenerator<{ text: string; where: string }> {
  for (const file of files) {
    let line = 0
    try {
      for await (const text of createInterface({
        input: createReadStream(file),
        crlfDelay: Number.POSITIVE_INFINITY,
      })) {
        line++
        if (text.trim() !== '') yield { text, where: `${file}:${line}` }
      }
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code === undefined) throw error
      throw new UsageError(`Cannot read the facts ${file}: the system says ${code}`)
    }
  }
}

function parseLine(text: string, where: string): CatalogueImage {
  let data: unknown
  try {
    data = JSON.parse(text)
  } catch {
    throw new UsageError(`Cannot read the facts at ${where}: the line is no JSON`)
  }
  if (!isRecord(data) || typeof data.image !== 'string' || !isImageRecord(data)) {
    throw new UsageError(`Cannot read the facts at ${where}: expected a line of \`scan -o ndjson\``)
  }
  const { image, kind, facts, problem, digest } = data
  if (facts.version !== FACTS_VERSION) {
    throw new UsageError(
      `Cannot read the facts at ${where}: their version is ${facts.version}, expected ${FACTS_VERSION}; scan again`,
    )
  }
  return {
    image,
    record: {
      kind,
      facts,
      ...(problem !== undefined && { problem }),
      ...(digest !== undefined && { digest }),
    },
  }
}

/** Whether a line has the parts that every record has; what is in them was written by a scan, or by nobody we know. */
function isImageRecord(data: Record<string, unknown>): data is Record<string, unknown> & ImageRecord {
  const { kind, facts, problem, digest } = data
  const elf = isRecord(facts) ? facts.elf : undefined
  return (
    typeof kind === 'string' &&
    isRecord(facts) &&
    Array.isArray(facts.layers) &&
    facts.layers.every(isRecord) &&
    (elf === undefined || (isRecord(elf) && ELF_LISTS.every(name => isListOfRecords(elf[name])))) &&
    (problem === undefined || (isRecord(problem) && typeof problem.message === 'string')) &&
    (digest === undefined || typeof digest === 'string')
  )
}

const ELF_LISTS = ['segments', 'walks', 'notes'] satisfies (keyof ElfFacts)[]

const isListOfRecords = (value: unknown) => Array.isArray(value) && value.every(isRecord)
