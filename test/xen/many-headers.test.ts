/** Images with more headers and notes than the facts list: what a loader reads counts, listed or not. */
import { describe, expect, test } from 'vitest'
import type { ElfFacts, Facts } from '../../src/facts/facts.ts'
import { elf, latin1, type NotePlan, number, PT_NOTE, type SegmentPlan } from '../engine/elf-image.ts'
import { scan } from '../engine/elf-twins.ts'
import { ask, outline } from './ask.ts'

const string = (type: number, text: string): NotePlan => ({ owner: 'Xen', type, desc: `${text}\0` })
const address = (type: number, value: bigint): NotePlan => ({ owner: 'Xen', type, desc: number(value, 8) })

const sound: NotePlan[] = [
  string(6, 'linux'),
  string(5, 'xen-3.0'),
  string(8, 'generic'),
  address(3, 0n),
  address(1, 0x100_0000n),
]
const refused = string(10, 'no_such_feature')
/** Notes of 4 KiB that no loader reads: of a type that no Xen knows, and of another owner. */
const unknown: NotePlan = { owner: 'Xen', type: 0x63, desc: latin1('A'.repeat(4096)) }
const foreign: NotePlan = { owner: 'GNU', type: 3, desc: latin1('A'.repeat(4096)) }

function kernel(segments: SegmentPlan[]): Facts {
  const load = { data: new Uint8Array(0x1000) }
  const image = elf({ segments: [load, ...segments], sections: [] })
  const facts: ElfFacts = scan(image)
  return { version: 1, size: image.length, kind: 'elf', layers: [], elf: facts }
}

const notes = (plans: NotePlan[]): SegmentPlan => ({ type: PT_NOTE, notes: plans })
const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value)

const OLD = '4.1.6.1'

describe('notes that are not listed', () => {
  test.each([
    ['of unknown types', unknown],
    ['of other owners', foreign],
  ])('%s hide none of those that are read', (_, filler) => {
    const facts = kernel([notes(sound), notes(times(2500, filler)), notes([refused])])
    expect(facts.elf!.walks[1]!.unkept!.notes).toBeGreaterThan(1000)
    expect(ask(facts, OLD, 'pv-domU').code).toBe('unknown-feature')
    expect(ask(facts, '4.17.4', 'pv-domU').verdict).toBe('accepts')
    expect(outline(facts, 'pv-domU')).toBe(outline(kernel([notes([...sound, refused])]), 'pv-domU'))
  })

  test('still say that Xen notes were found', () => {
    const filled = kernel([notes(times(40, foreign)), notes([unknown, ...times(40, foreign)])])
    const short = kernel([notes([unknown])])
    expect(outline(filled, 'pv-domU')).toBe(outline(short, 'pv-domU'))
    expect(ask(filled, '4.17.4', 'pv-domU').reason).toEqual(ask(short, '4.17.4', 'pv-domU').reason)
  })

  test('that a loader would read leave the verdict open, but for what was refused before', () => {
    const many = times(3000, string(10, 'a'.repeat(4000)))
    const open = kernel([notes([...sound, ...many])])
    expect(open.elf!.truncated).toBe('notes')
    expect(ask(open, '4.17.4', 'pv-domU')).toMatchObject({
      verdict: 'uncertain',
      code: 'unpacked-only-in-part',
    })
    expect(ask(open, '4.17.4', 'pv-dom0').verdict).toBe('uncertain')
    expect(ask(open, OLD, 'pv-domU').code).toBe('unknown-feature')
  })

  test('of which only the start of the text is kept count by that', () => {
    const long = string(6, `linux${'x'.repeat(4000)}`)
    const facts = kernel([notes(times(500, long)), notes(sound.slice(1))])
    expect(facts.elf!.notes.at(-6)).toMatchObject({ text: 'linuxxxxxxxxxxxx', short: true })
    expect(ask(facts, '4.17.4', 'pv-domU').verdict).toBe('accepts')
  })
})

describe('segments that are not listed', () => {
  const small = { data: new Uint8Array(1), paddr: 0x100_0000n }

  test('count for the physical range', () => {
    // The entry lies in the last of them.
    const entry = address(1, 0x180_0000n)
    const more = [...times(1100, small), { ...small, paddr: 0x170_0000n, memsz: 0x20_0000n }]
    const far = kernel([notes([...sound, entry]), ...more])
    expect(far.elf!.moreSegments).toMatchObject({ writable: { end: '0x1900000' } })
    expect(ask(far, '4.17.4', 'pv-domU').verdict).toBe('accepts')
    expect(ask(kernel([notes([...sound, entry]), ...more.slice(0, -1)]), '4.17.4', 'pv-domU').code).toBe(
      'address-out-of-bounds',
    )
  })

  test('that are copied from outside the image leave the verdict open where that is not checked', () => {
    const odd = { ...small, offset: 0x1000_0000n, filesz: 0x10n }
    const facts = kernel([notes(sound), ...times(1100, small), odd])
    expect(facts.elf!.moreSegments!.odd).toBe(true)
    expect(ask(facts, '4.17.4', 'pv-dom0').verdict).toBe('uncertain')
    expect(ask(facts, OLD, 'pv-dom0').verdict).toBe('accepts')
  })

  test('hide no notes', () => {
    const facts = kernel([notes(sound), ...times(2500, notes([foreign])), notes([refused])])
    expect(facts.elf!.moreWalks).toEqual({ count: 2502 - facts.elf!.walks.length, notes: expect.any(Number) })
    expect(ask(facts, OLD, 'pv-domU').code).toBe('unknown-feature')
  })
})

test('sizes that are negative are followed back by releases before XSA-55', () => {
  // The value of the last note starts at its own owner: "Xen".
  const back: NotePlan = { owner: 'Xen', type: 7, namesz: 0xffff_fffc, descsz: 0x18 }
  const facts = kernel([notes([...sound, back])])
  expect(facts.elf!.walks).toMatchObject([{ stop: 'end' }, { stop: 'end', signed: true }])
  expect(outline(facts, 'pv-domU')).toBe('3.1.0-4.22.0 accepts')
})
