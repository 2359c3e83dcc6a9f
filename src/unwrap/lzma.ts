/**
 * The .lzma format ("LZMA alone"): 13 bytes of header (lzma-file-format.txt of XZ Utils), and one LZMA stream
 * that ends where the header says, or at an end marker.
 */

import type { Window } from '../engine/engine.ts'
import {
  LZMA_AT_STOP,
  LZMA_AT_TARGET,
  LZMA_BAD_DISTANCE,
  LZMA_BAD_LENGTH,
  LZMA_END_MARKER,
  MAX_LC_LP,
} from '../engine/lzma-state.ts'
import type { StreamError, StreamFault, StreamLayer } from '../facts/facts.ts'
import type { StreamErrorCode } from '../problem.ts'
import { INPUT_ENDED, LzmaStream, RANGE_BYTES } from './lzma-stream.ts'
import { lzmaFault, lzmaProperties } from './lzma2.ts'
import { completeLayer, hex, openLayer } from './stream-layer.ts'
import type { UnpackContext, Unpacker } from './unpacker.ts'

const HEADER_SIZE = 13
const UNKNOWN_SIZE = 2n ** 64n - 1n
/** The least dictionary that decoders have, whatever the header says. */
const MIN_DICTIONARY = 4096

/**
 * Opens the .lzma stream at the start of the input: its header is read at once. An engine decodes one stream of
 * xz or lzma at a time: the one that was opened last.
 */
export function openLzma(context: UnpackContext): Unpacker {
  return new LzmaUnpacker(context)
}

class LzmaUnpacker implements Unpacker {
  readonly layer: StreamLayer
  readonly #context: UnpackContext
  readonly #lzma: LzmaStream
  /** What the header says that the stream unpacks to. */
  #size: number | undefined
  #done = false

  constructor(context: UnpackContext) {
    this.#context = context
    this.layer = openLayer('lzma', context.input)
    this.layer.check = 'none'
    this.#lzma = new LzmaStream(context)
    this.#stopAt(this.#readHeader())
  }

  get produced(): number {
    return this.#lzma.produced
  }

  need(start: number, end: number): Window {
    this.#unpack(end)
    const length = Math.max(0, Math.min(end, this.#lzma.produced) - start)
    return { start, address: this.#context.output + start, length }
  }

  finish(): void {
    this.#unpack(Number.POSITIVE_INFINITY)
  }

  forget(position: number): void {
    this.#lzma.forget(position)
  }

  #error(code: StreamErrorCode, message: string, fault?: StreamFault): StreamError {
    return { code, offset: this.#lzma.position, message, ...(fault !== undefined && { fault }) }
  }

  #truncated(fault?: StreamFault): StreamError {
    const message = `it ends at ${hex(this.#context.input.length)}, within the stream`
    return this.#error('stream-truncated', message, fault)
  }

  /** What a decoder finds that goes on after the end with the stream's first byte, as Xen's does (rc_read of unlzma.c). */
  #faultOfCutSymbol(): StreamFault | undefined {
    const { cutStatus } = this.#lzma
    if (cutStatus === LZMA_END_MARKER) return 'end'
    return cutStatus === LZMA_AT_STOP || cutStatus === LZMA_AT_TARGET ? undefined : 'symbol'
  }

  /** All that the header promises is there, and what is wrong comes after it. */
  #atEnd(): StreamFault | undefined {
    return this.#lzma.produced === this.#size ? 'end' : undefined
  }

