/** A source with some bytes written over, and others appended. */
import type { Source } from '../source/source.ts'

/** Bytes that take the place of others. */
export interface Patch {
  /** Where in the source; what lies at and after its end is appended. */
  offset: number
  bytes: Uint8Array
}

/**
 * `base` with the patches on it, the later over the earlier. It ends where the last of them does, and is zero where nothing
 * was written after the end of `base`.
 */
export class PatchedSource implements Source {
  readonly size: number
  readonly #base: Source
  readonly #patches: readonly Patch[]

  constructor(base: Source, patches: readonly Patch[]) {
    this.#base = base
    this.#patches = patches
    this.size = Math.max(base.size, ...patches.map(({ offset, bytes }) => offset + bytes.length))
  }

  read(into: Uint8Array, position: number): number {
    const length = Math.max(0, Math.min(into.length, this.size - position))
    if (length === 0) return 0
    const wanted = into.subarray(0, length)
    const fromBase = Math.max(0, Math.min(length, this.#base.size - position))
    if (fromBase > 0) {
      const count = this.#base.read(wanted.subarray(0, fromBase), position)
      if (count < fromBase) return count
    }
    wanted.fill(0, fromBase)
    applyPatches(wanted, position, this.#patches)
    return length
  }
}

/** Writes patches over the bytes of a file from `position` on, the later over the earlier. */
export function applyPatches(piece: Uint8Array, position: number, patches: readonly Patch[]): void {
  for (const { offset, bytes } of patches) {
    const start = Math.max(offset, position)
    const end = Math.min(offset + bytes.length, position + piece.length)
    if (start < end) piece.set(bytes.subarray(start - offset, end - offset), start - position)
  }
}

/** A part of a file, in bytes. */
export interface Span {
  start: number
  end: number
}

/** The parts of `size` bytes that no patch touches, in order. */
export function untouched(size: number, patches: readonly Patch[]): Span[] {
  const spans: Span[] = []
  let start = 0
  for (const { offset, bytes } of [...patches].sort((a, b) => a.offset - b.offset)) {
    if (offset > start) spans.push({ start, end: Math.min(offset, size) })
    start = Math.max(start, Math.min(offset + bytes.length, size))
    if (start >= size) break
  }
  if (start < size) spans.push({ start, end: size })
  return spans
}
