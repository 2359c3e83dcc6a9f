/**
 * An object on a server as a source. Its bytes come in blocks through a cache, and where a reader goes on from block
 * to block the next ones are asked for before it needs them.
 * @module
 */
import { createHash } from 'node:crypto'
import { ReadRanges } from '../ranges.ts'
import type { OpenSource } from '../source.ts'
import { BLOCK } from './in-flight.ts'
import type { Opened } from './messages.ts'
import type { RemoteOptions } from './options.ts'
import { shortDigest } from './locators.ts'
import { MAX_BLOCKS, RemoteClient } from './remote-client.ts'

/** Blocks that come together where one after the other is read: 64 KiB. */
const NEXT_BLOCKS = 4
/** Blocks that an open object keeps: 16 MiB. */
const MAX_CACHED = (16 * 2 ** 20) / BLOCK
/**
 * Of bytes that were read one after the other, one for so many is asked for ahead, and 1 MiB at most: what is not needed
 * then was sent in vain, which is a sixteenth of the whole.
 */
const READ_A_BYTE_AHEAD = 16
const MAX_AHEAD = 2 ** 20 / BLOCK

let client: { asked: RemoteClient; options: string } | undefined

/** This thread's client: one for all objects. */
function clientFor(options: RemoteOptions): RemoteClient {
  const key = JSON.stringify(options)
  if (client?.options !== key) client = { asked: new RemoteClient(options), options: key }
  return client.asked
}

/** Which object it is, from where it lies, its version and its size. The same for each who asks. */
export const remoteIdentity = (address: string, version: string, size: number): string =>
  `remote:${shortDigest(address)}:${size}:${createHash('sha256').update(version).digest('hex').slice(0, 24)}`

/** Opens the object that is shown as `address`. Throws a SourceError. */
export function openRemote(address: string, locator: string, options: RemoteOptions): OpenSource {
  const asked = clientFor(options)
  return new RemoteSource(asked, address, asked.open(locator))
}

class RemoteSource implements OpenSource {
  readonly size: number
  readonly identity: string
  readonly address: string
  readonly ranges = new ReadRanges()
  bytesRead = 0
  readonly openBeside?: (name: string) => OpenSource
  readonly isRemote = true
  readonly #client: RemoteClient
  readonly #handle: number
  readonly #isStream: boolean
  /** In the order of their last use. */
  readonly #blocks = new Map<number, Uint8Array>()
  /** The block after the last that was fetched, and how many came one after the other up to it. */
  #next = -1
  #inOrder = 0

  constructor(asked: RemoteClient, address: string, { opened, head }: { opened: Opened; head: Uint8Array }) {
    const { size, version, handle, isStream, hasNeighbours } = opened
    this.#client = asked
    this.#handle = handle
    this.#isStream = isStream
    this.size = size
    this.address = address
    // An object without a version is another one each time.
    this.identity = remoteIdentity(address, version === '' ? String(performance.now()) : version, size)
    if (head.length === Math.min(size, BLOCK) && size > 0) this.#keep(0, head)
    if (hasNeighbours) {
      this.openBeside = name =>
        new RemoteSource(asked, `${folderOf(address)}${name}`, asked.openBeside(handle, name))
    }
  }

  read(into: Uint8Array, position: number): number {
    const length = Math.max(0, Math.min(into.length, this.size - position))
    if (length === 0) return 0
    const end = Math.ceil((position + length) / BLOCK)
    for (let block = Math.floor(position / BLOCK); block < end; block++) {
      const bytes = this.#block(block, end)
      const from = Math.max(0, position - block * BLOCK)
      const at = block * BLOCK + from - position
      into.set(bytes.subarray(from, Math.min(bytes.length, from + length - at)), at)
    }
    this.ranges.add(position, position + length)
    this.bytesRead += length
    return length
  }

  /** A block, fetched together with those after it up to `end` that are not there. */
  #block(block: number, end: number): Uint8Array {
    const kept = this.#blocks.get(block)
    if (kept !== undefined) {
      this.#blocks.delete(block)
      this.#blocks.set(block, kept)
      return kept
    }
    const isNext = block === this.#next && !this.#isStream
    const wanted = Math.min(
      Math.max(end, isNext ? block + NEXT_BLOCKS : 0),
      block + MAX_BLOCKS,
      Math.ceil(this.size / BLOCK),
    )
    let stop = block + 1
    while (stop < wanted && !this.#blocks.has(stop)) stop++
    this.#inOrder = block === this.#next ? this.#inOrder + stop - block : 0
    this.#next = stop
    const bytes = this.#client.read(this.#handle, block, stop, this.#blocksAhead())
    for (let at = block; at < stop; at++) {
      const from = (at - block) * BLOCK
      this.#keep(at, bytes.slice(from, from + BLOCK))
    }
    return this.#blocks.get(block)!
  }

  #blocksAhead(): number {
    if (this.#inOrder < 2 || this.#isStream) return 0
    return Math.min(MAX_AHEAD, Math.ceil(this.#inOrder / READ_A_BYTE_AHEAD))
  }

  #keep(block: number, bytes: Uint8Array): void {
    this.#blocks.set(block, bytes)
    for (const oldest of this.#blocks.keys()) {
      if (this.#blocks.size <= MAX_CACHED) break
      this.#blocks.delete(oldest)
    }
  }

  /** Each answer was compared with the version of the first one: nothing is left to ask. */
  assertUnchanged(): void {}

  close(): void {
    this.#client.close(this.#handle)
  }
}

/** The address up to its last slash: what names lead on from. */
const folderOf = (address: string): string => address.replace(/[?].*$/, '').replace(/[^/]*$/, '')
