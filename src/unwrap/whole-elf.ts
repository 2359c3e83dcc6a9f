/**
 * The ELF inside an image, to its last byte and with all checksums compared.
 * @module
 */
import type { Engine } from '../engine/engine.ts'
import type { ElfFacts, Facts } from '../facts/facts.ts'
import { hex, type Problem } from '../problem.ts'
import type { PassingSource, Source } from '../source/source.ts'
import { openImage } from './read-image.ts'
import type { UnpackLimits } from './unpacker.ts'

const PT_LOAD = 1

/** Problems of an ELF that is there to its last byte all the same. */
const WHOLE: ReadonlySet<string> = new Set([
  'elf-big-endian',
  'elf-machine-unsupported',
  'note-outside-file',
  'too-many-headers',
  'too-many-notes',
])

/** Raised where an image has no whole ELF in it. `message` says why. */
export class NoWholeElf extends Error {
  override name = 'NoWholeElf'
}

export interface WholeElf {
  facts: Facts
  elfFacts: ElfFacts
  /** The ELF, read as far as its notes; the rest is unpacked as it is read. */
  elf: PassingSource
  /** What is wrong with it, though all of it is there. */
  problem?: Problem
  /** Unpacks the rest. Throws a NoWholeElf where the image is damaged. To be called before any of it is relied on. */
  finish(): void
  close(): void
}

/** Opens the ELF in an image. Throws a NoWholeElf where there is none, or where bytes of it are missing. */
export function openWholeElf(engine: Engine, source: Source, limits: Partial<UnpackLimits> = {}): WholeElf {
  const opened = openImage(engine, source, { limits })
  const { facts, problem, elf, close } = opened
  try {
    if (problem !== undefined && !(elf !== undefined && WHOLE.has(problem.code)))
      throw new NoWholeElf(problem.message)
    if (elf === undefined || facts.elf === undefined)
      throw new NoWholeElf('Cannot find an ELF in the image: it is a flat image')
    const cut = missingPart(facts.elf)
    if (cut !== undefined) throw new NoWholeElf(cut)
  } catch (error) {
    close()
    throw error
  }
  const finish = () => {
    const found = opened.finish()
    if (found !== undefined && found !== problem) throw new NoWholeElf(found.message)
  }
  return { facts, elfFacts: facts.elf, elf, ...(problem !== undefined && { problem }), finish, close }
}

/** Read at once. */
const STEP = 2 ** 18

/** Unpacks the ELF to its end, and keeps nothing of it. Throws a NoWholeElf where the image is damaged. */
export function checkToEnd({ elf, finish }: Pick<WholeElf, 'elf' | 'finish'>): void {
  const buffer = new Uint8Array(STEP)
  for (let position = 0; position < elf.size; ) {
    const length = elf.read(buffer, position)
    if (length === 0) break
    position += length
    elf.forget(position)
  }
  finish()
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
