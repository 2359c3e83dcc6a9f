/** The integrity checks of .xz blocks (the .xz file format, section 3.4), computed piece by piece. */
import { SHA256_DIGEST } from '../engine/codec-layout.ts'
import type { Engine } from '../engine/engine.ts'
import type { StreamCheck } from '../facts/facts.ts'

export class BlockCheck {
  readonly #engine: Engine
  readonly #check: StreamCheck
  /** The checks of all bytes so far, of which one is computed. */
  #crc32 = 0
  #crc64 = 0n
  #sha256: Uint8Array | undefined

  constructor(engine: Engine, check: StreamCheck) {
    this.#engine = engine
    this.#check = check
  }

  /** False for the one that has to be given the block as a whole. */
  get takesPieces(): boolean {
    return this.#check !== 'sha256'
  }

  /** The next bytes, [address, address + length). */
  add(address: number, length: number): void {
    const engine = this.#engine
    if (this.#check === 'crc32') this.#crc32 = engine.crc32(address, length, this.#crc32)
    else if (this.#check === 'crc64') this.#crc64 = engine.crc64(address, length, this.#crc64)
    else if (this.#check === 'sha256') {
      engine.sha256(address, length)
      this.#sha256 = engine.memory.slice(SHA256_DIGEST, SHA256_DIGEST + 32)
    }
  }

  /** The bytes of the check; undefined for those that are not known. */
  get bytes(): Uint8Array | undefined {
    const bytes = new Uint8Array(8)
    const view = new DataView(bytes.buffer)
    switch (this.#check) {
      case 'none':
        return bytes.subarray(0, 0)
      case 'crc32':
        view.setInt32(0, this.#crc32, true)
        return bytes.subarray(0, 4)
      case 'crc64':
        view.setBigInt64(0, this.#crc64, true)
        return bytes
      default:
        return this.#sha256
    }
  }
}
