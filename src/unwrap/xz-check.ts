/** The integrity checks of .xz blocks (the .xz file format, section 3.4). */
import { SHA256_DIGEST } from '../engine/codec-layout.ts'
import type { Engine } from '../engine/engine.ts'
import type { StreamCheck } from '../facts/facts.ts'

/** The bytes of the check over [address, address + length); undefined for those that are not known. */
export function computeCheck(
  engine: Engine,
  check: StreamCheck,
  address: number,
  length: number,
): Uint8Array | undefined {
  switch (check) {
    case 'none':
      return new Uint8Array(0)
    case 'crc32': {
      const bytes = new Uint8Array(4)
      new DataView(bytes.buffer).setInt32(0, engine.crc32(address, length, 0), true)
      return bytes
    }
    case 'crc64': {
      const bytes = new Uint8Array(8)
      new DataView(bytes.buffer).setBigInt64(0, engine.crc64(address, length, 0n), true)
      return bytes
    }
    case 'sha256':
      engine.sha256(address, length)
      return engine.memory.slice(SHA256_DIGEST, SHA256_DIGEST + 32)
    default:
      return undefined
  }
}
