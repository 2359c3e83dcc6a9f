/** Bits of a range of the memory, the highest of each byte first. After the range come zeros, which are counted. */
export class BitReader {
  readonly #memory: Uint8Array
  readonly #end: number
  /** The next byte that is not in the buffer. */
  #next: number
  #buffer = 0
  #available = 0

  constructor(memory: Uint8Array, start: number, end: number) {
    this.#memory = memory
    this.#next = start
    this.#end = end
  }

  /** The next 20 bits, which stay. */
  peek20(): number {
    this.#refill()
    return (this.#buffer >>> (this.#available - 20)) & 0xfffff
  }

  skip(count: number): void {
    this.#available -= count
  }

  /** The next bits, up to 24 of them. */
  read(count: number): number {
    this.#refill()
    this.#available -= count
    return (this.#buffer >>> this.#available) & ((1 << count) - 1)
  }

  /** Where the byte after the last one that was touched is. */
  get position(): number {
    return this.#next - (this.#available >> 3)
  }

  /** How many bits of the byte in front of `position` are unread. */
  get unread(): number {
    return this.#available & 7
  }

  get isOver(): boolean {
    return this.position > this.#end
  }

  #refill(): void {
    while (this.#available <= 24) {
      const byte = this.#next < this.#end ? this.#memory[this.#next]! : 0
      this.#buffer = (this.#buffer << 8) | byte
      this.#next++
      this.#available += 8
    }
  }
}
