/**
 * A part of a catalogue: `n` machines that each scan one of `n` shards of it scan every file once between them.
 *
 * What decides is the file's content: the SHA-256 of its size and of its first 4 KiB. It is the same on every machine,
 * whatever the files are called and wherever they are mounted, and all copies of a kernel fall to one machine, which
 * reads it once. No file is read further for it. Disk images and archives go by path and size instead: their first bytes
 * are alike, and `merge` brings the kernels of all machines together. References to servers go by their addresses, and
 * so does everything where that is asked for: nothing is opened then to tell whose part it is.
 * @module
 */
import { detectHead } from '../containers/detect-head.ts'
import { type Found, SourceError } from '../source/source.ts'

export interface Shard {
  /** From 1 to `count`. */
  index: number
  count: number
  /** What decides; references always go by their addresses. */
  by?: 'content' | 'reference'
}

const HEAD = 4096

const isDisk = (head: Uint8Array): boolean => {
  const detected = detectHead(head)
  return detected !== undefined && detected.kind !== 'stream'
}

/** Tells whether a file belongs to the shard. What cannot be read belongs to the first one. */
export function shardFilter({ index, count, by = 'content' }: Shard): (found: Found) => boolean {
  const { createHash } = process.getBuiltinModule('node:crypto')
  const head = new Uint8Array(HEAD)
  const keyOf = (found: Found): number => {
    if (by === 'reference' || found.locator !== undefined) {
      return createHash('sha256').update(found.address).digest().readUInt32BE(0)
    }
    const source = found.open()
    try {
      const length = source.read(head, 0)
      const hash = createHash('sha256').update(`${source.size}\n`)
      // The heads of disks are alike, and what they hold is many kernels: they go by their paths.
      if (isDisk(head.subarray(0, length))) hash.update(found.address)
      else hash.update(head.subarray(0, length))
      return hash.digest().readUInt32BE(0)
    } finally {
      source.close()
    }
  }
  return found => {
    try {
      const isKnown = by === 'reference' || found.problem === undefined
      return (isKnown ? keyOf(found) % count : 0) === index - 1
    } catch (error) {
      if (error instanceof SourceError) return index === 1
      throw error
    }
  }
}
