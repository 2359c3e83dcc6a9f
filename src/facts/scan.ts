/**
 * Drives an engine over an ELF image, and returns its facts.
 * @module
 */
import type { Engine, Window } from '../engine/engine.ts'
import { BASE, RECORD } from '../engine/memory.ts'
import { PHASE, PHASE_START, SIZE, WANT_LENGTH, WANT_START } from '../engine/record.ts'
import { decodeRecord } from './decode.ts'
import { elfJson } from './elf-json.ts'
import type { ElfFacts } from './facts.ts'

/** An ELF image by position. */
export interface ElfBytes {
  /** Bytes of the image; below 2^52. */
  readonly size: number
  /** Brings [start, end) into the engine's memory, or as much of it as there is; more may come along. */
  need(start: number, end: number): Window
}

/** Above every file system's largest file; keeps positions and sums of them exact in both engines. */
const MAX_SIZE = 2 ** 52

const NOTHING: Window = { start: 0, address: BASE, length: 0 }

/**
 * Scans an ELF image, and asks for no more of it than its notes need.
 * A window that comes back short means that the image ends there. Throws only what `need` throws, and a
 * RangeError for a size that no file has.
 */
export function scanElf(engine: Engine, bytes: ElfBytes): ElfFacts {
  fillRecord(engine, bytes)
  return decodeRecord(engine.memory)
}

/** Like scanElf, but returns the facts of a sound image as JSON (elf-json.ts). */
export function scanElfToJson(engine: Engine, bytes: ElfBytes): string | ElfFacts {
  fillRecord(engine, bytes)
  return elfJson(engine.memory) ?? decodeRecord(engine.memory)
}

function fillRecord(engine: Engine, bytes: ElfBytes): void {
  if (!(bytes.size >= 0 && bytes.size < MAX_SIZE)) {
    throw new RangeError(`Cannot scan the ELF: its size is ${bytes.size}, limit is 2^52`)
  }
  let record = begin(engine, bytes.size)
  let window = NOTHING
  while (engine.scanElf(window.address, window.length, window.start) !== 0) {
    // Bringing in a window may have made the memory another.
    if (record.buffer !== engine.memory.buffer) record = recordOf(engine)
    const start = record.getUint32(WANT_START, true) + record.getUint32(WANT_START + 4, true) * 2 ** 32
    window = bytes.need(start, start + record.getUint32(WANT_LENGTH, true))
  }
}

/** Scans an ELF image that lies whole in a byte array. */
export function scanElfBytes(engine: Engine, bytes: Uint8Array): ElfFacts {
  engine.reserve(BASE + bytes.length)
  engine.memory.set(bytes, BASE)
  begin(engine, bytes.length)
  engine.scanElf(BASE, bytes.length, 0)
  return decodeRecord(engine.memory)
}

function begin(engine: Engine, size: number): DataView {
  const record = recordOf(engine)
  record.setUint32(PHASE, PHASE_START, true)
  record.setUint32(SIZE, size % 2 ** 32, true)
  record.setUint32(SIZE + 4, Math.floor(size / 2 ** 32), true)
  return record
}

const recordOf = ({ memory }: Engine) => new DataView(memory.buffer, memory.byteOffset + RECORD)
