import { copyFileSync, mkdtempSync, rmSync, truncateSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createEngine } from '../../src/fleet/engines.ts'
import { readFile, readUnlessCopy } from '../../src/fleet/read-file.ts'
import { hasSameBytes, type Original } from '../../src/fleet/same-bytes.ts'
import type { ReadResult } from '../../src/read/read-file.ts'
import { openFile } from '../../src/source/node/file.ts'
import { walk } from '../../src/source/node/walk.ts'
import { bigKernel, UNREAD } from './kernels.ts'

const engine = createEngine('typescript')
const kernel = bigKernel('one')

let directory: string
let first: string
let second: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'xen-preflight-'))
  first = join(directory, 'first')
  second = join(directory, 'second')
  writeFileSync(first, kernel)
})
afterEach(() => rmSync(directory, { recursive: true }))

function readFirst(options = {}): { original: Original; result: ReadResult } {
  const result = readFile(engine, () => openFile(first), options)
  return { original: { address: first, identity: result.identity!, ranges: result.ranges! }, result }
}

const read = (original: Original, options = {}) =>
  readUnlessCopy(engine, () => openFile(second), options, [original])

/** A copy with one byte changed. */
function writeChanged(at: number): void {
  const bytes = Buffer.from(kernel)
  bytes[at]! ^= 1
  writeFileSync(second, bytes)
}

describe('an image that was read before', () => {
  test('is told by the bytes that were read of it', () => {
    const { original } = readFirst()
    copyFileSync(first, second)
    expect(read(original)).toMatchObject({ copyOf: 0 })
  })

  test('is told also where bytes differ that nobody reads: its facts are equal', () => {
    const { original, result } = readFirst()
    writeChanged(kernel.length - UNREAD / 2)
    expect(read(original)).toMatchObject({ copyOf: 0 })
    expect(readFile(engine, () => openFile(second), {}).records).toEqual(result.records)
  })

  test('is another one by a single byte anywhere in what was read', () => {
    const { original } = readFirst()
    const { ranges } = original
    expect(ranges.length).toBeGreaterThan(0)
    for (let at = 0; at < ranges.length; at += 2) {
      const [start, end] = [ranges[at]!, ranges[at + 1]!]
      for (const position of [start, Math.floor((start + end) / 2), end - 1]) {
        writeChanged(position)
        expect(read(original)).not.toHaveProperty('copyOf')
      }
    }
  })

  test('is another one where name, size and time are equal, and the notes are not', () => {
    const { original } = readFirst()
    const other = bigKernel('two')
    expect(other.length).toBe(kernel.length)
    writeFileSync(second, other)
    utimesSync(first, 1, 1)
    utimesSync(second, 1, 1)
    const result = read({ ...original, identity: openFile(first).identity }) as ReadResult
    expect(result.records[0]!.json).toContain('"two"')
  })

  test('has all its bytes compared with a digest', () => {
    const { original, result } = readFirst({ digest: true })
    expect(original.ranges).toEqual([0, kernel.length])
    writeChanged(kernel.length - 1)
    const changed = read(original, { digest: true }) as ReadResult
    const [one, two] = [result, changed].map(({ records }) => JSON.parse(records[0]!.json))
    expect(two.facts).toEqual(one.facts)
    expect(two.digest).not.toBe(one.digest)
    expect(one.digest).toMatch(/^sha256:[0-9a-f]{64}$/)
  })

  test('cannot be compared with once it has changed, shrunk or gone', () => {
    const { original } = readFirst()
    copyFileSync(first, second)
    const compare = () => {
      const source = openFile(second)
      const same = hasSameBytes(source, original)
      source.close()
      return same
    }
    expect(compare()).toBe(true)
    utimesSync(first, 1, 1)
    expect(compare()).toBe(false)
    truncateSync(first, 100)
    expect(compare()).toBe(false)
    rmSync(first)
    expect(compare()).toBe(false)
  })

  test('is compared to its end also where more was read than is kept of it', () => {
    const bytes = Buffer.alloc(14 * 2 ** 20, 'kernel ')
    writeFileSync(first, bytes)
    const { identity } = openFile(first)
    const original = { address: first, identity, ranges: [0, 4096, 100_000, bytes.length] }
    const compare = () => {
      const source = openFile(second)
      const same = hasSameBytes(source, original)
      source.close()
      return same
    }
    copyFileSync(first, second)
    expect([compare(), compare()]).toEqual([true, true])
    for (const at of [0, 4095, 100_000, 12 * 2 ** 20 - 1, 12 * 2 ** 20, 13 * 2 ** 20, bytes.length - 1]) {
      bytes[at]! ^= 1
      writeFileSync(second, bytes)
      bytes[at]! ^= 1
      expect(compare(), `a change at ${at}`).toBe(false)
    }
    copyFileSync(first, second)
    expect(compare()).toBe(true)
  })

  test('is not mistaken for another of which more was read', () => {
    writeFileSync(second, kernel)
    const { identity } = openFile(first)
    const same = (ranges: number[]) => {
      const source = openFile(second)
      const answer = hasSameBytes(source, { address: first, identity, ranges })
      source.close()
      return answer
    }
    expect(same([0, 1000])).toBe(true)
    writeChanged(5000)
    expect(same([0, 1000])).toBe(true)
    expect(same([0, 1000, 2000, 6000])).toBe(false)
    expect(same([5000, 5001])).toBe(false)
  })

  test('is not worth comparing where reading takes next to nothing', () => {
    const result = readFile(engine, () => openFile('fixtures/codecs/vmlinux'), {})
    expect(result.identity).toBeDefined()
    expect(result.ranges).toBeUndefined()
  })
})

describe('a file that changes while it is read', () => {
  /** An engine that does `action` when it is asked for memory: in the middle of the reading. */
  const engineThat = (action: () => void) => {
    let done = false
    return {
      ...engine,
      get memory() {
        return engine.memory
      },
      reserve(bytes: number) {
        engine.reserve(bytes)
        if (!done) action()
        done = true
      },
    }
  }
  const problem = (action: () => void) =>
    JSON.parse(readFile(engineThat(action), () => openFile(first), {}).records[0]!.json).problem

  test('is a problem, be it written to or cut', () => {
    expect(problem(() => writeFileSync(first, bigKernel('two')))).toMatchObject({ code: 'changed' })
    writeFileSync(first, kernel)
    expect(problem(() => truncateSync(first, 1000))).toMatchObject({ code: 'changed' })
  })

  test('since it was found is read as it is now', () => {
    const [found] = walk([first])
    const replaced = kernel.with(kernel.length - 1, 1)
    const read = (action: () => void) =>
      readFile(engineThat(action), asFound => found!.open(asFound), { digest: true })
    writeFileSync(first, replaced)
    const expected = readFile(engine, () => openFile(first), { digest: true })
    expect(read(() => {})).toEqual(expected)
    expect(expected.identity).not.toBe(found!.identity)
    // Once while it is read, too: only a file that goes on changing is a problem.
    writeFileSync(first, kernel)
    expect(read(() => writeFileSync(first, replaced)).records).toEqual(expected.records)
    expect(read(() => truncateSync(first, 1000)).records[0]!.problem).not.toBe('changed')
  })

  test('is none where nothing but its name changes', () => {
    expect(problem(() => copyFileSync(first, second))).toBeUndefined()
  })
})
