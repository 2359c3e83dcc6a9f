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

/**
 * Why text that starts with `bytes` cannot be read: Windows writes UTF-16 where a command's output goes to a file, and with
 * a byte order mark it cannot be anything else. Undefined for all other text.
 */
export function utf16Reason([first, second]: Uint8Array): string | undefined {
  const order =
    first === 0xff && second === 0xfe ? 'LE' : first === 0xfe && second === 0xff ? 'BE' : undefined
  if (order === undefined) return undefined
  return `it is UTF-16${order}, expected UTF-8; convert it with iconv -f UTF-16 -t UTF-8`
}
