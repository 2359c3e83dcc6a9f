/** Numbers of an on-disk structure, each checked against the structure's end before it is read. */
import { hex } from '../problem.ts'
import { ContainerError } from './container-error.ts'

export interface StructurePlace {
  /** The format: `ext4`, `xfs`. */
  readonly layer: string
  /** Where its first byte lies in that layer's bytes. */
  readonly offset: number
  /** The byte order; little-endian where it is not set. */
  readonly bigEndian?: boolean
}

/** The bytes of one structure, with the place that an error names. */
export class Structure {
  readonly bytes: Uint8Array
  readonly place: StructurePlace
  readonly #view: DataView
  readonly #little: boolean

  constructor(bytes: Uint8Array, place: StructurePlace) {
    this.bytes = bytes
    this.place = place
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    this.#little = place.bigEndian !== true
  }

  get length(): number {
    return this.bytes.length
  }

  u8(at: number): number {
    return this.#checked(at, 1).getUint8(at)
  }

  u16(at: number): number {
    return this.#checked(at, 2).getUint16(at, this.#little)
  }

  u32(at: number): number {
    return this.#checked(at, 4).getUint32(at, this.#little)
  }

  /** Inexact from 2^53 on: no position or size of a real image is that large, and checks against sizes still hold. */
  u64(at: number): number {
    return Number(this.#checked(at, 8).getBigUint64(at, this.#little))
  }

  big64(at: number): bigint {
    return this.#checked(at, 8).getBigUint64(at, this.#little)
  }

  /** Bytes [at, at + length) without a copy. */
  slice(at: number, length: number): Uint8Array {
    this.#checked(at, length)
    return this.bytes.subarray(at, at + length)
  }

  /** The structure of `length` bytes at `at`, or from there to the end. */
  part(at: number, length = this.length - at): Structure {
    return new Structure(this.slice(at, length), { ...this.place, offset: this.place.offset + at })
  }

  /** An error about this structure. */
  corrupt(what: string, why: string, at = 0): ContainerError {
    const { layer, offset } = this.place
    const message = `Cannot read the ${layer} ${what} at ${hex(offset + at)}: ${why}`
    return new ContainerError('container-corrupt', layer, message, offset + at)
  }

  #checked(at: number, length: number): DataView {
    if (at >= 0 && length >= 0 && at + length <= this.length) return this.#view
    const { layer, offset } = this.place
    const message = `Cannot read the ${layer} structure at ${hex(offset)}: a field ends at ${at + length}, the structure has ${this.length} bytes`
    throw new ContainerError('container-corrupt', layer, message, offset)
  }
}
