import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { BlobSource, type Sliceable } from '../../src/source/blob.ts'

/** A file of a browser, and what of it was read. */
class FakeFile implements Sliceable {
  readonly bytes: Uint8Array
  readonly slices: number[] = []

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
  }

  get size(): number {
    return this.bytes.length
  }

  slice(start: number, end: number): Sliceable {
    this.slices.push(end - start)
    return new FakeFile(this.bytes.subarray(start, end))
  }
}

class FakeReader {
  static broken = false

  readAsArrayBuffer(blob: Sliceable): ArrayBuffer {
    if (FakeReader.broken) throw new DOMException('changed', 'NotReadableError')
    return (blob as FakeFile).bytes.slice().buffer as ArrayBuffer
  }
}

describe('a file of a browser', () => {
  beforeEach(() => {
    FakeReader.broken = false
    vi.stubGlobal('FileReaderSync', FakeReader)
  })
  afterEach(() => vi.unstubAllGlobals())

  it('gives the bytes that are there, wherever and in whatever order they are read', () => {
    const bytes = Uint8Array.from({ length: 300_000 }, (_, index) => (index * 7919) % 251)
    const read = fc.record({ position: fc.nat(320_000), length: fc.nat(200_000) })
    fc.assert(
      fc.property(fc.array(read, { maxLength: 20 }), reads => {
        const source = new BlobSource(new FakeFile(bytes), 'kernel')
        for (const { position, length } of reads) {
          const into = new Uint8Array(length)
          const count = source.read(into, position)
          expect(count).toBe(Math.max(0, Math.min(length, bytes.length - position)))
          expect(Buffer.compare(into.subarray(0, count), bytes.subarray(position, position + count))).toBe(0)
        }
      }),
      { numRuns: 40 },
    )
  })

  it('never takes more than a few megabytes of a file at once', () => {
    const file = new FakeFile(new Uint8Array(24 * 2 ** 20))
    const source = new BlobSource(file, 'disk')
    source.read(new Uint8Array(20 * 2 ** 20), 1000)
    expect(Math.max(...file.slices)).toBeLessThanOrEqual(4 * 2 ** 20)
    expect(source.bytesRead).toBe(20 * 2 ** 20)
  })

  it('says that a file was changed since it was chosen', () => {
    const source = new BlobSource(new FakeFile(new Uint8Array(10)), 'kernel')
    source.assertUnchanged()
    FakeReader.broken = true
    expect(() => source.assertUnchanged()).toThrow(
      'Cannot read the file at 9: the browser says NotReadableError; it may have been changed',
    )
    expect(() => source.read(new Uint8Array(4), 0)).toThrow('Cannot read the file at 0')
  })
})
