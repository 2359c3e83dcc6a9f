/** A browser's file as a source: read by slices, so that a disk image of any size takes no memory. */
import { ReadRanges } from './ranges.ts'
import { type OpenSource, SourceError } from './source.ts'

/** What is used of a Blob: no runtime's types are among ours. */
export interface Sliceable {
  /** In bytes. */
  readonly size: number
  slice(start: number, end: number): Sliceable
}

/** Reads slices at once. A browser has it in workers only. */
declare const FileReaderSync: new () => { readAsArrayBuffer(blob: Sliceable): ArrayBuffer }

/** A slice that is read anew has this many bytes; one that goes on where the last ended has twice as many as that one. */
const FIRST_WINDOW = 64 * 1024
const LARGEST_WINDOW = 4 * 2 ** 20
/** Slices that are kept: structures of a disk are read here and there. */
const KEPT_WINDOWS = 12

interface Window {
  start: number
  bytes: Uint8Array
}

/** A Blob or File. It can be read in a worker only. */
export class BlobSource implements OpenSource {
  readonly size: number
  readonly address: string
  readonly identity: string
  readonly ranges: ReadRanges = new ReadRanges()
  bytesRead: number = 0
  readonly #blob: Sliceable
  readonly #reader: { readAsArrayBuffer(blob: Sliceable): ArrayBuffer }
  /** The last that was used comes last. */
  #windows: Window[] = []

  /** `identity` tells this file from others of the same content, such as its path and the time of its last change. */
  constructor(blob: Sliceable, address: string, identity = address) {
    this.#blob = blob
    this.size = blob.size
    this.address = address
    this.identity = identity
    this.#reader = new FileReaderSync()
  }

  /** Throws a SourceError where the browser cannot read the file, such as one that was changed since it was chosen. */
  read(into: Uint8Array, position: number): number {
    const wanted = Math.max(0, Math.min(into.length, this.size - position))
    for (let done = 0; done < wanted; ) {
      const at = position + done
      const { start, bytes } = this.#windowAt(at, wanted - done)
      const part = bytes.subarray(at - start, at - start + wanted - done)
      into.set(part, done)
      done += part.length
    }
    this.ranges.add(position, position + wanted)
    this.bytesRead += wanted
    return wanted
  }

  #windowAt(position: number, wanted: number): Window {
    const windows = this.#windows
    const known = windows.findLastIndex(
      ({ start, bytes }) => start <= position && position < start + bytes.length,
    )
    if (known !== -1) {
      const [window] = windows.splice(known, 1)
      windows.push(window!)
      return window!
    }
    const before = windows.find(({ start, bytes }) => start + bytes.length === position)
    const length = before === undefined ? FIRST_WINDOW : Math.min(2 * before.bytes.length, LARGEST_WINDOW)
    const end = Math.min(position + Math.max(length, Math.min(wanted, LARGEST_WINDOW)), this.size)
    const window = { start: position, bytes: this.#slice(position, end) }
    if (windows.length === KEPT_WINDOWS) windows.shift()
    windows.push(window)
    return window
  }

  #slice(start: number, end: number): Uint8Array {
    let bytes: Uint8Array
    try {
      bytes = new Uint8Array(this.#reader.readAsArrayBuffer(this.#blob.slice(start, end)))
    } catch (error) {
      const { name } = error as Error
      const message = `Cannot read the file at ${start}: the browser says ${name}; it may have been changed, moved or closed to the browser since it was chosen`
      throw new SourceError({ code: 'changed', message, offset: start }, { cause: error })
    }
    if (bytes.length === end - start) return bytes
    const message = `Cannot read the file at ${start}: the browser gave ${bytes.length} of ${end - start} bytes`
    throw new SourceError({ code: 'changed', message, offset: start })
  }

  /** Throws a SourceError where the file was changed since it was chosen: a browser reads no byte of it then. */
  assertUnchanged(): void {
    if (this.size > 0) this.#slice(this.size - 1, this.size)
  }

  close(): void {
    this.#windows = []
  }
}
