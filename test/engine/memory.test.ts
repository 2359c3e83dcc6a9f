import { expect, test } from 'vitest'
import * as block from '../../src/engine/block-state.ts'
import * as bzip2 from '../../src/engine/bzip2-state.ts'
import * as checksums from '../../src/engine/codec-layout.ts'
import * as inflate from '../../src/engine/inflate-state.ts'
import * as lzma from '../../src/engine/lzma-state.ts'
import * as memory from '../../src/engine/memory.ts'
import * as zstd from '../../src/engine/zstd-state.ts'

interface Range {
  name: string
  start: number
  end: number
}

/** The ranges of a module: each NAME with its NAME_END. */
const rangesOf = (module: Record<string, number>): Range[] =>
  Object.entries(module)
    .filter(([name]) => `${name}_END` in module)
    .map(([name, start]) => ({ name, start, end: module[`${name}_END`]! }))

const overlapsOf = (ranges: readonly Range[]) =>
  [...ranges]
    .sort((a, b) => a.start - b.start)
    .flatMap((range, index, sorted) => {
      const next = sorted[index + 1]
      return next !== undefined && range.end > next.start ? [`${range.name} and ${next.name}`] : []
    })

const rooms = rangesOf(memory)
const CODECS = { block, bzip2, checksums, inflate, lzma, zstd }

test('the rooms of an engine do not overlap, and lie between the statics and the image bytes', () => {
  expect(rooms.length).toBe(9)
  expect(overlapsOf(rooms)).toEqual([])
  for (const { name, start, end } of rooms) {
    expect(end, name).toBeGreaterThan(start)
    expect(start, name).toBeGreaterThanOrEqual(memory.STATE)
    expect(end, name).toBeLessThanOrEqual(memory.BASE)
  }
})

test.each(Object.entries(CODECS))('what %s keeps in memory does not overlap', (_, module) => {
  expect(overlapsOf(rangesOf(module))).toEqual([])
})

test.each(Object.entries(CODECS))('what %s keeps in memory lies in one of its rooms', (_, module) => {
  const addresses = Object.entries(module).filter(
    ([name, value]) => value >= memory.STATE && value < memory.RECORD && !name.endsWith('_END'),
  )
  for (const [name, start] of addresses) {
    const room = rooms.find(room => start >= room.start && start < room.end)
    expect(room, name).toBeDefined()
    const end = (module as Record<string, number>)[`${name}_END`] ?? start + 4
    expect(end, name).toBeLessThanOrEqual(room!.end)
  }
})
