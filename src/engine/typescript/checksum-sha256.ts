/** SHA-256 (FIPS 180-4): the twin of asm/checksum-sha256.ts. */
import { SHA256_DIGEST, SHA256_TAIL } from '../codec-layout.ts'

/** FIPS 180-4, section 4.2.2. */
const ROUND_CONSTANTS = Int32Array.of(
  0x428a2f98,
  0x71374491,
  0xb5c0fbcf,
  0xe9b5dba5,
  0x3956c25b,
  0x59f111f1,
  0x923f82a4,
  0xab1c5ed5,
  0xd807aa98,
  0x12835b01,
  0x243185be,
  0x550c7dc3,
  0x72be5d74,
  0x80deb1fe,
  0x9bdc06a7,
  0xc19bf174,
  0xe49b69c1,
  0xefbe4786,
  0x0fc19dc6,
  0x240ca1cc,
  0x2de92c6f,
  0x4a7484aa,
  0x5cb0a9dc,
  0x76f988da,
  0x983e5152,
  0xa831c66d,
  0xb00327c8,
  0xbf597fc7,
  0xc6e00bf3,
  0xd5a79147,
  0x06ca6351,
  0x14292967,
  0x27b70a85,
  0x2e1b2138,
  0x4d2c6dfc,
  0x53380d13,
  0x650a7354,
  0x766a0abb,
  0x81c2c92e,
  0x92722c85,
  0xa2bfe8a1,
  0xa81a664b,
  0xc24b8b70,
  0xc76c51a3,
  0xd192e819,
  0xd6990624,
  0xf40e3585,
  0x106aa070,
  0x19a4c116,
  0x1e376c08,
  0x2748774c,
  0x34b0bcb5,
  0x391c0cb3,
  0x4ed8aa4a,
  0x5b9cca4f,
  0x682e6ff3,
  0x748f82ee,
  0x78a5636f,
  0x84c87814,
  0x8cc70208,
  0x90befffa,
  0xa4506ceb,
  0xbef9a3f7,
  0xc67178f2,
)

/** FIPS 180-4, section 5.3.3. */
const INITIAL_HASH = Int32Array.of(
  0x6a09e667,
  0xbb67ae85,
  0x3c6ef372,
  0xa54ff53a,
  0x510e527f,
  0x9b05688c,
  0x1f83d9ab,
  0x5be0cd19,
)

const schedule = new Int32Array(64)

const rotate = (word: number, bits: number): number => (word >>> bits) | (word << (32 - bits))

function compress(hash: Int32Array, view: DataView, block: number): void {
  for (let word = 0; word < 16; word++) schedule[word] = view.getInt32(block + word * 4)
  for (let word = 16; word < 64; word++) {
    const early = schedule[word - 15]!
    const late = schedule[word - 2]!
    schedule[word] =
      schedule[word - 16]! +
      (rotate(early, 7) ^ rotate(early, 18) ^ (early >>> 3)) +
      schedule[word - 7]! +
      (rotate(late, 17) ^ rotate(late, 19) ^ (late >>> 10))
  }
  let a = hash[0]!
  let b = hash[1]!
  let c = hash[2]!
  let d = hash[3]!
  let e = hash[4]!
  let f = hash[5]!
  let g = hash[6]!
  let h = hash[7]!
  for (let round = 0; round < 64; round++) {
    const first =
      (h +
        (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) +
        ((e & f) ^ (~e & g)) +
        ROUND_CONSTANTS[round]! +
        schedule[round]!) |
      0
    const second = (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))
    h = g
    g = f
    f = e
    e = (d + first) | 0
    d = c
    c = b
    b = a
    a = (first + second) | 0
  }
  const sums = [a, b, c, d, e, f, g, h]
  for (let word = 0; word < 8; word++) hash[word] = hash[word]! + sums[word]!
}

export function sha256(memory: Uint8Array, address: number, length: number): void {
  const view = new DataView(memory.buffer, memory.byteOffset, memory.byteLength)
  const hash = INITIAL_HASH.slice()
  const end = address + length
  let at = address
  for (; end - at >= 64; at += 64) compress(hash, view, at)
  // The rest, a 1 bit, zeros, and the length in bits: one block or two.
  const rest = end - at
  const padded = rest < 56 ? 64 : 128
  memory.copyWithin(SHA256_TAIL, at, end)
  memory.fill(0, SHA256_TAIL + rest, SHA256_TAIL + padded)
  memory[SHA256_TAIL + rest] = 0x80
  view.setBigUint64(SHA256_TAIL + padded - 8, BigInt(length) * 8n)
  for (let block = 0; block < padded; block += 64) compress(hash, view, SHA256_TAIL + block)
  for (let word = 0; word < 8; word++) view.setInt32(SHA256_DIGEST + word * 4, hash[word]!)
}
