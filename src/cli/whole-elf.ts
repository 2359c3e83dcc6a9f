/**
 * The ELF inside an image, to its last byte and with all checksums compared.
 * @module
 */
import type { Engine } from '../engine/engine.ts'
import type { ElfFacts, Facts } from '../facts/facts.ts'
import { createEngine } from '../fleet/engines.ts'
import { hex, type Problem } from '../problem.ts'
import type { Source } from '../source/source.ts'
import { openImage } from '../unwrap/read-image.ts'
import { type ReadFlags, scanOptions } from './read-options.ts'
import { tell } from './screen.ts'
import { UsageError } from './usage-error.ts'

const PT_LOAD = 1

/** Problems of an ELF that is there to its last byte all the same. */
const WHOLE: ReadonlySet<string> = new Set([
  'elf-big-endian',
  'elf-machine-unsupported',
  'note-outside-file',
  'too-many-headers',
  'too-many-notes',
])

export interface OpenElf {
  facts: Facts
  elfFacts: ElfFacts
  /** The ELF, read as far as its notes; the rest is unpacked as it is read. */
  elf: Source
  /** Unpacks the rest, and throws a UsageError where the image is damaged. To be called before any of it is relied on. */
  finish(): void
  close(): void
}

/** Opens the ELF in an image. Throws a UsageError where there is none, or where bytes of it are missing. */
export function openElf(
  image: string,
  source: Source,
  flags: ReadFlags,
  engine: Engine = createEngine(flags.engine),
): OpenElf {
  const { limits = {} } = scanOptions(flags).read
  const opened = openImage(engine, source, { limits })
  const { facts, problem, elf, close } = opened
  const told = (found: Problem) => new UsageError(`${image}: ${found.message}`)
  try {
    if (problem !== undefined && !(elf !== undefined && WHOLE.has(problem.code))) throw told(problem)
    if (elf === undefined || facts.elf === undefined) {
      throw new UsageError(`${image}: Cannot find an ELF in the image: it is a flat image`)
    }
    const cut = missingPart(facts.elf)
    if (cut !== undefined) throw new UsageError(`${image}: ${cut}`)
  } catch (error) {
    close()
    throw error
  }
  if (problem !== undefined) tell(`${image}: ${problem.message}`)
  const finish = () => {
    const found = opened.finish()
    if (found !== undefined && found !== problem) throw told(found)
  }
  return { facts, elfFacts: facts.elf, elf, finish, close }
}

/** What says that bytes are missing at the end of the ELF. */
function missingPart({ segments, size }: ElfFacts): string | undefined {
  for (const { type, index, offset, filesz } of segments) {
    const end = BigInt(offset) + BigInt(filesz)
    if (type === PT_LOAD && end > BigInt(size)) {
      return `Cannot take the ELF for whole: its segment ${index} ends at ${hex(end)}, the file at ${hex(size)}`
    }
  }
  return undefined
}
