/** CRC-32, CRC-64 and Adler-32: the twins of asm/checksum.ts, one byte at a time. */

/** ISO 3309, reflected, as xz, zlib and lzop use it. */
const CRC32_POLYNOMIAL = 0xedb88320
/** The same polynomial with the highest bit first, as bzip2 uses it. */
const BZIP2_POLYNOMIAL = 0x04c11db7
/** ECMA-182, reflected: the .xz file format, section 6. */
const CRC64_POLYNOMIAL = 0xc96c5795d7870f42n
/** RFC 1950, section 8.2, and the most bytes whose sums stay small integers. */
const ADLER_MODULUS = 65521
const ADLER_RUN = 5552

const crc32Table = Int32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte
  for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (CRC32_POLYNOMIAL & -(crc & 1))
  return crc
})

const bzip2Table = Int32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 24
  for (let bit = 0; bit < 8; bit++) crc = (crc << 1) ^ (BZIP2_POLYNOMIAL & (crc >> 31))
  return crc
})

const crc64Low = new Int32Array(256)
const crc64High = new Int32Array(256)
for (let byte = 0; byte < 256; byte++) {
  let crc = BigInt(byte)
  for (let bit = 0; bit < 8; bit++) crc = (crc >> 1n) ^ ((crc & 1n) === 1n ? CRC64_POLYNOMIAL : 0n)
  crc64Low[byte] = Number(BigInt.asIntN(32, crc))
  crc64High[byte] = Number(crc >> 32n)
}

export function crc32(memory: Uint8Array, address: number, length: number, previous: number): number {
  let crc = ~previous
  for (let at = address; at < address + length; at++) {
    crc = (crc >>> 8) ^ crc32Table[(crc ^ memory[at]!) & 0xff]!
  }
  return ~crc
}

export function crc32Bzip2(memory: Uint8Array, address: number, length: number, previous: number): number {
  let crc = ~previous
  for (let at = address; at < address + length; at++) {
    crc = (crc << 8) ^ bzip2Table[(crc >>> 24) ^ memory[at]!]!
  }
  return ~crc
}

export function crc64(memory: Uint8Array, address: number, length: number, previous: bigint): bigint {
  let low = ~Number(BigInt.asIntN(32, previous))
  let high = ~Number(BigInt.asIntN(32, previous >> 32n))
  for (let at = address; at < address + length; at++) {
    const entry = (low ^ memory[at]!) & 0xff
    low = ((low >>> 8) | (high << 24)) ^ crc64Low[entry]!
    high = (high >>> 8) ^ crc64High[entry]!
  }
  return BigInt.asIntN(64, (BigInt(~high) << 32n) | BigInt(~low >>> 0))
}

export function adler32(memory: Uint8Array, address: number, length: number, previous: number): number {
  let low = previous & 0xffff
  let high = previous >>> 16
  const end = address + length
  for (let run = address; run < end; run += ADLER_RUN) {
    for (let at = run; at < Math.min(run + ADLER_RUN, end); at++) {
      low += memory[at]!
      high += low
    }
    low %= ADLER_MODULUS
    high %= ADLER_MODULUS
  }
  return (high << 16) | low
}