  #overLimit(): StreamError {
    const { output } = this.#context.limits
    return this.#error('output-limit', `it unpacks to more than the limit of ${output} bytes`)
  }

  #stopAt(error: StreamError | undefined): void {
    if (error === undefined) return
    this.layer.error = error
    this.#done = true
  }

  #readHeader(): StreamError | undefined {
    const lzma = this.#lzma
    const bytes = lzma.bytes(0, HEADER_SIZE).slice()
    if (bytes.length < HEADER_SIZE) return this.#truncated()
    const view = new DataView(bytes.buffer)
    const properties = lzmaProperties(bytes[0]!)
    const dictionary = view.getUint32(1, true)
    const size = view.getBigUint64(5, true)
    if (size !== UNKNOWN_SIZE) this.#size = Number(size)
    this.layer.dictionary = dictionary
    if (properties === undefined) return this.#error('stream-corrupt', 'its first byte is no LZMA properties')
    const { lc, lp, pb } = properties
    if (lc + lp > MAX_LC_LP) {
      const message = `lc is ${lc} and lp is ${lp}, together ${MAX_LC_LP} at most is supported`
      return this.#error('stream-unsupported', message)
    }
    const { window } = this.#context.limits
    if (dictionary > window) {
      const message = `it asks for a dictionary of ${dictionary} bytes, the limit is ${window}`
      return this.#error('window-limit', message)
    }
    if (HEADER_SIZE + RANGE_BYTES > this.#context.input.length) return this.#truncated()
    lzma.fillAfter(bytes[0]!)
    lzma.position = HEADER_SIZE
    lzma.startDictionary(Math.max(dictionary, MIN_DICTIONARY))
    this.#context.engine.lzmaReset(lc, lp, pb)
    if (lzma.startRange()) return undefined
    const message = `the stream at ${hex(HEADER_SIZE)} does not start with a zero byte`
    return this.#error('stream-corrupt', message, 'unchecked')
  }

  #unpack(target: number): void {
    const lzma = this.#lzma
    const { input, limits } = this.#context
    const end = Math.min(this.#size ?? limits.output, limits.output)
    while (!this.#done && lzma.produced < target) {
      if (lzma.produced === end) this.#stopAt(this.#end(end))
      else this.#stopAt(this.#judge(lzma.decode(Math.min(target, end), end, input.length), end))
    }
  }

  #judge(status: number, end: number): StreamError | undefined {
    if (status === LZMA_AT_TARGET) return undefined
    if (status === INPUT_ENDED) return this.#truncated(this.#atEnd() ?? this.#faultOfCutSymbol())
    if (status === LZMA_END_MARKER) return this.#completeByMarker()
    if (status === LZMA_BAD_LENGTH && end !== this.#size) return this.#overLimit()
    // unlzma compares a new distance with the dictionary size of the header and the bytes unpacked, a repeated one with nothing.
    const { produced } = this.#lzma
    const isUnseen =
      status === LZMA_BAD_DISTANCE && (produced === 0 || this.layer.dictionary! < MIN_DICTIONARY)
    return this.#error('stream-corrupt', `it ${lzmaFault(status)}`, isUnseen ? 'unchecked' : undefined)
  }

  /** All bytes are there: either the range decoder is done too, or an end marker has to follow. */
  #end(end: number): StreamError | undefined {
    const lzma = this.#lzma
    const { input } = this.#context
    if (end === this.#size && lzma.endRange(input.length)) return this.#complete()
    // A literal may come instead, and then takes a byte that is not the stream's: it is given back.
    const byte = this.#context.output + end
    this.#context.engine.reserve(byte + 1)
    const before = this.#context.engine.memory[byte]!
    const status = lzma.decode(end + 1, end, input.length)
    this.#context.engine.memory[byte] = before
    lzma.produced = end
    if (status === INPUT_ENDED || status === LZMA_END_MARKER) return this.#judge(status, end)
    if (end !== this.#size) return this.#overLimit()
    return this.#error('stream-corrupt', `it goes on after the ${end} bytes that its header says`, 'end')
  }

  #completeByMarker(): StreamError | undefined {
    if (this.#size !== undefined) this.layer.endMarker = true
    return this.#complete()
  }

  #complete(): StreamError | undefined {
    const lzma = this.#lzma
    if (this.#size !== undefined && lzma.produced !== this.#size) {
      const message = `it unpacks to ${lzma.produced} bytes, its header says ${this.#size}`
      return this.#error('checksum-mismatch', message, 'end')
    }
    if (!lzma.endRange(this.#context.input.length)) {
      return this.#error('stream-corrupt', 'its range code is not used up at the end', 'end')
    }
    this.#done = true
    completeLayer(this.layer, lzma.produced, lzma.position)
    return undefined
  }
}
