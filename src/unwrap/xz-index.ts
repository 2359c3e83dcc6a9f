/** The index after the blocks of an .xz stream, and the footer (the .xz file format, sections 4 and 2.1.2). */
import { readU32 } from '../engine/block-stop.ts'
import type { StreamError } from '../facts/facts.ts'
import { hex, SIZE_WORD } from './stream-layer.ts'
import { type BlockSizes, readInteger, STREAM_HEADER_SIZE, type XzPlace } from './xz-header.ts'
import { streamError, type XzReader } from './xz-reader.ts'

const FOOTER_SIZE = 12
/** Section 2.1.2.4. */
const FOOTER_MAGIC = [0x59, 0x5a]
/** The last bytes of a stream in which the index of a few hundred blocks is. */
export const TAIL_LENGTH = 4096

/** The place after a block with its padding. */
export const endOf = ({ at, unpadded }: XzPlace): number => at + Math.ceil(unpadded / 4) * 4

/**
 * The blocks that the index says there are, of a stream of `length` bytes whose last ones are `tail`: nothing is compared
 * but that the index begins after them. Undefined where it is not all in `tail`.
 */
export function listPlaces(tail: Uint8Array, length: number): XzPlace[] | undefined {
  const isMagic = (at: number) => FOOTER_MAGIC.every((byte, index) => tail[at + index] === byte)
  const end = [tail.length, tail.length - SIZE_WORD].find(at => at >= FOOTER_SIZE && isMagic(at - 2))
  if (end === undefined) return undefined
  const footer = end - FOOTER_SIZE
  const index = footer - (readU32(tail, footer + 4) + 1) * 4
  if (index < 0) return undefined
  let at = index + 1
  const integer = () => {
    const read = readInteger(tail.subarray(0, footer), at)
    at += read?.size ?? 0
    return read?.value
  }
  const places: XzPlace[] = []
  let next = STREAM_HEADER_SIZE
  for (let count = integer() ?? 0; count > 0; count--) {
    const [unpadded, unpacked] = [integer(), integer()]
    if (unpadded === undefined || unpacked === undefined) return undefined
    places.push({ at: next, unpadded, unpacked })
    next = endOf(places.at(-1)!)
  }
  return next === length - tail.length + index ? places : undefined
}

/**
 * What the blocks were, to compare with what the index says of them: a digest instead of a list, because a
 * stream may have millions of blocks without a byte in them.
 */
export class BlockTally {
  count = 0
  #digest = 0

  add({ unpadded, unpacked }: BlockSizes): void {
    this.count++
    for (const size of [unpadded, unpacked]) {
      // FNV-1a over 32-bit words.
      this.#digest = Math.imul(this.#digest ^ size, 0x01000193)
      this.#digest = Math.imul(this.#digest ^ Math.floor(size / 2 ** 32), 0x01000193)
    }
  }

  equals(other: BlockTally): boolean {
    return this.count === other.count && this.#digest === other.#digest
  }
}

/** Reads the index and the footer, and compares them with the blocks before and the flags of the header. */
export function readIndex(reader: XzReader, blocks: BlockTally, flags: Uint8Array): StreamError | undefined {
  const start = reader.position
  const where = `the index at ${hex(start)}`
  reader.position++
  const count = reader.integer()
  const listed = new BlockTally()
  // A count that is not right need not be counted to.
  while (count === blocks.count && listed.count < count) {
    const unpadded = reader.integer()
    const unpacked = reader.integer()
    if (unpadded === undefined || unpacked === undefined) return noNumber(reader, where)
    listed.add({ unpadded, unpacked })
  }
  if (count === undefined) return noNumber(reader, where)
  if (count !== blocks.count || !listed.equals(blocks)) {
    return streamError('checksum-mismatch', start, `${where} does not list the blocks that there are`)
  }
  const fault = reader.skipPadding(reader.position - start, where)
  if (fault !== undefined) return fault
  const size = reader.position - start
  const stored = reader.take(4)
  if (stored === undefined) return reader.truncated(where)
  if (!reader.checksumAgrees(start, size, stored)) {
    return streamError('checksum-mismatch', reader.position, `the checksum of ${where} does not agree`)
  }
  reader.position += 4
  return readFooter(reader, size + 4, flags)
}

function noNumber(reader: XzReader, where: string): StreamError {
  if (reader.take(9) === undefined) return reader.truncated(where)
  return streamError('stream-corrupt', reader.position, `${where} has no number at ${hex(reader.position)}`)
}

function readFooter(reader: XzReader, indexSize: number, flags: Uint8Array): StreamError | undefined {
  const position = reader.position
  const bytes = reader.take(FOOTER_SIZE)
  if (bytes === undefined) return reader.truncated('the stream footer')
  const where = `the stream footer at ${hex(position)}`
  if (FOOTER_MAGIC.some((byte, at) => bytes[10 + at] !== byte)) {
    return streamError('stream-corrupt', position, `${where} does not end with its magic`)
  }
  if (!reader.checksumAgrees(position + 4, 6, bytes)) {
    return streamError('checksum-mismatch', position, `the checksum of ${where} does not agree`)
  }
  const says = (new DataView(bytes.buffer).getUint32(4, true) + 1) * 4
  if (says !== indexSize || flags.some((byte, at) => bytes[8 + at] !== byte)) {
    return streamError('checksum-mismatch', position, `${where} does not agree with the header and the index`)
  }
  reader.position += FOOTER_SIZE
  return undefined
}
