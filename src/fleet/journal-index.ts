/**
 * Where in a journal the lines of a file are: 12 bytes of memory an image, so that a million of them can be
 * looked up in the order of a walk, which is not the order in which they were finished.
 * @module
 */
import { readSync } from 'node:fs'

const STEP = 1 << 20
const LINE_STEP = 16 * 1024
const NEWLINE = 10
/** How every line but the first starts, and what follows the path. No JSON string has the latter in it. */
const BEFORE_PATH = '{"image":'
const AFTER_PATH = Buffer.from(',"identity":"')

export class JournalIndex {
  /** Where the last whole line ends. */
  readonly end: number
  #hashes = new Uint32Array(1024)
  /** Offset + 1 of a line; 0 for a free place. */
  #offsets = new Float64Array(1024)
  #count = 0

  /** Reads the journal once. Throws what reading throws. */
  constructor(fd: number) {
    this.end = this.#read(fd)
  }

  /** Offsets of lines that may be those of the file at `path`, the latest last. */
  *find(path: string): Generator<number> {
    const hash = hashOf(Buffer.from(JSON.stringify(path)))
    const mask = this.#hashes.length - 1
    for (let at = hash & mask; this.#offsets[at] !== 0; at = (at + 1) & mask) {
      if (this.#hashes[at] === hash) yield this.#offsets[at]! - 1
    }
  }

  #read(fd: number): number {
    const chunk = Buffer.allocUnsafe(STEP)
    let rest = Buffer.alloc(0)
    let start = 0
    for (;;) {
      const length = readSync(fd, chunk, 0, STEP, start + rest.length)
      if (length === 0) return start
      let bytes = Buffer.concat([rest, chunk.subarray(0, length)])
      for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE)) {
        this.#addLine(bytes.subarray(0, end), start)
        start += end + 1
        bytes = bytes.subarray(end + 1)
      }
      rest = Buffer.from(bytes)
    }
  }

  #addLine(line: Buffer, offset: number): void {
    const end = line.indexOf(AFTER_PATH)
    if (end < 0) return
    if (2 * this.#count >= this.#hashes.length) this.#grow()
    this.#put(hashOf(line.subarray(BEFORE_PATH.length, end)), offset + 1)
    this.#count++
  }

  #put(hash: number, value: number): void {
    const mask = this.#hashes.length - 1
    let at = hash & mask
    while (this.#offsets[at] !== 0) at = (at + 1) & mask
    this.#hashes[at] = hash
    this.#offsets[at] = value
  }

  #grow(): void {
    const [hashes, offsets] = [this.#hashes, this.#offsets]
    this.#hashes = new Uint32Array(2 * hashes.length)
    this.#offsets = new Float64Array(2 * offsets.length)
    for (const [at, value] of offsets.entries()) if (value !== 0) this.#put(hashes[at]!, value)
  }
}

/** The line that starts at `offset`, without its end. */
export function readLine(fd: number, offset: number): string {
  for (let size = LINE_STEP; ; size *= 4) {
    const bytes = Buffer.allocUnsafe(size)
    const length = readSync(fd, bytes, 0, size, offset)
    const end = bytes.subarray(0, length).indexOf(NEWLINE)
    if (end >= 0) return bytes.toString('utf8', 0, end)
    if (length < size) return bytes.toString('utf8', 0, length)
  }
}

/** FNV-1a, 32 bits. */
function hashOf(bytes: Uint8Array): number {
  let hash = 0x811c9dc5
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193)
  return hash >>> 0
}
