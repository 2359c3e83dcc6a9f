/** Deflate: the twin of asm/inflate.ts. */
import { AT_BLOCK_END, AT_TARGET, BAD_DISTANCE, MORE_INPUT, OUTPUT_FULL } from '../block-state.ts'
import { readU32, stopBlock, writeU32 } from '../block-stop.ts'
import * as inflateState from '../inflate-state.ts'
import { repeat } from './copy.ts'
import { InflateTables } from './inflate-tables.ts'

/** None of the statuses: the block ended, and another may follow; it goes on. */
const BLOCK_DONE = -1
const GO_ON = -2

/** An entry with nothing but ENTRY_OTHER of these leads to those for longer codes. */
const KIND =
  inflateState.ENTRY_LITERAL |
  inflateState.ENTRY_OTHER |
  inflateState.ENTRY_END |
  inflateState.ENTRY_INVALID |
  inflateState.ENTRY_EXTRA

/** The order in which the lengths of the length codes come (RFC 1951, section 3.2.7). */
const CODE_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]

/** See `EngineFunctions.inflateReset`. */
export function inflateReset(memory: Uint8Array): void {
  writeU32(memory, inflateState.INFLATE_BITS, 0)
  writeU32(memory, inflateState.INFLATE_PHASE, inflateState.PHASE_BLOCK)
  writeU32(memory, inflateState.INFLATE_FIXED, 0)
  writeU32(memory, inflateState.INFLATE_NO_DISTANCES, 0)
  writeU32(memory, inflateState.INFLATE_LAST, 0)
}

/** See `EngineFunctions.inflate`. */
export function inflate(
  memory: Uint8Array,
  input: number,
  loaded: number,
  inputEnd: number,
  start: number,
  output: number,
  outputEnd: number,
  target: number,
): number {
  return new Inflate(memory, input, loaded, loaded === inputEnd, output).run(start, outputEnd, target)
}

class Inflate {
  readonly #memory: Uint8Array
  readonly #tables: InflateTables
  readonly #loaded: number
  readonly #isAll: boolean
  /** The next byte to take bits from, and the bits of those before that are left. */
  #input: number
  #hold = 0
  #count = 0
  #output: number
  /** Where it goes on after the symbol that was decoded last. */
  #next = 0

  constructor(memory: Uint8Array, input: number, loaded: number, isAll: boolean, output: number) {
    this.#memory = memory
    this.#tables = new InflateTables(memory)
    this.#input = input
    this.#loaded = loaded
    this.#isAll = isAll
    this.#output = output
  }

