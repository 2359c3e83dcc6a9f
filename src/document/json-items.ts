/**
 * A long JSON document in pieces: the members of its object one by one, and of long lists each item by itself. What is
 * held at a time is one item.
 * @module
 */

/** A member of the document, or an item of one of its lists. */
export interface JsonItem {
  member: string
  /** The place in the list; absent for a member that is given as a whole, as an empty list is. */
  index?: number
  value: unknown
  /** Where it starts, from 1. */
  line: number
}

/** Raised for what is not JSON, is cut, or is no object. The message completes `Cannot read …: `. */
export class JsonItemsError extends Error {
  override name = 'JsonItemsError'
}

const NEWLINE = 0x0a
const QUOTE = 0x22
const COMMA = 0x2c
const COLON = 0x3a
const OPEN_LIST = 0x5b
const BACKSLASH = 0x5c
const CLOSE_LIST = 0x5d
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d

const isSpace = (byte: number) => byte === 0x20 || byte === NEWLINE || byte === 0x0d || byte === 0x09

/** The longest item, in bytes: more than the paths of a million images, less than the longest string. */
const LONGEST = 256 * 2 ** 20

/**
 * Yields the members of the object that `chunks` are the text of, those in `lists` item by item. A chunk may be written
 * over once the next one is asked for. Throws a JsonItemsError.
 */
export function* jsonItems(chunks: Iterable<Uint8Array>, lists: ReadonlySet<string>): Generator<JsonItem> {
  const text = new JsonText(chunks)
  const seen = new Set<string>()
  text.skipMark()
  text.expect(OPEN_OBJECT, 'an object')
  if (!text.skip(CLOSE_OBJECT)) {
    do {
      const { value: member, line } = text.value()
      if (typeof member !== 'string') throw text.fault('expected the name of a member', line)
      if (seen.has(member)) throw text.fault(`the member ${JSON.stringify(member)} is there twice`, line)
      seen.add(member)
      text.expect(COLON, 'a colon')
      if (!lists.has(member) || text.next() !== OPEN_LIST) {
        yield { member, ...text.value() }
        continue
      }
      text.expect(OPEN_LIST, 'a list')
      if (text.skip(CLOSE_LIST)) {
        yield { member, value: [], line }
        continue
      }
      let index = 0
      do yield { member, index: index++, ...text.value() }
      while (text.skip(COMMA))
      text.expect(CLOSE_LIST, 'the end of a list')
    } while (text.skip(COMMA))
    text.expect(CLOSE_OBJECT, 'the end of the object')
  }
  if (text.next() !== END) throw text.fault('expected nothing after the object')
}

const END = -1
const NOTHING = new Uint8Array()

class JsonText {
  readonly #chunks: Iterator<Uint8Array>
  readonly #decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  #chunk: Uint8Array = NOTHING
  #at = 0
  #line = 1

  constructor(chunks: Iterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.iterator]()
  }

  fault(what: string, line = this.#line): JsonItemsError {
    return new JsonItemsError(`it is no JSON: line ${line}: ${what}`)
  }

  /** The byte order mark of UTF-8, which some editors write. */
  skipMark(): void {
    if (this.next() !== 0xef) return
    for (const byte of [0xef, 0xbb, 0xbf]) this.expect(byte, 'the byte order mark of UTF-8')
  }

  /** The byte after white space; END after the last one. */
  next(): number {
    for (;;) {
      const byte = this.#peek()
      if (!isSpace(byte)) return byte
      if (byte === NEWLINE) this.#line++
      this.#at++
    }
  }

  /** True where `byte` comes next, which is then behind us. */
  skip(byte: number): boolean {
    if (this.next() !== byte) return false
    this.#at++
    return true
  }

  expect(byte: number, what: string): void {
    if (this.skip(byte)) return
    throw this.fault(this.#peek() === END ? `expected ${what}, found its end` : `expected ${what}`)
  }

  value(): { value: unknown; line: number } {
    this.next()
    const line = this.#line
    const text = this.#valueText()
    try {
      return { value: JSON.parse(text), line }
    } catch {
      throw this.fault(text === '' ? 'expected a value' : `expected a value, found ${shown(text)}`, line)
    }
  }

  #peek(): number {
    while (this.#at === this.#chunk.length) {
      const { done, value } = this.#chunks.next()
      if (done === true) return END
      this.#chunk = value
      this.#at = 0
    }
    return this.#chunk[this.#at]!
  }

  /** The bytes up to where a value ends: whether it is one tells JSON.parse. */
  #valueText(): string {
    const pieces: Uint8Array[] = []
    let size = 0
    let depth = 0
    let inString = false
    let isEscaped = false
    let isWhole = false
    while (!isWhole) {
      if (this.#peek() === END) {
        if (depth > 0 || inString) throw this.fault('it ends inside of a value')
        break
      }
      const chunk = this.#chunk
      const start = this.#at
      let at = start
      for (; at < chunk.length && !isWhole; at++) {
        const byte = chunk[at]!
        if (byte === NEWLINE) this.#line++
        if (inString) {
          if (isEscaped) isEscaped = false
          else if (byte === BACKSLASH) isEscaped = true
          else if (byte === QUOTE) {
            inString = false
            isWhole = depth === 0
          }
        } else if (byte === QUOTE) inString = true
        else if (byte === OPEN_LIST || byte === OPEN_OBJECT) depth++
        else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) {
          if (depth === 0) break
          depth--
          isWhole = depth === 0
        } else if (depth === 0 && (byte === COMMA || byte === COLON || isSpace(byte))) {
          if (byte === NEWLINE) this.#line--
          break
        }
      }
      const isCut: boolean = at === chunk.length && !isWhole
      this.#at = at
      size += at - start
      if (size > LONGEST) throw this.fault(`a value is longer than ${LONGEST / 2 ** 20} MiB, the limit`)
      const piece = chunk.subarray(start, at)
      // What goes on in the next chunk is copied, which may lie where this one does; slice() of a Buffer copies nothing.
      pieces.push(isCut ? new Uint8Array(piece) : piece)
      isWhole ||= !isCut
    }
    return this.#decode(pieces, size)
  }

  #decode(pieces: readonly Uint8Array[], size: number): string {
    try {
      return this.#decoder.decode(pieces.length === 1 ? pieces[0]! : joined(pieces, size))
    } catch {
      throw this.fault('expected UTF-8')
    }
  }
}

function joined(pieces: readonly Uint8Array[], size: number): Uint8Array {
  const all = new Uint8Array(size)
  let at = 0
  for (const piece of pieces) {
    all.set(piece, at)
    at += piece.length
  }
  return all
}

/** The start of what should have been a value. */
const shown = (text: string) => JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text)
