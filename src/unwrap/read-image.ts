/**
 * One image to its facts: finds the layers, unpacks as far as the ELF's notes need, and scans the ELF.
 * @module
 */
import type { Engine } from '../engine/engine.ts'
import { type ElfBytes, scanElf, scanElfToJson } from '../facts/scan.ts'
import type { Problem } from '../problem.ts'
import type { PassingSource, Source } from '../source/source.ts'
import { ImageReader } from './image-reader.ts'
import type { ImageReading, JsonReading, ReadOptions } from './image-reading.ts'

/** Reads an image. Never throws for what its bytes say, unless `longestStream` asks for it: `problem` tells it. */
export function readImage(engine: Engine, source: Source, options: ReadOptions = {}): ImageReading {
  return readWith(new ImageReader(engine, source, options, scanElf))
}

/** Reads an image like readImage, but a sound ELF's facts come as JSON. */
export function readImageToJson(engine: Engine, source: Source, options: ReadOptions): JsonReading {
  return readWith(new ImageReader(engine, source, options, scanElfToJson))
}

/** A reading whose ELF can be read on. Close it. */
export interface OpenImage extends ImageReading {
  /**
   * The ELF inside, absent where there is none. Each read may change the engine's memory. Nothing else may use the engine
   * until the image is closed.
   */
  elf?: PassingSource
  /** Unpacks the rest and compares all checksums, also of what was forgotten. Returns the problem that was found then, or before. */
  finish(): Problem | undefined
  close(): void
}

/** Reads an image like readImage, and leaves the ELF inside open. */
export function openImage(engine: Engine, source: Source, options: ReadOptions = {}): OpenImage {
  const reader = new ImageReader(engine, source, options, scanElf)
  runReader(reader)
  const { elf, reading } = reader
  const rest = {
    finish: () => {
      elf.finish()
      return reading.problem
    },
    close: () => reader.close(),
  }
  return elf.bytes === undefined
    ? { ...reading, ...rest }
    : {
        ...reading,
        elf: { ...sourceOf(engine, elf.bytes), forget: position => elf.forget(position) },
        ...rest,
      }
}

/** An ELF by position as a source. */
const sourceOf = (engine: Engine, { size, need }: ElfBytes): Source => ({
  size,
  read(into, position) {
    const { start, address, length } = need(position, Math.min(position + into.length, size))
    const from = address + position - start
    const bytes = engine.memory.subarray(from, Math.min(from + into.length, address + length))
    into.set(bytes)
    return bytes.length
  },
})

function readWith(reader: ImageReader): JsonReading {
  try {
    runReader(reader)
  } finally {
    reader.close()
  }
  return reader.reading
}

function runReader(reader: ImageReader): void {
  try {
    reader.read()
  } catch (error) {
    // The memory of an engine ends at 4 GiB, and the machine's may end sooner.
    if (!(error instanceof RangeError)) throw error
    reader.noteMemory()
  }
}
