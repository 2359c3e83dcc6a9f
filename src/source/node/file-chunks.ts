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
 * Why text that starts with `bytes` cannot be read: Windows writes UTF-16 where a command's output goes to a file. It has a
 * byte order mark, or a NUL beside each of its first two characters. Undefined for all other text.
 */
export function utf16Reason(bytes: Uint8Array): string | undefined {
  const [a, b, c, d] = bytes
  const isLittle = (a === 0xff && b === 0xfe) || (isAscii(a) && b === 0 && isAscii(c) && d === 0)
  const isBig = (a === 0xfe && b === 0xff) || (a === 0 && isAscii(b) && c === 0 && isAscii(d))
  if (!isLittle && !isBig) return undefined
  const encoding = isLittle ? 'UTF-16LE' : 'UTF-16BE'
  const from = isAscii(a) || isAscii(b) ? encoding : 'UTF-16'
  return `it is ${encoding}, expected UTF-8; convert it with iconv -f ${from} -t UTF-8`
}

const isAscii = (byte: number | undefined) => byte !== undefined && byte > 0 && byte < 0x80
