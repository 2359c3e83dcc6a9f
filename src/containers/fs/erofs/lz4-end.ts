/** Where an lz4 block ends that has something after it. Source: lz4 Block Format Description, "Compressed block format". */

const EXTENDED = 15
const MIN_MATCH = 4
const OFFSET = 2

/** The length of the block that `bytes` start with, which unpacks to `unpacked` bytes; all of them where it does not. */
export function lz4End(bytes: Uint8Array, unpacked: number): number {
  let [at, produced] = [0, 0]
  const lengthOf = (short: number): number => {
    let length = short
    if (short !== EXTENDED) return length
    for (let byte = 255; byte === 255 && at < bytes.length; length += byte) byte = bytes[at++]!
    return length
  }
  while (at < bytes.length) {
    const token = bytes[at++]!
    const literals = lengthOf(token >> 4)
    at += literals
    produced += literals
    if (produced >= unpacked) break
    at += OFFSET
    produced += lengthOf(token & 15) + MIN_MATCH
    if (produced >= unpacked) break
  }
  return Math.min(at, bytes.length)
}
