/**
 * The bytes of a file or a pipe from its start, a piece at a time.
 * @module
 */
import { closeSync, openSync, readSync } from 'node:fs'

/** Bytes that are read at once. */
const STEP = 64 * 1024

/** Yields pieces that lie in the same memory, one after the other. The file is held open: a pipe has no positions. Throws what the system says. */
export function* fileChunks(file: string, step = STEP): Generator<Buffer> {
  const fd = openSync(file, 'r')
  try {
    const buffer = Buffer.allocUnsafe(step)
    for (;;) {
      const length = readSync(fd, buffer)
      if (length === 0) return
      yield buffer.subarray(0, length)
    }
  } finally {
    closeSync(fd)
  }
}

/** So many bytes at the start tell UTF-16 without a byte order mark; a text may be shorter. */
const TELLING = 16

type Order = 'LE' | 'BE'

function markedOrder([first, second]: Uint8Array): Order | undefined {
  if (first === 0xff && second === 0xfe) return 'LE'
  return first === 0xfe && second === 0xff ? 'BE' : undefined
}

/** The order without a mark: every other byte of Latin letters is NUL. */
function unmarkedOrder(bytes: Uint8Array): Order | undefined {
  const start = bytes.subarray(0, TELLING)
  if (start.length < 4) return undefined
  if (start.every((byte, at) => (byte === 0) === (at % 2 === 1))) return 'LE'
  return start.every((byte, at) => (byte === 0) === (at % 2 === 0)) ? 'BE' : undefined
}

/**
 * Why text that starts with `bytes` cannot be read: Windows writes UTF-16 where a command's output goes to a file. Undefined
 * for all other text.
 */
export function utf16Reason(bytes: Uint8Array): string | undefined {
  const marked = markedOrder(bytes)
  const order = marked ?? unmarkedOrder(bytes)
  if (order === undefined) return undefined
  // Where there is a mark, iconv takes the order from it, and the mark away.
  const from = marked === undefined ? `UTF-16${order}` : 'UTF-16'
  return `it is UTF-16${order}, expected UTF-8; convert it with iconv -f ${from} -t UTF-8`
}
