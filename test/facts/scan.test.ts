import { describe, expect, it } from 'vitest'
import { BASE } from '../../src/engine/memory.ts'
import { HEAD_WINDOW } from '../../src/engine/record.ts'
import type { ElfFacts } from '../../src/facts/facts.ts'
import { scanElf, scanElfBytes } from '../../src/facts/scan.ts'
import { elf, linuxNotes, notes, PT_NOTE, SOUND } from '../engine/elf-image.ts'
import { engines, scanBoth, sparse, Windows } from '../engine/elf-twins.ts'

const MEBIBYTE = 2 ** 20

/** A kernel whose notes are 20 MiB into 50 MiB; what no header or note takes is `filler`. */
function kernel(range: Uint8Array, filler = 0) {
  const offset = 20 * MEBIBYTE
  const head = elf({
    segments: [
      { data: new Uint8Array(64), filesz: 50n * 2n ** 20n },
      { type: PT_NOTE, offset: BigInt(offset), filesz: BigInt(range.length) },
    ],
  })
  const fill = (into: Uint8Array, start: number) => {
    into.fill(filler)
    if (start < head.length) into.set(head.subarray(start, start + into.length))
    const at = Math.max(start, offset)
    if (at < start + into.length)
      into.set(range.subarray(at - offset, start + into.length - offset), at - start)
  }
  return { size: 50 * MEBIBYTE, fill, offset, end: offset + range.length }
}

describe('a scan', () => {
  it('asks for the head and the notes of a kernel, and for nothing else', () => {
    const source = kernel(notes(linuxNotes()))
    const { facts, asked } = scanBoth(source)
    expect(facts.notes).toHaveLength(11)
    expect(asked).toEqual([
      [0, HEAD_WINDOW],
      [source.offset, source.end],
    ])
  })

  it('asks for more only where a string runs on', () => {
    const range = notes([...linuxNotes(), { owner: 'Xen', type: 8, desc: 'generics' }])
    const source = kernel(range, 0x78)
    const { asked, facts } = scanBoth(source)
    expect(facts.notes.at(-1)).toMatchObject({ type: 8, textStop: 'limit' })
    expect(facts.notes.at(-1)!.text).toBe('generics'.padEnd(4096, 'x'))
    expect(asked.slice(2)).toEqual([[source.end - 8, source.end - 8 + 4097]])
  })

  it('finds in windows what it finds in an image that is in memory as a whole', () => {
    for (const engine of engines) {
      const image = SOUND.guest32!
      expect(scanElf(engine, new Windows(engine, sparse(image)))).toEqual(scanElfBytes(engine, image))
    }
  })

  it('takes a window that comes back short for the end of the image', () => {
    const image = SOUND.linux64!
    const start = 120 + 56
    for (const there of [0, 3, 51, 64, 100, start, start + 20, image.length - 1]) {
      const { facts } = scanBoth(sparse(image.subarray(0, there)), image.length)
      expect(facts).toMatchObject({ size: image.length, cut: there })
    }
    expect(scanBoth(sparse(image)).facts.cut).toBeUndefined()
  })

  it('ends when no window ever holds what was asked for', () => {
    for (const engine of engines) {
      for (const start of [0, 10 ** 6]) {
        let turns = 0
        const need = () => {
          turns++
          return { start, address: BASE, length: 0 }
        }
        const facts = scanElf(engine, { size: 10 ** 9, need }) as ElfFacts
        expect(facts).toMatchObject({ size: 10 ** 9, cut: 0, segments: [], notes: [] })
        expect(turns).toBe(1)
      }
    }
  })

  it('keeps sizes above 4 GiB exact', () => {
    const size = 2 ** 52 - 1
    expect(scanBoth({ size, fill: () => {} }).facts.size).toBe(size)
  })

  it('refuses a size that no file has', () => {
    for (const size of [-1, 2 ** 52, Number.NaN]) {
      const need = () => ({ start: 0, address: BASE, length: 0 })
      expect(() => scanElf(engines[0]!, { size, need })).toThrow(RangeError)
    }
  })

  it('gives up nothing of an engine that is scanned with again', () => {
    for (const engine of engines) {
      const images = Object.values(SOUND)
      const first = images.map(image => scanElfBytes(engine, image))
      const again = images.toReversed().map(image => scanElfBytes(engine, image))
      expect(again.toReversed()).toEqual(first)
    }
  })
})
