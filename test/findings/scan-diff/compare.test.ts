import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseFailOn } from '../../../src/findings/fail-on.ts'
import { failingImages } from '../../../src/findings/scan-diff/fail-on.ts'
import type { ScanDiff } from '../../../src/findings/scan-diff/model.ts'
import { readVerdicts, ScannedVerdictError } from '../../../src/findings/scan-diff/verdicts.ts'
import { compareScanned, on, type Scanned } from './scans.ts'

/** What became of each image. */
const words = ({ differences }: ScanDiff) =>
  Object.fromEntries(
    differences.flatMap(({ difference, images }) => images.map(image => [image, difference])),
  )

describe('images', () => {
  test('are new, gone, moved, and say something else', () => {
    const diff = compareScanned(
      [
        { image: 'same', size: 1 },
        { image: 'other', size: 1 },
        { image: 'from', size: 2 },
        { image: 'gone', size: 3 },
      ],
      [
        { image: 'same', size: 1 },
        { image: 'other', size: 4 },
        { image: 'to', size: 2 },
        { image: 'new', size: 5 },
      ],
    )
    expect(words(diff)).toEqual({ other: 'facts', to: 'moved', new: 'new', gone: 'gone' })
    expect(diff.counts.same).toBe(1)
    expect(diff.counts.kernels).toEqual({ new: 2, gone: 1 })
    const [changed] = diff.differences
    expect(changed).toMatchObject({
      facts: [{ fact: 'size', before: '1 byte', after: '4 bytes' }],
      members: ['size'],
    })
    expect(diff.differences.find(({ difference }) => difference === 'moved')!.from).toEqual(['from'])
  })

  test('that say the same are other ones by their digests', () => {
    const pair = (was?: string, is?: string) =>
      words(
        compareScanned(
          [{ image: 'a', size: 1, ...(was && { digest: was }) }],
          [{ image: 'a', size: 1, ...(is && { digest: is }) }],
        ),
      )
    expect(pair('sha256:1', 'sha256:2')).toEqual({ a: 'content' })
    expect(pair('sha256:1', 'sha256:1')).toEqual({})
    expect(pair('sha256:1', undefined)).toEqual({})
  })

  test('have moved only with the same bytes, as far as they are known', () => {
    const moved = (was?: string, is?: string) =>
      words(
        compareScanned(
          [{ image: 'a', size: 1, ...(was && { digest: was }) }],
          [{ image: 'b', size: 1, ...(is && { digest: is }) }],
        ),
      )
    expect(moved('sha256:1', 'sha256:1')).toEqual({ b: 'moved' })
    expect(moved(undefined, 'sha256:1')).toEqual({ b: 'moved' })
    expect(moved('sha256:1', 'sha256:2')).toEqual({ a: 'gone', b: 'new' })
  })

  test('given twice count once; with other facts they are two', () => {
    const twice = [
      { image: 'a', size: 1 },
      { image: 'a', size: 1 },
    ]
    expect(compareScanned(twice, twice.slice(1)).counts.same).toBe(1)
    const two = [...twice, { image: 'a', size: 2 }]
    expect(compareScanned(two, two).counts).toMatchObject({ same: 2, kernels: { new: 0, gone: 0 } })
    expect(words(compareScanned(two, twice))).toEqual({ a: 'gone' })
  })

  test('of which the same is to be said are one row, the largest first', () => {
    const now = ['a', 'b', 'c'].map(image => ({ image, size: 2 }))
    const { differences } = compareScanned([], [{ image: 'x', size: 1 }, ...now])
    expect(differences.map(({ images }) => images)).toEqual([['a', 'b', 'c'], ['x']])
  })

  test('are each the same, or in one row', () => {
    const scan = fc.array(fc.record({ image: fc.constantFrom(...'abcdef'), size: fc.nat({ max: 3 }) }), {
      maxLength: 8,
    })
    const unique = scan.map(images => [...new Map(images.map(one => [one.image, one])).values()])
    fc.assert(
      fc.property(unique, unique, (old, now) => {
        const diff = compareScanned(old, now)
        const known = new Map(old.map(({ image, size }) => [image, size]))
        const fresh = new Set(now.map(({ image }) => image))
        const found = diff.differences.flatMap(row => row.images.map(image => [row.difference, image]))
        expect(
          found
            .filter(([word]) => word === 'facts')
            .map(([, image]) => image)
            .sort(),
        ).toEqual(
          now
            .filter(({ image, size }) => known.has(image) && known.get(image) !== size)
            .map(one => one.image)
            .sort(),
        )
        const moved = diff.differences.flatMap(({ from = [] }) => from)
        const added = found.filter(([word]) => word === 'new' || word === 'moved')
        expect(added).toHaveLength(now.filter(({ image }) => !known.has(image)).length)
        expect(found.filter(([word]) => word === 'gone').length + moved.length).toBe(
          old.filter(({ image }) => !fresh.has(image)).length,
        )
        expect(diff.counts.same).toBe(now.filter(({ image, size }) => known.get(image) === size).length)
      }),
      { numRuns: 300 },
    )
  })
})

