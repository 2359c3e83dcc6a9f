/** How often the loader models are run for one image: once for all releases that cannot differ in what they say of it. */
import { describe, expect, test } from 'vitest'
import type { Facts } from '../../src/facts/facts.ts'
import { askRelease } from '../../src/xen/ask-releases.ts'
import { parseBootMode } from '../../src/xen/boot-mode.ts'
import { GateReader } from '../../src/xen/gate-reader.ts'
import { type BootModeName, bootModes, releases } from '../../src/xen/mod.ts'
import { Subject } from '../../src/xen/subject.ts'
import { bzImage, kernel, linuxNotes } from './kernels.ts'

describe('runs of the models', () => {
  function runsOf(facts: Facts, mode: BootModeName): number {
    const subject = new Subject(facts)
    let runs = 0
    for (let index = 0; index < releases.length; runs++) {
      index = askRelease(subject, index, parseBootMode(mode)).last + 1
    }
    return runs
  }

  const plain = bzImage(kernel(), 'xz', { dictionary: 2 ** 25 })
  const notes = linuxNotes({ L1_MFN_VALID: 1n, MOD_START_PFN: 1, PHYS32_RELOC: 0x20_0000 })

  test.each(bootModes)('%s: notes that no release keeps cost none', mode => {
    const noted = bzImage(kernel({ notes }), 'xz', { dictionary: 2 ** 25 })
    expect(runsOf(noted, mode)).toBe(runsOf(plain, mode))
  })

  test.each(bootModes)('%s: limits that the dictionary does not come near cost none', mode => {
    expect(runsOf(plain, mode)).toBe(runsOf(bzImage(kernel(), 'xz', { dictionary: 2 ** 20 }), mode))
  })

  test('a usual kernel takes 22 runs for all releases and modes', () => {
    const facts = bzImage(kernel({ notes }), 'gzip')
    expect(bootModes.map(mode => runsOf(facts, mode))).toEqual([6, 5, 6, 5])
    expect(releases.length).toBeGreaterThan(100)
  })
})

describe('what follows from a gate', () => {
  const limit = (release: string) => new GateReader(releases.indexOf(release))

  test('holds as long as the same follows, though the gate changes', () => {
    const ask = limit('4.17.2')
    expect(ask.follows('xz-memory-limit', mebibytes => mebibytes >= 100)).toBe(true)
    expect(releases[ask.last]).toBe(releases.at(-1))
    expect(ask.gates).toEqual(['xz-memory-limit'])
  })

  test('ends where another thing follows', () => {
    const ask = limit('4.17.2')
    expect(ask.follows('xz-memory-limit', mebibytes => mebibytes >= 200)).toBe(false)
    expect(releases[ask.last + 1]).toBe('4.18.5')
    const before = limit('4.17.2')
    before.gate('xz-memory-limit')
    expect(ask.last).toBe(before.last)
  })

  test('never reaches beyond what was asked before', () => {
    const ask = limit('4.17.2')
    ask.gate('note-l1-mfn-valid')
    const { last } = ask
    ask.follows('xz-memory-limit', () => true)
    expect(ask.last).toBe(last)
  })

  test('is that of the host where it has a value of its own', () => {
    const ask = new GateReader(releases.indexOf('4.17.2'), { 'xz-memory-limit': 256 })
    expect(ask.follows('xz-memory-limit', mebibytes => mebibytes >= 200)).toBe(true)
    expect(ask.last).toBe(releases.length - 1)
  })
})
