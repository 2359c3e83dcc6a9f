/** XXH64: the twin of asm/checksum-xxh64.ts. Numbers of 64 bits are two halves here: BigInt takes twenty times as long. */

const MASK = 2n ** 64n - 1n
const PRIME1 = 0x9e3779b185ebca87n
const PRIME2 = 0xc2b2ae3d27d4eb4fn
const PRIME3 = 0x165667b19e3779f9n
const PRIME4 = 0x85ebca77c2b2ae63n
const PRIME5 = 0x27d4eb2f165667c5n

/** The primes of the inner loop by halves. */
const HIGH1 = 0x9e3779b1
const LOW1 = 0x85ebca87
const HIGH2 = 0xc2b2ae3d
const LOW2 = 0x27d4eb4f

const wrap = (value: bigint) => value & MASK
const rotate = (value: bigint, bits: bigint) => wrap(value << bits) | (value >> (64n - bits))
const round = (sum: bigint, lane: bigint) => wrap(rotate(wrap(sum + lane * PRIME2), 31n) * PRIME1)
const merge = (hash: bigint, sum: bigint) => wrap((hash ^ round(0n, sum)) * PRIME1 + PRIME4)

/** The high half of the product of two numbers of 32 bits. */
function highProduct(a: number, b: number): number {
  const a0 = a & 0xffff
  const a1 = a >>> 16
  const b0 = b & 0xffff
  const b1 = b >>> 16
  const middle = a1 * b0 + ((a0 * b0) >>> 16)
  const other = a0 * b1 + (middle & 0xffff)
  // Above 2^32: no shift takes that.
  return (a1 * b1 + Math.floor(middle / 65536) + Math.floor(other / 65536)) | 0
}

/** Four sums over blocks of 32 bytes, each as its high and its low half. */
function sumBlocks(memory: Uint8Array, address: number, end: number): Int32Array {
  const start = [wrap(PRIME1 + PRIME2), PRIME2, 0n, wrap(-PRIME1)]
  const sums = Int32Array.from(start.flatMap(sum => [Number(sum >> 32n) | 0, Number(sum & 0xffffffffn) | 0]))
  for (let at = address; end - at >= 32; at += 32) {
    for (let lane = 0; lane < 4; lane++) {
      const from = at + 8 * lane
      const low =
        memory[from]! | (memory[from + 1]! << 8) | (memory[from + 2]! << 16) | (memory[from + 3]! << 24)
      const high =
        memory[from + 4]! | (memory[from + 5]! << 8) | (memory[from + 6]! << 16) | (memory[from + 7]! << 24)
      // sum + lane * PRIME2
      const productLow = Math.imul(low, LOW2)
      const productHigh = highProduct(low, LOW2) + Math.imul(high, LOW2) + Math.imul(low, HIGH2)
      const sumLow = (sums[2 * lane + 1]! >>> 0) + (productLow >>> 0)
      const sumHigh = (sums[2 * lane]! + productHigh + (sumLow > 0xffffffff ? 1 : 0)) | 0
      // Rotated by 31, and times PRIME1.
      const rotatedHigh = (sumHigh << 31) | ((sumLow | 0) >>> 1)
      const rotatedLow = ((sumLow | 0) << 31) | (sumHigh >>> 1)
      sums[2 * lane + 1] = Math.imul(rotatedLow, LOW1)
      sums[2 * lane] =
        highProduct(rotatedLow, LOW1) + Math.imul(rotatedHigh, LOW1) + Math.imul(rotatedLow, HIGH1)
    }
  }
  return sums
}

/** See `EngineFunctions.xxh64`. */
export function xxh64(memory: Uint8Array, address: number, length: number): bigint {
  const end = address + length
  const view = new DataView(memory.buffer, memory.byteOffset)
  let at = address
  let hash = PRIME5
  if (length >= 32) {
    const halves = sumBlocks(memory, address, end)
    const sums = [0, 1, 2, 3].map(lane => {
      return (BigInt(halves[2 * lane]! >>> 0) << 32n) | BigInt(halves[2 * lane + 1]! >>> 0)
    })
    hash = wrap([1n, 7n, 12n, 18n].reduce((total, bits, lane) => total + rotate(sums[lane]!, bits), 0n))
    hash = sums.reduce(merge, hash)
    at += length - (length % 32)
  }
  hash = wrap(hash + BigInt(length))
  for (; end - at >= 8; at += 8) {
    hash = wrap(rotate(hash ^ round(0n, view.getBigUint64(at, true)), 27n) * PRIME1 + PRIME4)
  }
  if (end - at >= 4) {
    hash = wrap(rotate(hash ^ wrap(BigInt(view.getUint32(at, true)) * PRIME1), 23n) * PRIME2 + PRIME3)
    at += 4
  }
  for (; at < end; at++) hash = wrap(rotate(hash ^ wrap(BigInt(memory[at]!) * PRIME5), 11n) * PRIME1)
  hash = wrap((hash ^ (hash >> 33n)) * PRIME2)
  hash = wrap((hash ^ (hash >> 29n)) * PRIME3)
  return BigInt.asIntN(64, hash ^ (hash >> 32n))
}