describe('verdicts', () => {
  const judged = (image: string, ...verdicts: object[]): Scanned => ({ image, size: 1, verdicts })

  test('are compared release by release, whatever the spans are', () => {
    const { differences, counts } = compareScanned(
      [judged('a', on('4.1.0', '4.4.4', 'accepts'))],
      [judged('a', on('4.1.0', '4.2.5', 'refuses', 'unknown-feature'), on('4.3.0', '4.4.4', 'accepts'))],
    )
    expect(differences).toMatchObject([
      { difference: 'verdicts', answers: [{ difference: 'breaks', on: '4.1.0 - 4.2.5', mode: 'pv-domU' }] },
    ])
    expect(counts.answers.breaks).toBe(1)
  })

  test('spans that differ in words of the log alone are one', () => {
    const [row] = compareScanned(
      [judged('a', on('4.1.0', '4.1.6.1', 'accepts'), on('4.2.0', '4.2.5', 'accepts'))],
      [judged('a', on('4.1.0', '4.2.5', 'uncertain', 'build-unknown'))],
    ).differences
    expect(row!.answers.map(({ on }) => on)).toEqual(['4.1.0 - 4.2.5'])
  })

  test('of hosts and of loaders are compared by their names', () => {
    const host = (verdict: string) => ({ mode: 'pv-domU', xen: '4.1', hosts: ['h'], verdict, reason: '' })
    const loader = (verdict: string) => ({
      boot: 'pvgrub',
      arch: 'i386',
      since: '2.02',
      until: '2.06',
      verdict,
      reason: '',
    })
    const [row] = compareScanned(
      [judged('a', host('accepts'), loader('refuses'))],
      [judged('a', host('refuses'), loader('accepts'))],
    ).differences
    expect(row!.answers.map(({ mode, on, difference }) => [mode, on, difference])).toEqual([
      ['pv-domU', '4.1 (h)', 'breaks'],
      ['pvgrub i386', '2.02 - 2.06', 'fixed'],
    ])
  })

  test('that only one scan has are told', () => {
    const both = (old: Scanned, now: Scanned) => compareScanned([old], [now]).remarks
    expect(both({ image: 'a', size: 1 }, judged('a', on('4.1.0', '4.1.0', 'accepts')))).toEqual([
      'Only the new scan has verdicts: they are not compared',
    ])
    const dom0 = { ...on('4.1.0', '4.1.0', 'accepts'), mode: 'pv-dom0' }
    expect(both(judged('a', dom0), judged('a', on('4.1.0', '4.1.0', 'accepts')))).toEqual([
      'Only the old scan asks about pv-dom0',
      'Only the new scan asks about pv-domU',
    ])
  })

  test('make a run fail where they are worse, and of new images', () => {
    const fails = (words: string, old: Scanned[], now: Scanned[]) =>
      failingImages(compareScanned(old, now), parseFailOn(words.split(',')))
    const good = [judged('a', on('4.1.0', '4.1.0', 'accepts'))]
    const bad = [judged('a', on('4.1.0', '4.1.0', 'refuses', 'unknown-feature'))]
    expect(fails('breaks', good, bad)).toBe(1)
    expect(fails('breaks', bad, good)).toBe(0)
    expect(fails('breaks', [], bad)).toBe(0)
    expect(fails('refuses', [], bad)).toBe(1)
    expect(fails('unknown-feature', good, bad)).toBe(1)
    expect(fails('codec-unsupported', good, bad)).toBe(0)
    expect(fails('refuses', bad, bad)).toBe(0)
  })

  test('that no scan writes are named with their member', () => {
    expect(() => readVerdicts([{ mode: 'pv-domU', verdict: 'maybe', reason: '' }])).toThrow(
      /^verdicts\[0\]\.verdict: expected one of accepts, .*, found "maybe"$/,
    )
    fc.assert(
      fc.property(fc.array(fc.anything(), { maxLength: 3 }), list => {
        try {
          readVerdicts(list)
        } catch (error) {
          expect(error).toBeInstanceOf(ScannedVerdictError)
        }
      }),
      { numRuns: 500 },
    )
  })
})