  run(start: number, outputEnd: number, target: number): number {
    const memory = this.#memory
    this.#bits(readU32(memory, inflateState.INFLATE_BITS))
    while (true) {
      const phase = readU32(memory, inflateState.INFLATE_PHASE)
      if (phase === inflateState.PHASE_END) {
        this.#bits(this.#count & 7)
        return this.#stop(AT_BLOCK_END)
      }
      if (this.#output >= target) return this.#stop(AT_TARGET)
      if (phase === inflateState.PHASE_BLOCK) {
        const status = this.#startBlock()
        if (status !== BLOCK_DONE) return status
      } else {
        const status =
          phase === inflateState.PHASE_STORED
            ? this.#copyStored(outputEnd, target)
            : this.#runCodes(start, outputEnd, target)
        if (status !== BLOCK_DONE) return this.#stop(status)
        writeU32(
          memory,
          inflateState.INFLATE_PHASE,
          readU32(memory, inflateState.INFLATE_LAST) !== 0
            ? inflateState.PHASE_END
            : inflateState.PHASE_BLOCK,
        )
      }
    }
  }

  #stop(status: number): number {
    const unused = Math.ceil(this.#count / 8)
    writeU32(this.#memory, inflateState.INFLATE_BITS, (8 - (this.#count & 7)) & 7)
    return stopBlock(this.#memory, status, this.#input - unused, this.#output)
  }

  /** The next bits, 16 at most; zeros after the end, which are counted like input. */
  #bits(count: number): number {
    while (this.#count < count) {
      if (this.#input < this.#loaded) this.#hold |= this.#memory[this.#input]! << this.#count
      this.#input++
      this.#count += 8
    }
    const value = this.#hold & ((1 << count) - 1)
    this.#hold >>>= count
    this.#count -= count
    return value
  }

  /** The entry of a table for the bits that come next, none of them taken but those of a prefix. */
  #entry(table: Uint32Array, log: number): number {
    // Codes have 15 bits at most.
    while (this.#count < 15) {
      if (this.#input < this.#loaded) this.#hold |= this.#memory[this.#input]! << this.#count
      this.#input++
      this.#count += 8
    }
    const entry = table[this.#hold & ((1 << log) - 1)]!
    if ((entry & KIND) !== inflateState.ENTRY_OTHER) return entry
    this.#skip(log)
    return table[(entry >>> 16) + (this.#hold & ((1 << ((entry >> 8) & 15)) - 1))]!
  }

  #skip(count: number): void {
    this.#hold >>>= count
    this.#count -= count
  }

  #bitsLeft(): number {
    return (this.#loaded - this.#input) * 8 + this.#count
  }

  /** Reads a block's header; where that fails, nothing of it is read. */
  #startBlock(): number {
    const memory = this.#memory
    if (!this.#isAll && this.#bitsLeft() < inflateState.MOST_HEADER * 8) return this.#stop(MORE_INPUT)
    const before = { input: this.#input, hold: this.#hold, count: this.#count }
    writeU32(memory, inflateState.INFLATE_BLOCK, this.#input - Math.ceil(this.#count / 8))
    const noDistances = readU32(memory, inflateState.INFLATE_NO_DISTANCES)
    const status = this.#readHeader()
    const isOver = this.#bitsLeft() < 0
    if (status === BLOCK_DONE && !isOver) return status
    this.#input = before.input
    this.#hold = before.hold
    this.#count = before.count
    writeU32(memory, inflateState.INFLATE_PHASE, inflateState.PHASE_BLOCK)
    writeU32(memory, inflateState.INFLATE_NO_DISTANCES, noDistances)
    return this.#stop(isOver ? MORE_INPUT : status)
  }

  #readHeader(): number {
    const memory = this.#memory
    writeU32(memory, inflateState.INFLATE_LAST, this.#bits(1))
    const type = this.#bits(2)
    if (type === 3) return inflateState.INFLATE_BAD_TYPE
    if (type === 0) {
      this.#bits(this.#count & 7)
      const size = this.#bits(16)
      if (this.#bits(16) !== (size ^ 0xffff)) return inflateState.INFLATE_BAD_STORED
      writeU32(memory, inflateState.INFLATE_STORED, size)
      writeU32(memory, inflateState.INFLATE_PHASE, inflateState.PHASE_STORED)
      return BLOCK_DONE
    }
    if (type === 1) {
      if (readU32(memory, inflateState.INFLATE_FIXED) === 0) this.#tables.buildFixed()
      writeU32(memory, inflateState.INFLATE_FIXED, 1)
    } else {
      writeU32(memory, inflateState.INFLATE_FIXED, 0)
      const status = this.#readTables()
      if (status !== 0) return status
    }
    writeU32(memory, inflateState.INFLATE_PHASE, inflateState.PHASE_CODES)
    return BLOCK_DONE
  }

  /** Reads the code lengths of section 3.2.7, and makes their tables: 0, or what is wrong. */
  #readTables(): number {
    const literals = this.#bits(5) + 257
    const distances = this.#bits(5) + 1
    const codes = this.#bits(4) + 4
    if (literals > 286 || distances > 30) return inflateState.INFLATE_BAD_TABLES
    const codeLengths = new Uint8Array(CODE_ORDER.length)
    for (let index = 0; index < codes; index++) codeLengths[CODE_ORDER[index]!] = this.#bits(3)
    const status = this.#tables.buildCodes(codeLengths)
    if (status !== 0) return status
    const lengths = new Uint8Array(literals + distances)
    for (let index = 0; index < lengths.length; ) {
      const entry = this.#entry(this.#tables.codes, inflateState.CODE_LOG)
      this.#skip(entry & 0xff)
      const symbol = entry >>> 16
      if (symbol < 16) {
        lengths[index++] = symbol
        continue
      }
      if (symbol === 16 && index === 0) return inflateState.INFLATE_UNCHECKED
      const length = symbol === 16 ? lengths[index - 1]! : 0
      const times = symbol === 16 ? this.#bits(2) + 3 : symbol === 17 ? this.#bits(3) + 3 : this.#bits(7) + 11
      if (times > lengths.length - index) return inflateState.INFLATE_BAD_TABLES
      lengths.fill(length, index, index + times)
      index += times
    }
    const built = this.#tables.build(lengths.subarray(0, literals), lengths.subarray(literals))
    if (built !== 0) return built
    if (lengths.subarray(literals).every(length => length === 0)) {
      writeU32(this.#memory, inflateState.INFLATE_NO_DISTANCES, 1)
    }
    return lengths[256] !== 0 ? 0 : inflateState.INFLATE_NO_END
  }

  /** Copies of a stored block what there is, what fits, and what is asked for. */
  #copyStored(outputEnd: number, target: number): number {
    const memory = this.#memory
    // There are whole bytes in hold: they are given back.
    this.#input -= this.#count >> 3
    this.#hold = 0
    this.#count = 0
    const left = readU32(memory, inflateState.INFLATE_STORED)
    const wanted = Math.min(left, target - this.#output)
    const size = Math.min(wanted, this.#loaded - this.#input, outputEnd - this.#output)
    memory.copyWithin(this.#output, this.#input, this.#input + size)
    this.#input += size
    this.#output += size
    writeU32(memory, inflateState.INFLATE_STORED, left - size)
    if (size === left) return BLOCK_DONE
    if (size === wanted) return AT_TARGET
    return this.#input === this.#loaded ? MORE_INPUT : OUTPUT_FULL
  }

  /** Decodes symbols. Near the input's end one that needs bits from after it is left, whatever it says. */
  #runCodes(start: number, outputEnd: number, target: number): number {
    while (this.#output < target) {
      const isNear = this.#bitsLeft() < inflateState.MOST_SYMBOL
      if (isNear && !this.#isAll) return MORE_INPUT
      const input = this.#input
      const hold = this.#hold
      const count = this.#count
      const status = this.#runSymbol(start, outputEnd)
      // How many bits a code has that no symbol has is not known.
      if (this.#bitsLeft() < 0 || (isNear && status === inflateState.INFLATE_BAD_CODE)) {
        this.#input = input
        this.#hold = hold
        this.#count = count
        return MORE_INPUT
      }
      if (status !== GO_ON) return status
      this.#output = this.#next
    }
    return AT_TARGET
  }

  /** Decodes a symbol, and writes after the output, which stays. */
  #runSymbol(start: number, outputEnd: number): number {
    const output = this.#output
    const entry = this.#entry(this.#tables.literals, inflateState.LITERAL_LOG)
    this.#skip(entry & 0xff)
    if ((entry & inflateState.ENTRY_LITERAL) !== 0) {
      if (output === outputEnd) return OUTPUT_FULL
      this.#memory[output] = entry >> 16
      this.#next = output + 1
      return GO_ON
    }
    let length = entry >>> 16
    if ((entry & inflateState.ENTRY_OTHER) !== 0) {
      if ((entry & inflateState.ENTRY_EXTRA) === 0)
        return (entry & inflateState.ENTRY_END) !== 0 ? BLOCK_DONE : inflateState.INFLATE_BAD_CODE
      length += this.#bits((entry >> 8) & 15)
    }
    const code = this.#entry(this.#tables.distances, inflateState.DISTANCE_LOG)
    if ((code & inflateState.ENTRY_OTHER) !== 0) return inflateState.INFLATE_BAD_CODE
    const codeBits = ((code >> 8) & 31) - inflateState.BUFFER_SHIFT
    this.#skip(codeBits)
    const distance = (code >>> 16) + this.#bits((code & 0xff) - codeBits)
    if (distance > output - start) return BAD_DISTANCE
    if (length > outputEnd - output) return OUTPUT_FULL
    repeat(this.#memory, output, distance, length)
    this.#next = output + length
    return GO_ON
  }
}
