// XXH64 with seed 0, as zstd's frames carry it (xxHash's doc/xxhash_spec.md, "XXH64 algorithm description").
const PRIME1: u64 = ((<u64>0x9e3779b1) << 32) | 0x85ebca87
const PRIME2: u64 = ((<u64>0xc2b2ae3d) << 32) | 0x27d4eb4f
const PRIME3: u64 = ((<u64>0x165667b1) << 32) | 0x9e3779f9
const PRIME4: u64 = ((<u64>0x85ebca77) << 32) | 0xc2b2ae63
const PRIME5: u64 = ((<u64>0x27d4eb2f) << 32) | 0x165667c5

function round(sum: u64, lane: u64): u64 {
  return rotl<u64>(sum + lane * PRIME2, 31) * PRIME1
}

function merge(hash: u64, sum: u64): u64 {
  return (hash ^ round(0, sum)) * PRIME1 + PRIME4
}

export function xxh64(address: usize, length: usize): u64 {
  const end = address + length
  let at = address
  let hash = PRIME5
  if (length >= 32) {
    let sum1 = PRIME1 + PRIME2
    let sum2 = PRIME2
    let sum3: u64 = 0
    let sum4: u64 = 0 - PRIME1
    do {
      sum1 = round(sum1, load<u64>(at))
      sum2 = round(sum2, load<u64>(at, 8))
      sum3 = round(sum3, load<u64>(at, 16))
      sum4 = round(sum4, load<u64>(at, 24))
      at += 32
    } while (end - at >= 32)
    hash = rotl<u64>(sum1, 1) + rotl<u64>(sum2, 7) + rotl<u64>(sum3, 12) + rotl<u64>(sum4, 18)
    hash = merge(merge(merge(merge(hash, sum1), sum2), sum3), sum4)
  }
  hash += length
  for (; end - at >= 8; at += 8) hash = rotl<u64>(hash ^ round(0, load<u64>(at)), 27) * PRIME1 + PRIME4
  if (end - at >= 4) {
    hash = rotl<u64>(hash ^ (<u64>load<u32>(at) * PRIME1), 23) * PRIME2 + PRIME3
    at += 4
  }
  for (; at < end; at++) hash = rotl<u64>(hash ^ (<u64>load<u8>(at) * PRIME5), 11) * PRIME1
  hash = (hash ^ (hash >> 33)) * PRIME2
  hash = (hash ^ (hash >> 29)) * PRIME3
  return hash ^ (hash >> 32)
}
