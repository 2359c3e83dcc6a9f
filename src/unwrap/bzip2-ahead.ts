/**
 * A bzip2 block that is decoded by itself: what another thread does ahead of the one that reads the stream. Where blocks
 * start is not written anywhere but in the block before, so their magic is looked for: what turns out to be none is
 * never asked for.
 * @module
 */
import { AT_BLOCK_END } from '../engine/block-state.ts'
import { readU32, stoppedInput, stoppedOutput } from '../engine/block-stop.ts'
import { BZIP2_BITS, BZIP2_CODES, BZIP2_CRC } from '../engine/bzip2-state.ts'
import type { Engine } from '../engine/engine.ts'
import { BASE } from '../engine/memory.ts'
import { type BlockAhead, type BlockDecoder, WORD } from './blocks-ahead.ts'

/** With so many codes of one length decoders fail that count them in a byte: the reader notes that. */
export const MANY_CODES = 256

/** A block's magic. */
const MAGIC_BITS = 48
const MAGIC_HIGH = 0x314159
const MAGIC_LOW = 0x265359
/** The longest block of code and noise takes less. */
const MOST_INPUT = 2 ** 20
/** Bytes of a block after its last stage: those that become more are left to the reader. Runs of zeros make 7 MB of one of a kernel. */
const MOST_OUTPUT = 8 * 2 ** 20

const INPUT = BASE
const OUTPUT = INPUT + MOST_INPUT + 4096

/** Wherever in a byte a magic starts, so many pairs of bytes after that one are all its own. */
const PAIRS = 3
/** Those pairs, each as one number. */
const IS_PAIR = new Uint8Array(0x10000)
for (let bit = 0; bit < 8; bit++) {
  const word = (MAGIC_HIGH * 2 ** 24 + MAGIC_LOW) / 2 ** bit
  for (let pair = 0; pair < PAIRS; pair++) IS_PAIR[Math.floor(word / 2 ** (24 - 8 * pair)) % 0x10000] = 1
}

/** The 24 bits from a bit on. */
function bits24(bytes: Uint8Array, bit: number): number {
  const at = bit >>> 3
  const word = (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!
  return (word >>> (8 - (bit & 7))) & 0xffffff
}

/** The first bit, from `from` on, at which a block's magic starts that is all in `bytes`. */
export function findBlock(bytes: Uint8Array, from: number): number | undefined {
  const last = bytes.length * 8 - MAGIC_BITS
  for (let at = (from >>> 3) + 1; at + 1 < bytes.length; at += PAIRS) {
    if (IS_PAIR[(bytes[at]! << 8) | bytes[at + 1]!] === 0) continue
    const end = Math.min(at * 8 - 1, last)
    for (let bit = Math.max(from, (at - PAIRS) * 8); bit <= end; bit++) {
      if (bits24(bytes, bit) === MAGIC_HIGH && bits24(bytes, bit + 24) === MAGIC_LOW) return bit
    }
  }
  return undefined
}

/**
 * Decodes the block that starts at a bit of `stream`. Undefined where anything is wrong with it, or it is not like most:
 * the reader finds out by itself. The bytes are in the engine's memory.
 */
export function decodeBlock(
  engine: Engine,
  stream: Uint8Array,
  bit: number,
  blockSize: number,
): BlockAhead | undefined {
  const at = bit >>> 3
  const input = stream.subarray(at, at + MOST_INPUT)
  engine.reserve(OUTPUT + MOST_OUTPUT)
  const start = INPUT + (input.byteOffset % WORD)
  engine.memory.set(input, start)
  const end = start + input.length
  if (engine.bzip2Block(start, bit & 7, end, end, blockSize) !== AT_BLOCK_END) return undefined
  if (readU32(engine.memory, BZIP2_CODES) >= MANY_CODES) return undefined
  const next = (at + stoppedInput(engine.memory) - start) * 8 + readU32(engine.memory, BZIP2_BITS)
  const sum = readU32(engine.memory, BZIP2_CRC)
  if (engine.bzip2Write(OUTPUT, OUTPUT + MOST_OUTPUT) !== AT_BLOCK_END) return undefined
  const length = stoppedOutput(engine.memory) - OUTPUT
  if (engine.crc32Bzip2(OUTPUT, length, 0) >>> 0 !== sum) return undefined
  return { bytes: engine.memory.subarray(OUTPUT, OUTPUT + length), count: sum, next }
}

/** The blocks of a stream, which have at most `blockSize` bytes before their last stage. */
export const bzip2Decoder = (blockSize: number): BlockDecoder => ({
  mostOutput: MOST_OUTPUT,
  find: findBlock,
  after: length => length * 8 - MAGIC_BITS + 1,
  isRead: (bit, length) => (bit >>> 3) + MOST_INPUT <= length,
  decode: (engine, bytes, bit) => decodeBlock(engine, bytes, bit, blockSize),
})
