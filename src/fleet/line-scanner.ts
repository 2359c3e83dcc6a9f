/**
 * The address of a record's line, found in its bytes: what sorts and joins millions of lines needs nothing else of them,
 * and JSON.parse makes objects of all that is in them.
 * @module
 */

import { KnownRests } from './known-rests.ts'

/** What a byte is within a string (RFC 8259, section 7). */
const ORDINARY = 0
const QUOTE = 1
const ESCAPE = 2
const CONTROL = 3

const IN_STRING = new Uint8Array(256)
IN_STRING.fill(CONTROL, 0, 0x20)
IN_STRING[0x22] = QUOTE
IN_STRING[0x5c] = ESCAPE

/** What may follow a backslash, but for `u`. */
const ESCAPED = new Set([...'"\\/bfnrt'].map(char => char.charCodeAt(0)))

const WORDS = ['true', 'false', 'null'].map(word => [...word].map(char => char.charCodeAt(0)))

/** Objects and arrays in each other. A record has eight of them; JSON.parse is asked about what has more. */
const MAX_DEPTH = 64

/** What is kept of lines to compare others with. */
const REST_LIMITS = { bytes: 16 * 2 ** 20, count: 4096 }

/** How a scan begins a line. */
const START = [...'{"image":"'].map(char => char.charCodeAt(0))

/** `image`. */
const IMAGE = [...'image'].map(char => char.charCodeAt(0))

const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= 0x30 && byte <= 0x39

