import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BIN_TABLE_WINDOW, findBinTable } from '../../src/facts/bin-table.ts'
import { concat, number } from '../engine/elf-image.ts'

const MAGIC = 0x336ec578

/** Magic, flags and checksum; the five addresses after them are nothing to the search. */
const table = (flags = 0x10001, checksum = -MAGIC - flags) =>
  concat([number(MAGIC, 4), number(flags, 4), number(checksum, 4)])

function image(length: number, at: number, bytes = table()): Uint8Array {
  const whole = new Uint8Array(length)
  whole.set(bytes.subarray(0, length - at), at)
  return whole.subarray(0, BIN_TABLE_WINDOW)
}

describe('the search for a xen_bin_image_table', () => {
  it('finds it on a multiple of 4', () => {
    expect(findBinTable(image(4096, 0x40))).toMatchObject({ offset: 0x40, flags: 0x10001 })
    expect(findBinTable(image(4096, 0x42))).toBeUndefined()
  })

  it('looks before 8192 and before the last 32 bytes', () => {
    expect(findBinTable(image(20000, 8188))).toMatchObject({ offset: 8188 })
    expect(findBinTable(image(20000, 8192))).toBeUndefined()
    expect(findBinTable(image(8224, 8188))).toMatchObject({ offset: 8188 })
    expect(findBinTable(image(8220, 8188))).toBeUndefined()
    expect(findBinTable(image(100, 64))).toMatchObject({ offset: 64 })
    expect(findBinTable(image(100, 68))).toBeUndefined()
  })

  it('finds it in bytes that do not start at a multiple of 4 of their buffer', () => {
    const whole = concat([new Uint8Array(1), image(4096, 0x40)])
    expect(findBinTable(whole.subarray(1))).toMatchObject({ offset: 0x40, flags: 0x10001 })
  })

  it('passes over a wrong checksum and takes the next', () => {
    const bytes = image(4096, 0x40, table(1, 7))
    expect(findBinTable(bytes)).toBeUndefined()
    bytes.set(table(0x14000), 0x60)
    expect(findBinTable(bytes)).toMatchObject({ offset: 0x60, flags: 0x14000 })
  })

  it('reads its addresses', () => {
    const addresses = [0x100040, 0x100000, 0x101000, 0x102000, 0x100080]
    const bytes = concat([table(), ...addresses.map(address => number(address, 4))])
    expect(findBinTable(image(4096, 0x40, bytes))).toEqual({
      offset: 0x40,
      flags: 0x10001,
      headerAddress: 0x100040,
      loadAddress: 0x100000,
      loadEndAddress: 0x101000,
      bssEndAddress: 0x102000,
      entryAddress: 0x100080,
    })
  })

  it('finds nothing in what is shorter than a table', () => {
    for (const length of [0, 1, 12, 31, 32]) expect(findBinTable(new Uint8Array(length))).toBeUndefined()
  })

  it('answers for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(300), fc.nat(2 ** 32 - 1), (bytes, at, flags) => {
        const mutant = concat([bytes, new Uint8Array(12)])
        mutant.set(table(flags), Math.min(at, bytes.length))
        const found = findBinTable(mutant)
        if (found !== undefined) expect(found.offset % 4).toBe(0)
      }),
    )
  })
})
