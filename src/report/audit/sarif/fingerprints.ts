/**
 * What tells a service that a result is the same as in the run before: the image and the cause, and not
 * the fleet, which changes.
 * @module
 */
import { kernelName } from '../names.ts'
import type { ResultRow } from './result-rows.ts'

/** Offset basis and prime of the 64-bit FNV-1a hash (RFC 9923). */
const OFFSET_BASIS = 0xcbf29ce484222325n
const PRIME = 0x100000001b3n

/** FNV-1a over UTF-16 code units, in hexadecimal. */
function hash(text: string): string {
  let value = OFFSET_BASIS
  for (let index = 0; index < text.length; index++) {
    value = BigInt.asUintN(64, (value ^ BigInt(text.charCodeAt(index))) * PRIME)
  }
  return value.toString(16).padStart(16, '0')
}

/** What marks a result. */
interface Marked extends Pick<ResultRow, 'laterRefusal'> {
  kernel: Pick<ResultRow['kernel'], 'images'>
  cause: string
}

export class Fingerprints {
  readonly #seen = new Map<string, number>()

  /** The second result with equal marks gets another number. GitHub knows no name but `primaryLocationLineHash`. */
  of({ kernel, cause, laterRefusal }: Marked) {
    const mark = hash([kernelName(kernel), cause, laterRefusal ?? ''].join('\0'))
    const count = (this.#seen.get(mark) ?? 0) + 1
    this.#seen.set(mark, count)
    const value = `${mark}:${count}`
    return { 'imageCause/v2': value, primaryLocationLineHash: value }
  }
}