const isHex = (byte: number | undefined): boolean =>
  isDigit(byte) || (byte !== undefined && (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x66)

/**
 * Reads lines strictly, and gives up at whatever is unusual: it accepts no line that JSON.parse does not, and says the
 * same of it. One for many lines; the fields are those of the last that was accepted.
 */
export class LineScanner {
  /** Where the address is in the bytes: UTF-8 without escapes. */
  addressStart = 0
  addressEnd = 0
  /** Bytes of the line beyond ASCII are or-ed to 0x80. */
  #bits = 0
  #bytes: Uint8Array = new Uint8Array()
  #at = 0
  #end = 0
  #escapes = false
  readonly #isObject = new Uint8Array(MAX_DEPTH)
  /** Whether each is ASCII. */
  readonly #rests = new KnownRests<boolean>(REST_LIMITS)

  /** True where no byte of the line is beyond ASCII. */
  get isAscii(): boolean {
    return this.#bits < 0x80
  }

  /** True where bytes [start, end) are an object in JSON with one member `image`, a string without escapes. */
  accepts(bytes: Buffer, start: number, end: number): boolean {
    this.#bytes = bytes
    this.#at = start
    this.#end = end
    this.#bits = 0
    this.#escapes = false
    this.addressStart = -1
    const isUsual = this.#startsWithAddress()
    const isKnowable = isUsual && this.isAscii
    if (isUsual) {
      const isRestAscii = this.#rests.find(bytes, this.addressEnd, end)
      if (isRestAscii !== undefined) {
        if (!isRestAscii) this.#bits |= 0x80
        return true
      }
    }
    this.#at = start
    this.#bits = 0
    this.addressStart = -1
    if (!this.#value() || this.addressStart < 0) return false
    this.#space()
    if (this.#at !== end) return false
    if (isKnowable) this.#rests.add(bytes, this.addressEnd, end, this.isAscii)
    return true
  }

  /** True where the line starts as a scan writes it, with an address without escapes. */
  #startsWithAddress(): boolean {
    for (const byte of START) if (this.#bytes[this.#at++] !== byte) return false
    this.#at--
    this.addressStart = this.#at + 1
    if (!this.#string() || this.#escapes) return false
    this.addressEnd = this.#at - 1
    return true
  }

  /** One value, whatever is in it: members and items are met one after the other, what they are in is kept in a list. */
  #value(): boolean {
    let depth = 0
    this.#space()
    if (this.#peek() !== 0x7b) return false
    for (;;) {
      // A value starts here.
      const byte = this.#peek()
      if (byte === 0x7b || byte === 0x5b) {
        if (depth === MAX_DEPTH) return false
        const isObject = byte === 0x7b
        this.#isObject[depth++] = isObject ? 1 : 0
        this.#at++
        this.#space()
        if (this.#peek() !== (isObject ? 0x7d : 0x5d)) {
          if (isObject && !this.#key(depth)) return false
          continue
        }
      } else if (!this.#scalar(byte)) return false
      else this.#space()
      // A value ends here, and with it those that it is the last of.
      for (;;) {
        if (depth === 0) return true
        const isObject = this.#isObject[depth - 1] === 1
        const next = this.#peek()
        if (next === 0x2c) {
          this.#at++
          this.#space()
          if (isObject && !this.#key(depth)) return false
          break
        }
        if (next !== (isObject ? 0x7d : 0x5d)) return false
        this.#at++
        depth--
        if (depth === 0) return true
        this.#space()
      }
    }
  }

  #peek(): number | undefined {
    return this.#at < this.#end ? this.#bytes[this.#at] : undefined
  }

  #space(): void {
    for (;;) {
      const byte = this.#peek()
      if (byte !== 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d) return
      this.#at++
    }
  }

  /** A member's name and its colon; of the outermost object's `image` the value is noted. */
  #key(depth: number): boolean {
    const start = this.#at + 1
    if (this.#peek() !== 0x22 || !this.#string()) return false
    const isImage = depth === 1 && this.#isImage(start, this.#at - 1)
    // Escapes can write the same name otherwise.
    if (depth === 1 && this.#escapes) return false
    this.#space()
    if (this.#peek() !== 0x3a) return false
    this.#at++
    this.#space()
    if (!isImage) return true
    // Of two members with one name JSON.parse takes the last.
    if (this.addressStart >= 0 || this.#peek() !== 0x22) return false
    const value = this.#at
    if (!this.#string() || this.#escapes) return false
    this.addressStart = value + 1
    this.addressEnd = this.#at - 1
    this.#at = value
    return true
  }

  #isImage(start: number, end: number): boolean {
    return end - start === IMAGE.length && IMAGE.every((byte, index) => this.#bytes[start + index] === byte)
  }

  #scalar(byte: number | undefined): boolean {
    if (byte === 0x22) return this.#string()
    if (byte === 0x2d || isDigit(byte)) return this.#number()
    const word = WORDS.find(([first]) => first === byte)
    if (word === undefined || this.#at + word.length > this.#end) return false
    if (!word.every((char, index) => this.#bytes[this.#at + index] === char)) return false
    this.#at += word.length
    return true
  }

  #string(): boolean {
    const bytes = this.#bytes
    const end = this.#end
    let at = this.#at + 1
    let bits = this.#bits
    this.#escapes = false
    for (; at < end; at++) {
      const byte = bytes[at]!
      bits |= byte
      const is = IN_STRING[byte]
      if (is === ORDINARY) continue
      if (is === QUOTE) {
        this.#bits = bits
        this.#at = at + 1
        return true
      }
      if (is === CONTROL) return false
      this.#escapes = true
      at++
      if (at >= end) return false
      if (bytes[at] === 0x75) {
        for (let digit = 1; digit <= 4; digit++)
          if (at + digit >= end || !isHex(bytes[at + digit])) return false
        at += 4
      } else if (!ESCAPED.has(bytes[at]!)) return false
    }
    return false
  }

  #number(): boolean {
    if (this.#peek() === 0x2d) this.#at++
    if (this.#peek() === 0x30) this.#at++
    else if (!this.#digits()) return false
    if (this.#peek() === 0x2e) {
      this.#at++
      if (!this.#digits()) return false
    }
    const byte = this.#peek()
    if (byte === 0x65 || byte === 0x45) {
      this.#at++
      const sign = this.#peek()
      if (sign === 0x2b || sign === 0x2d) this.#at++
      return this.#digits()
    }
    return true
  }

  #digits(): boolean {
    const start = this.#at
    while (isDigit(this.#peek())) this.#at++
    return this.#at > start
  }
}
