/** What the layers of all codecs have in common. */

import { readU32 } from '../engine/block-stop.ts'
import type { Codec, StreamFault, StreamLayer } from '../facts/facts.ts'
import type { StreamErrorCode } from '../problem.ts'
import { hex } from '../problem.ts'
import type { Input } from './unpacker.ts'

/** Linux appends the unpacked size (scripts/Makefile.lib, file_size_append); gzip's ISIZE is in the same place. */
export const SIZE_WORD = 4

export { hex }

/** A layer of which nothing but its length and its size word is known. */
export function openLayer(codec: Codec, input: Input): StreamLayer {
  const layer: StreamLayer = { kind: 'stream', codec, offset: 0, length: input.length, verified: false }
  const word = new Uint8Array(SIZE_WORD)
  if (input.length >= SIZE_WORD && input.read(word, input.length - SIZE_WORD) === SIZE_WORD) {
    layer.sizeWord = readU32(word, 0)
  }
  return layer
}

/** Notes why unpacking stopped: the first reason counts. */
export function failStream(
  layer: StreamLayer,
  code: StreamErrorCode,
  offset: number,
  message: string,
  fault?: StreamFault,
): void {
  layer.error ??= { code, offset, message, ...(fault !== undefined && { fault }) }
}

/**
 * Completes the layer of a stream that was unpacked to its end with all checksums right. Four bytes after
 * the end are the size word, which has to agree, as Xen wants it (xen/arch/x86/bzimage.c, output_length()).
 */
export function completeLayer(layer: StreamLayer, unpacked: number, consumed: number): void {
  layer.unpacked = unpacked
  layer.consumed = consumed
  if (layer.length - consumed === SIZE_WORD && layer.sizeWord !== unpacked % 2 ** 32) {
    const message = `the size word at ${hex(consumed)} is ${layer.sizeWord}, the stream unpacks to ${unpacked} bytes`
    failStream(layer, 'checksum-mismatch', consumed, message)
  }
  layer.verified = layer.error === undefined
}
