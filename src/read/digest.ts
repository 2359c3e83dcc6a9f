/** The content of a whole file as one name. */
import type { Source } from '../source/source.ts'
import type { Sha256 } from './machine.ts'

const STEP = 1024 * 1024

/** `sha256:` and 64 hexadecimal digits, as inventories and registries name images. Throws what reading throws. */
export function fileDigest(source: Source, hash: Sha256): string {
  const buffer = new Uint8Array(Math.min(STEP, source.size))
  for (let at = 0; at < source.size; at += STEP) {
    hash.update(buffer.subarray(0, source.read(buffer, at)))
  }
  return `sha256:${hash.hex()}`
}
