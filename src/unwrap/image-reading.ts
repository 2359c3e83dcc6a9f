/**
 * What reading an image gives, and what it may be asked for.
 * @module
 */
import type { ElfUse } from '../facts/elf-use.ts'
import { FACTS_VERSION, type Facts } from '../facts/facts.ts'
import { elfProblem } from '../facts/problem.ts'
import type { Problem } from '../problem.ts'
import type { BlocksAhead } from './blocks-ahead.ts'
import { foreignFile } from './foreign.ts'
import type { UnpackLimits } from './unpacker.ts'

export interface ReadOptions {
  /** Unpack every stream to its end, and compare its checksums and sizes. */
  verify?: boolean
  limits?: Partial<UnpackLimits>
  /**
   * A stream of more compressed bytes, all of which count, is not begun with, but a StreamTooLong thrown. The same for one
   * that has to be unpacked to its end, and probably to more than the limit of the output.
   */
  longestStream?: number
  /** Decodes blocks of a stream on other threads, while this one decodes others. */
  ahead?: BlocksAhead
}

/** Raised where unpacking would take longer than the reader can wait. */
export class StreamTooLong extends Error {
  override name = 'StreamTooLong'
}

/** What reading took. It is no part of the facts: these do not depend on how the bytes were come by. */
export interface ReadCost {
  /** Bytes read from the file. */
  read: number
  /** Bytes unpacked. */
  unpacked: number
}

export interface ImageReading {
  facts: Facts
  problem?: Problem
  cost: ReadCost
  /** What an ELF file is for, be it bare or compressed. */
  use?: ElfUse
}

/** A reading for those who want nothing but its JSON. */
export interface JsonReading extends ImageReading {
  /** The facts of the ELF, where it is sound; `facts.elf` is absent then. */
  elfJson?: string
  /** The start of a file of which nothing more was read, in the engine's memory: until that is used again. */
  head?: Uint8Array
}

/** A reading as it grows. */
export class GrowingReading {
  readonly reading: JsonReading

  /** Of a file of `size` bytes. */
  constructor(size: number) {
    const facts: Facts = { version: FACTS_VERSION, size, kind: 'unknown', layers: [] }
    this.reading = { facts, cost: { read: 0, unpacked: 0 } }
  }

  /** The first problem counts: what is found later mostly follows from it. */
  note(problem: Problem | undefined): void {
    if (problem !== undefined) this.reading.problem ??= problem
  }

  /** What is no kernel for x86 by its first bytes, in the file or unpacked, is named if it is known. */
  noteNoKernel(head: Uint8Array): void {
    const foreign = foreignFile(head)
    const { facts } = this.reading
    const isPacked = facts.layers.length > 0
    if (foreign !== undefined && !isPacked) facts.kind = foreign.kind
    const message =
      foreign === undefined
        ? 'Cannot find a kernel in the file: it is no ELF, no bzImage, and no compressed ELF'
        : `Cannot find an x86 kernel in the file: it ${isPacked ? 'unpacks to' : 'is'} ${foreign.name}`
    this.note({ code: foreign?.isKernel ? 'foreign-kernel' : 'not-a-kernel', message, offset: 0 })
  }

  /** What is wrong with the ELF: said last, because it mostly follows from what it came out of. */
  noteElf(): void {
    const { elf } = this.reading.facts
    if (elf !== undefined) this.note(elfProblem(elf))
  }
}
