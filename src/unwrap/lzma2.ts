/**
 * LZMA2: chunks of LZMA or of plain bytes, of which every first may reset the dictionary, the properties
 * and the probabilities (the .xz file format, section 5.3.1, and lzma2_decoder.c of XZ Utils).
 */

import { LZMA_AT_TARGET, LZMA_BAD_DISTANCE, LZMA_BAD_LENGTH, MAX_LC_LP } from '../engine/lzma-state.ts'
import type { StreamError, StreamFault } from '../facts/facts.ts'
import type { StreamErrorCode } from '../problem.ts'
import { INPUT_ENDED, type LzmaStream, RANGE_BYTES } from './lzma-stream.ts'
import { hex } from './stream-layer.ts'
import type { UnpackContext } from './unpacker.ts'

/** lc, lp and pb in one byte: (pb * 5 + lp) * 9 + lc. */
export interface LzmaProperties {
  lc: number
  lp: number
  pb: number
}

/** Undefined where the byte is above the largest one. */
export function lzmaProperties(byte: number): LzmaProperties | undefined {
  if (byte >= 9 * 5 * 5) return undefined
  return { lc: byte % 9, lp: Math.floor(byte / 9) % 5, pb: Math.floor(byte / 45) }
}

// The control byte of a chunk.
const END = 0
const PLAIN_RESET = 1
const PLAIN = 2
const LZMA = 0x80
const LZMA_RESET_STATE = 0xa0
const LZMA_NEW_PROPERTIES = 0xc0
const LZMA_RESET_DICTIONARY = 0xe0

export class Lzma2 {
  /** True after the last chunk. */
  ended = false
  readonly #context: UnpackContext
  readonly #lzma: LzmaStream
  readonly #dictionary: number
  #properties: LzmaProperties | undefined
  #started = false
  #chunk = 0
  /** Where the current LZMA chunk ends, unpacked and compressed. */
  #end = 0
  #inputEnd = 0

  /** The chunks from `lzma.position` on. */
  constructor(context: UnpackContext, lzma: LzmaStream, dictionary: number) {
    this.#context = context
    this.#lzma = lzma
    this.#dictionary = dictionary
    this.#end = lzma.produced
  }

  /** Unpacks up to `target` or a few bytes more, or to the last chunk's end. Returns what broke the rules. */
  run(target: number): StreamError | undefined {
    const lzma = this.#lzma
    let error: StreamError | undefined
    while (error === undefined && !this.ended && lzma.produced < target) {
      error = lzma.produced === this.#end ? this.#startChunk() : this.#decode(target)
    }
    return error
  }

  #error(code: StreamErrorCode, problem: string, fault?: StreamFault): StreamError {
    const message = `the LZMA2 chunk at ${hex(this.#chunk)} ${problem}`
    return { code, offset: this.#lzma.position, message, ...(fault !== undefined && { fault }) }
  }

  #truncated(): StreamError {
    return this.#error('stream-truncated', `goes on after the end at ${hex(this.#context.input.length)}`)
  }

  #startChunk(): StreamError | undefined {
    const lzma = this.#lzma
    this.#chunk = lzma.position
    const header = lzma.bytes(lzma.position, 6)
    const control = header[0]
    if (control === undefined) return this.#truncated()
    if (control === END) {
      lzma.position++
      this.ended = true
      return undefined
    }
    if (control > PLAIN && control < LZMA) {
      return this.#error('stream-corrupt', `has the control byte ${hex(control)}, which means nothing`)
    }
    if (control === PLAIN_RESET || control >= LZMA_RESET_DICTIONARY) {
      lzma.startDictionary(this.#dictionary)
      this.#started = true
      this.#properties = undefined
    } else if (!this.#started) {
      return this.#error('stream-corrupt', 'is the first one and does not reset the dictionary')
    }
    return control < LZMA ? this.#copyPlain(header) : this.#startLzma(control, header)
  }

  #copyPlain(header: Uint8Array): StreamError | undefined {
    const lzma = this.#lzma
    if (header.length < 3) return this.#truncated()
    const size = ((header[1]! << 8) | header[2]!) + 1
    if (lzma.produced + size > this.#context.limits.output) return this.#overLimit()
    if (lzma.position + 3 + size > this.#context.input.length) return this.#truncated()
    lzma.position += 3
    lzma.copy(size)
    this.#end = lzma.produced
    return undefined
  }

  #startLzma(control: number, header: Uint8Array): StreamError | undefined {
    const lzma = this.#lzma
    const withProperties = control >= LZMA_NEW_PROPERTIES
    if (header.length < (withProperties ? 6 : 5)) return this.#truncated()
    const size = (((control & 0x1f) << 16) | (header[1]! << 8) | header[2]!) + 1
    const packed = ((header[3]! << 8) | header[4]!) + 1
    if (withProperties) {
      const byte = header[5]!
      const properties = lzmaProperties(byte)
      if (properties === undefined || properties.lc + properties.lp > MAX_LC_LP) {
        return this.#error('stream-corrupt', `has the properties ${hex(byte)}, which LZMA2 does not allow`)
      }
      this.#properties = properties
    }
    if (this.#properties === undefined) {
      return this.#error('stream-corrupt', 'has no properties, and there are none before it')
    }
    if (control >= LZMA_RESET_STATE) {
      const { lc, lp, pb } = this.#properties
      this.#context.engine.lzmaReset(lc, lp, pb)
    }
    if (lzma.produced + size > this.#context.limits.output) return this.#overLimit()
    lzma.position += withProperties ? 6 : 5
    this.#inputEnd = lzma.position + packed
    if (packed < RANGE_BYTES) return this.#error('stream-corrupt', `has only ${packed} compressed bytes`)
    if (lzma.position + RANGE_BYTES > this.#context.input.length) return this.#truncated()
    this.#end = lzma.produced + size
    if (!lzma.startRange()) {
      return this.#error('stream-corrupt', 'does not start with a zero byte', 'unchecked')
    }
    return undefined
  }

  #decode(target: number): StreamError | undefined {
    const lzma = this.#lzma
    const available = this.#context.input.length
    const inputEnd = Math.min(this.#inputEnd, available)
    const status = lzma.decode(Math.min(target, this.#end), this.#end, inputEnd)
    if (status === INPUT_ENDED) {
      if (this.#inputEnd > available) return this.#truncated()
      return this.#error('stream-corrupt', 'has too few compressed bytes for the unpacked ones')
    }
    if (status !== LZMA_AT_TARGET) return this.#error('stream-corrupt', lzmaFault(status))
    if (lzma.produced < this.#end) return undefined
    const clean = lzma.endRange(inputEnd)
    if (clean && lzma.position === this.#inputEnd) return undefined
    if (lzma.position === available && available < this.#inputEnd) return this.#truncated()
    return this.#error('stream-corrupt', `does not end at ${hex(this.#inputEnd)}, where it says that it does`)
  }

  #overLimit(): StreamError {
    return this.#error(
      'output-limit',
      `unpacks to more than the limit of ${this.#context.limits.output} bytes`,
    )
  }
}

/** What a status of the decoder other than success means. */
export function lzmaFault(status: number): string {
  if (status === LZMA_BAD_DISTANCE) return 'has a match that reaches back to before the dictionary'
  if (status === LZMA_BAD_LENGTH) return 'has a match that goes on after its end'
  return 'has an end marker before its end'
}
