// SHA-256 of a range of the memory (FIPS 180-4).
import * as layout from '../src/engine/codec-layout.ts'

const DIGEST: usize = layout.SHA256_DIGEST
const TAIL: usize = layout.SHA256_TAIL
const SCHEDULE: usize = layout.SHA256_SCHEDULE

/** FIPS 180-4, section 4.2.2. */
const ROUND_CONSTANTS = memory.data<u32>([
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98,
  0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786,
  0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8,
  0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
  0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819,
  0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a,
  0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
  0xc67178f2,
])

/** FIPS 180-4, section 5.3.3. */
const INITIAL_HASH = memory.data<u32>([
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
])

function compress(block: usize): void {
  for (let at: usize = 0; at < 64; at += 4) store<u32>(SCHEDULE + at, bswap(load<u32>(block + at)))
  for (let at: usize = SCHEDULE + 64; at < SCHEDULE + 256; at += 4) {
    const early = load<u32>(at - 60)
    const late = load<u32>(at - 8)
    store<u32>(
      at,
      load<u32>(at - 64) +
        (rotr(early, 7) ^ rotr(early, 18) ^ (early >> 3)) +
        load<u32>(at - 28) +
        (rotr(late, 17) ^ rotr(late, 19) ^ (late >> 10)),
    )
  }
  let a = load<u32>(DIGEST)
  let b = load<u32>(DIGEST, 4)
  let c = load<u32>(DIGEST, 8)
  let d = load<u32>(DIGEST, 12)
  let e = load<u32>(DIGEST, 16)
  let f = load<u32>(DIGEST, 20)
  let g = load<u32>(DIGEST, 24)
  let h = load<u32>(DIGEST, 28)
  for (let at: usize = 0; at < 256; at += 4) {
    const first =
      h +
      (rotr(e, 6) ^ rotr(e, 11) ^ rotr(e, 25)) +
      ((e & f) ^ (~e & g)) +
      load<u32>(ROUND_CONSTANTS + at) +
      load<u32>(at, SCHEDULE)
    const second = (rotr(a, 2) ^ rotr(a, 13) ^ rotr(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))
    h = g
    g = f
    f = e
    e = d + first
    d = c
    c = b
    b = a
    a = first + second
  }
  store<u32>(DIGEST, load<u32>(DIGEST) + a)
  store<u32>(DIGEST, load<u32>(DIGEST, 4) + b, 4)
  store<u32>(DIGEST, load<u32>(DIGEST, 8) + c, 8)
  store<u32>(DIGEST, load<u32>(DIGEST, 12) + d, 12)
  store<u32>(DIGEST, load<u32>(DIGEST, 16) + e, 16)
  store<u32>(DIGEST, load<u32>(DIGEST, 20) + f, 20)
  store<u32>(DIGEST, load<u32>(DIGEST, 24) + g, 24)
  store<u32>(DIGEST, load<u32>(DIGEST, 28) + h, 28)
}

/** Leaves the digest, in its byte order, at SHA256_DIGEST. */
export function sha256(address: usize, length: usize): void {
  memory.copy(DIGEST, INITIAL_HASH, 32)
  const end = address + length
  while (end - address >= 64) {
    compress(address)
    address += 64
  }
  // The rest, a 1 bit, zeros, and the length in bits: one block or two.
  const rest = end - address
  const padded: usize = rest < 56 ? 64 : 128
  memory.copy(TAIL, address, rest)
  memory.fill(TAIL + rest, 0, padded - rest)
  store<u8>(TAIL + rest, 0x80)
  store<u64>(TAIL + padded - 8, bswap((<u64>length) << 3))
  for (let at: usize = 0; at < padded; at += 64) compress(TAIL + at)
  for (let at: usize = DIGEST; at < DIGEST + 32; at += 4) store<u32>(at, bswap(load<u32>(at)))
}
