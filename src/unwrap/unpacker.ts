/**
 * What every codec has in common: compressed input that is read by position, and an output that is
 * unpacked only as far as somebody needs it.
 * @module
 */
import type { Engine, Window } from '../engine/engine.ts'
import type { StreamLayer } from '../facts/facts.ts'
import type { Source } from '../source/source.ts'
import type { BlocksAhead } from './blocks-ahead.ts'

/** How much a stream may ask for, in bytes. */
export interface UnpackLimits {
  /** Dictionary or window. */
  window: number
  output: number
}

export interface UnpackContext {
  engine: Engine
  input: Input
  /**
   * Where the output goes: the last thing in memory, so that it can grow. It is the address of the first byte, or what that
   * would be where the first bytes were given up.
   */
  output: number
  /** So many bytes at the start of the output were given up. Only forgetOutput changes it. */
  forgotten?: number
  limits: UnpackLimits
}

/** One compressed stream. A broken one raises nothing: `layer.error` says what was found and where. */
export interface Unpacker {
  readonly layer: StreamLayer
  /** The unpacked bytes that were produced so far, hopped ones not counted. */
  readonly produced: number
  /** Unpacks as far as needed to have [start, end) in memory; shorter where the stream ends or breaks. */
  need(start: number, end: number): Window
  /** Unpacks everything, compares every checksum and size, and completes `layer`. */
  finish(): void
  /**
   * Says that nobody asks for the bytes before `position` any more, all of which were unpacked: what the stream itself does
   * not need of them makes room for others. Absent where a stream may need all of them.
   */
  forget?(position: number): void
  /** Has other threads decode blocks from here on, once it is known that most of the stream will be needed. */
  help?(ahead: BlocksAhead): void
  /** Lets go of what the codec holds outside the engine. Nothing may be asked for after it. */
  close?(): void
}

/** What is known to be read or not: large enough for few system calls, small enough for blocks far apart. */
const CHUNK = 32 * 1024
/** Less is not given up: that takes time. */
const LEAST_FORGOTTEN = 1024 * 1024

/** The compressed bytes of one stream, brought into the engine's memory chunk by chunk as they are asked for. */
export class Input {
  readonly length: number
  readonly #engine: Engine
  readonly #source: Source
  readonly #start: number
  readonly #loaded: Uint8Array
  /** The address right after the last byte, as long as nothing was forgotten. */
  readonly end: number
  /** Of the first byte, or what that would be where the first chunks were forgotten. */
  #address: number
  #forgotten = 0
  /** Bytes that were really read. */
  bytesRead = 0

  /** The `length` bytes from `start` of `source` get their place at `address`, which takes `length` bytes there. */
  constructor(engine: Engine, source: Source, start: number, length: number, address: number) {
    this.#engine = engine
    this.#source = source
    this.#start = start
    this.#address = address
    this.length = Math.max(0, Math.min(length, source.size - start))
    this.end = address + this.length
    this.#loaded = new Uint8Array(Math.ceil(this.length / CHUNK))
  }

  /**
   * Makes bytes [from, to) readable, and returns the address of `from`, which was not forgotten. What lies after the end is
   * cut off.
   */
  load(from: number, to: number): number {
    const last = Math.min(to, this.length)
    this.#engine.reserve(this.#address + last)
    const end = Math.ceil(last / CHUNK)
    for (let chunk = Math.floor(from / CHUNK); chunk < end; chunk++) {
      if (this.#loaded[chunk] === 1) continue
      let next = chunk + 1
      while (next < end && this.#loaded[next] === 0) next++
      this.#loadChunks(chunk, next)
      chunk = next
    }
    return this.#address + from
  }

  #loadChunks(first: number, end: number): void {
    const from = first * CHUNK
    const to = Math.min(end * CHUNK, this.length)
    this.#engine.reserve(this.#address + to)
    const into = this.#engine.memory.subarray(this.#address + from, this.#address + to)
    this.bytesRead += this.#source.read(into, this.#start + from)
    this.#loaded.fill(1, first, end)
  }

  /** Gives up the chunks before `position`, where they are enough: those that follow move to their place. */
  forget(position: number): void {
    const first = Math.floor(position / CHUNK)
    const count = (first - this.#forgotten) * CHUNK
    if (count < LEAST_FORGOTTEN) return
    let end = first
    while (this.#loaded[end] === 1) end++
    const place = this.#address + this.#forgotten * CHUNK
    this.#engine.memory.copyWithin(place, place + count, this.#address + Math.min(end * CHUNK, this.length))
    this.#loaded.fill(0, this.#forgotten, first).fill(0, end)
    this.#address -= count
    this.#forgotten = first
  }

  /**
   * Fills `into` with the bytes from `position` on, and returns how many there were. They get no place in
   * the engine's memory, and no chunk is read around them: for a look at a header far ahead.
   */
  read(into: Uint8Array, position: number): number {
    const size = Math.max(0, Math.min(into.length, this.length - position))
    if (size === 0) return 0
    let loaded = true
    for (let chunk = Math.floor(position / CHUNK); chunk * CHUNK < position + size; chunk++) {
      loaded &&= this.#loaded[chunk] === 1
    }
    if (loaded) {
      const at = this.#address + position
      into.set(this.#engine.memory.subarray(at, at + size))
      return size
    }
    return this.readOn(into.subarray(0, size), position)
  }

  /** The same, but goes on after the stream's last byte, as long as the file does. */
  readOn(into: Uint8Array, position: number): number {
    const count = this.#source.read(into, this.#start + position)
    this.bytesRead += count
    return count
  }
}
