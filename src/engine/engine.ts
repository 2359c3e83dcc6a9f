/**
 * The engine: memory, and the hot functions that work on it. There are two twins of this
 * interface, WebAssembly and TypeScript, and the same bytes give the same answers in both.
 * All addresses are offsets into `memory`.
 * @module
 */

export type EngineName = 'wasm' | 'typescript'

/** The twin, which has to read the same. */
export const twinOf = (name: EngineName): EngineName => (name === 'wasm' ? 'typescript' : 'wasm')

/** The functions that both twins implement: the exports of asm/index.ts, and functions of src/engine/typescript/. */
export interface EngineFunctions {
  /**
   * Reads an ELF image into the record at RECORD, resuming where the call before stopped. `start` is
   * where in the image the window at `address` begins. Returns 0 when the record is complete, 1 when it
   * needs another window: the record says which.
   */
  scanElf(address: number, length: number, start: number): number

  /**
   * 1 where one of the words in [address, address + length) is one of three, which are given as signed numbers; else 0. The
   * address is a multiple of four, and so are those of the words.
   */
  holdsWord(address: number, length: number, a: number, b: number, c: number): number

  /**
   * Checksums of [address, address + length). `previous` is the checksum of the bytes before, at first 0
   * (Adler-32: 1). The 32-bit ones return a signed pattern: `>>> 0` makes it the number.
   */
  crc32(address: number, length: number, previous: number): number
  /** bzip2's block checksum: the polynomial of crc32 with the highest bit first. */
  crc32Bzip2(address: number, length: number, previous: number): number
  /** Signed like the 32-bit ones: `BigInt.asUintN(64, ...)` makes it the number. */
  crc64(address: number, length: number, previous: bigint): bigint
  adler32(address: number, length: number, previous: number): number
  /** Leaves the 32 bytes of the digest at SHA256_DIGEST (codec-layout.ts). */
  sha256(address: number, length: number): void
  /** XXH64 with seed 0, signed like crc64. */
  xxh64(address: number, length: number): bigint

  /**
   * Decodes LZ4 sequences of the block whose unpacked bytes start at `start`, from `input` to `output`, until
   * the output reaches `target`. The block's compressed bytes end at `inputEnd`, those in memory at `loaded`.
   * Returns a status of block-state.ts, and leaves where it stopped there, always between two sequences. Writes
   * nothing outside [output, outputEnd), but more than it has decoded.
   */
  lz4Block(
    input: number,
    loaded: number,
    inputEnd: number,
    start: number,
    output: number,
    outputEnd: number,
    target: number,
  ): number
  /** Decodes one whole LZO1X block from [input, inputEnd) into [output, outputEnd), answering like lz4Block. */
  lzoBlock(input: number, inputEnd: number, output: number, outputEnd: number): number
  /**
   * Decodes the bzip2 block that starts `bits` bits into the byte at `input`, but for its last stage, and keeps
   * it for bzip2Write (bzip2-state.ts). The stream ends at `inputEnd`, what is in memory of it at `loaded`; with
   * MORE_INPUT the call has to be made again. A block has at most `maxLength` bytes (900,000) at this stage.
   */
  bzip2Block(input: number, bits: number, loaded: number, inputEnd: number, maxLength: number): number
  /** Writes the block out, going on where the call before stopped: to its end, or as far as there is room. */
  bzip2Write(output: number, outputEnd: number): number

  /** Starts a deflate stream. */
  inflateReset(): void
  /**
   * Decodes deflate from `input`, going on where the call before stopped (block-state.ts, inflate-state.ts), until the
   * output, whose first byte is at `start`, reaches `target` or has no room for more before `outputEnd`. The stream's
   * bytes end at `inputEnd`, those in memory at `loaded`; MORE_INPUT asks for more of them. AT_BLOCK_END is the end of
   * the stream. Writes nothing after `outputEnd`, but more than it has decoded.
   */
  inflate(
    input: number,
    loaded: number,
    inputEnd: number,
    start: number,
    output: number,
    outputEnd: number,
    target: number,
  ): number

  /** Starts a zstd frame: nothing is known from blocks before. */
  zstdReset(): void
  /**
   * Decodes one compressed zstd block from [input, inputEnd) into [output, outputEnd), in which nothing else is
   * changed but bytes after those that it has decoded. The frame's first byte is at `start`. Leaves where the output
   * stopped as lz4Block does, and returns AT_BLOCK_END or what was wrong (block-state.ts, zstd-state.ts); then the
   * frame cannot be gone on with. Reads a word after `inputEnd`, and some before `input`.
   */
  zstdBlock(input: number, inputEnd: number, start: number, output: number, outputEnd: number): number

  /** Sets lc, lp and pb (lc + lp <= 4) of the LZMA decoder, and makes all its probabilities even. */
  lzmaReset(lc: number, lp: number, pb: number): void
  /**
   * Decodes LZMA symbols until the output reaches the address `target`, or the next symbol would start after
   * `stop`, from where it may read LZMA_LOOKAHEAD bytes. Nothing is written after `end`, except that with a
   * `target` after it there may be one literal. Its state and what it returns are described in lzma-state.ts.
   */
  lzmaDecode(target: number, end: number, stop: number): number
  /**
   * Filters x86 branches in place, `position` bytes into the stream, with the history at X86_HISTORY. Answers
   * how many bytes are done: all but the last four at most. The next call starts there.
   */
  bcjX86(address: number, length: number, position: number): number
}

export interface Engine extends EngineFunctions {
  readonly name: EngineName
  /** The memory as it is now. `reserve` may replace it: never keep it over a call of `reserve`. */
  readonly memory: Uint8Array
  /** Makes the memory at least `bytes` long. Throws a RangeError where the machine cannot. */
  reserve(bytes: number): void
}

/** Bytes [start, start + length) of an image, readable at `address` in the engine's memory. */
export interface Window {
  start: number
  address: number
  /** May be shorter than asked at the end of the image. */
  length: number
}
