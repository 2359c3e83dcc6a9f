import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Engine } from '../../src/engine/engine.ts'
import { elfProblem } from '../../src/facts/problem.ts'
import { scanElf, scanElfToJson } from '../../src/facts/scan.ts'
import { elf, linuxNotes, notes, PT_NOTE, SOUND } from '../engine/elf-image.ts'
import { mutants, mutate, numRuns } from '../engine/elf-mutants.ts'
import { engines, sparse, Windows } from '../engine/elf-twins.ts'

const [engine] = engines as [Engine]

/** The JSON of an image that is sound, else nothing. Throws where it is not that of the facts. */
function elfJson(image: Uint8Array, size = image.length): string | undefined {
  const windows = () => new Windows(engine, sparse(image), size)
  const facts = scanElf(engine, windows())
  const answer = scanElfToJson(engine, windows())
  if (typeof answer !== 'string') {
    expect(answer).toEqual(facts)
    return undefined
  }
  expect(answer).toBe(JSON.stringify(facts))
  expect(elfProblem(facts)).toBeUndefined()
  return answer
}

const kernel = (range: Parameters<typeof notes>[0], vaddr = 0xffffffff81000000n) =>
  elf({
    segments: [
      { vaddr, data: new Uint8Array(64) },
      { type: PT_NOTE, data: notes(range) },
    ],
  })

describe('the JSON of a sound ELF', () => {
  it('is that of its facts', () => {
    expect(elfJson(SOUND.linux64!)).toBeDefined()
    expect(elfJson(SOUND.linux32!)).toBeDefined()
    expect(elfJson(kernel(linuxNotes()))).toBeDefined()
  })

  it.each([0n, 1n, 0xfn, 0x10n, 0xffffffffn, 0x100000000n, 0x1000000000n, (1n << 64n) - 1n])(
    'has the digits of %d',
    vaddr => {
      expect(elfJson(kernel(linuxNotes(), vaddr))).toContain(`"vaddr":"0x${vaddr.toString(16)}"`)
    },
  )

  it.each(['"', '\\', '\n', '\u007f', '\u00e9', '\u001f'])(
    'is left to others where %j is in a string',
    text => {
      expect(
        elfJson(kernel([...linuxNotes(), { owner: 'Xen', type: 6, desc: `li${text}ux\0` }])),
      ).toBeUndefined()
      expect(elfJson(kernel([...linuxNotes(), { owner: `G${text}`, type: 6, desc: 'x' }]))).toBeUndefined()
    },
  )

  it('is left to others where it is too long', () => {
    const many = Array.from({ length: 20 }, () => ({ owner: 'Xen', type: 6, desc: `${'x'.repeat(4000)}\0` }))
    expect(elfJson(kernel([...linuxNotes(), ...many]))).toBeUndefined()
    expect(elfJson(kernel([...linuxNotes(), ...many.slice(0, 3)]))).toBeDefined()
  })

  it('is that of its facts, and these have no problem, whatever the image is', () => {
    let sound = 0
    fc.assert(
      fc.property(mutants, fc.constantFrom(0, 0, 0, 100), (mutant, missing) => {
        const image = mutate(mutant)
        if (elfJson(image, image.length + missing) !== undefined) sound++
      }),
      { numRuns },
    )
    expect(sound).toBeGreaterThan(0)
  })
})
