/** The records of a pax extended header: `LENGTH KEY=VALUE\n`, one after the other (POSIX.1-2017 pax(1)). */
import { decodeName } from '../file-name.ts'
import type { Metadata } from '../metadata.ts'

const MAX_RECORDS = 65536
const SPACE = 0x20
const EQUALS = 0x3d

/** Throws a ContainerError where the records break their rules. `GNU.sparse.offset` and `.numbytes` come as one map. */
export function parsePax(bytes: Uint8Array, metadata: Metadata, offset: number): Map<string, string> {
  const records = new Map<string, string>()
  const pieces: string[] = []
  let at = 0
  for (let count = 0; at < bytes.length && bytes[at] !== 0; count++) {
    if (count === MAX_RECORDS)
      throw metadata.corrupt('pax header', `it has more than ${MAX_RECORDS} records`, offset)
    const space = bytes.indexOf(SPACE, at)
    const digits = space === -1 ? '' : String.fromCharCode(...bytes.subarray(at, Math.min(space, at + 20)))
    const length = /^\d+$/.test(digits) ? Number(digits) : 0
    const equals = bytes.indexOf(EQUALS, space)
    const end = at + length
    if (length === 0 || end > bytes.length || equals === -1 || equals >= end) {
      throw metadata.corrupt('pax header', 'a record has no length, or no key', offset + at)
    }
    const key = decodeName(bytes.subarray(space + 1, equals), { slashes: true })
    const value = decodeName(bytes.subarray(equals + 1, end - 1), { slashes: true })
    if (key === 'GNU.sparse.offset' || key === 'GNU.sparse.numbytes') pieces.push(value)
    else records.set(key, value)
    at = end
  }
  if (pieces.length > 0) records.set('GNU.sparse.map', pieces.join(','))
  return records
}
