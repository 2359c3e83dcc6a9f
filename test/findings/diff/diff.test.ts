import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cellHosts, cellImages, finalVerdict } from '../../../src/findings/counting-verdict.ts'
import { diffReports } from '../../../src/findings/diff/diff.ts'
import { failingPairs, severityOf } from '../../../src/findings/diff/fail-on.ts'
import type { Diff } from '../../../src/findings/diff/model.ts'
import type { EarlierReport } from '../../../src/findings/earlier/type.ts'
import { parseFailOn } from '../../../src/findings/fail-on.ts'
import { earlierAudit } from '../earlier/earlier.ts'
import { image, run } from '../fleet.ts'

const compare = (old: EarlierReport, now: EarlierReport): Diff =>
  diffReports({ old, new: now, tool: 'test', created: '2026-01-01T00:00:00.000Z' })

/** Every pair with its answer, one by one. */
function pairsOf(report: EarlierReport): Map<string, string> {
  const pairs = new Map<string, string>()
  for (let index = 0; index < report.cells.length; index++) {
    const cell = report.cells.at(index)
    const { verdict, code } = report.verdicts[finalVerdict(cell)]!
    for (const name of cellImages(report, cell)) {
      for (const host of cellHosts(report, cell))
        pairs.set(`${name} ${host} ${cell.mode}`, `${verdict} ${code}`)
    }
  }
  return pairs
}

/** The pairs of a comparison with what they were and are. */
function differing(diff: Diff): Map<string, string> {
  const found = new Map<string, string>()
  const answer = (index: number | undefined) => {
    if (index === undefined) return '-'
    const { verdict, code } = diff.verdicts[index]!
    return `${verdict} ${code}`
  }
  for (const { kernel, build, mode, images, hosts, before, after, pairs } of diff.differences) {
    const all = diff.kernels[kernel]!.images
    const machines = diff.builds[build]!.hosts
    let count = 0
    for (const at of images ?? all.keys()) {
      for (const on of hosts ?? machines.keys()) {
        const key = `${all[at]} ${machines[on]} ${mode}`
        expect(found.has(key), key).toBe(false)
        found.set(key, `${answer(before)} > ${answer(after)}`)
        count++
      }
    }
    expect(pairs).toBe(count)
  }
  return found
}

/** Images of kernels that are told apart by their size, on hosts with a minor version each, some of them placed. */
const anyReport = fc
  .record({
    images: fc.uniqueArray(
      fc.record({ path: fc.constantFrom(...'abcdefgh'), size: fc.constantFrom(1, 5, 20, 99) }),
      {
        selector: ({ path }) => path,
        minLength: 1,
      },
    ),
    hosts: fc.uniqueArray(
      fc.record({ name: fc.constantFrom('x', 'y', 'z', 'w'), minor: fc.constantFrom(1, 5, 9) }),
      {
        selector: ({ name }) => name,
        minLength: 1,
      },
    ),
    placed: fc.array(fc.tuple(fc.constantFrom('x', 'y', 'z', 'w'), fc.constantFrom(...'abcdefgh')), {
      maxLength: 6,
    }),
  })
  .map(({ images, hosts, placed }) => {
    const placements = placed.filter(
      ([host, path]) => hosts.some(({ name }) => name === host) && images.some(image => image.path === path),
    )
    const fleet = [
      'hosts:',
      ...hosts.map(({ name, minor }) => `  - {name: ${name}, xen: 4.${minor}.0}`),
      ...(placements.length > 0 ? ['placements:'] : []),
      ...placements.map(([host, path]) => `  - {host: ${host}, images: ${path}}`),
    ].join('\n')
    return earlierAudit(
      run(
        images.map(({ path, size }) => image(path, size)),
        {},
        fleet,
      ),
    )
  })

test('finds what one pair after the other finds', () => {
  fc.assert(
    fc.property(anyReport, anyReport, (old, now) => {
      const diff = compare(old, now)
      const [before, after] = [pairsOf(old), pairsOf(now)]
      const expected = new Map<string, string>()
      for (const key of new Set([...before.keys(), ...after.keys()])) {
        const [was, is] = [before.get(key) ?? '-', after.get(key) ?? '-']
        if (was !== is) expected.set(key, `${was} > ${is}`)
      }
      expect(differing(diff)).toEqual(expected)
      const { counts } = diff
      const sum = (numbers: object) => Object.values(numbers).reduce((total, count) => total + count, 0)
      expect(sum(counts.before)).toBe(before.size)
      expect(sum(counts.after)).toBe(after.size)
      expect(sum(counts.differences)).toBe(expected.size)
      expect(counts.same + expected.size).toBe(new Set([...before.keys(), ...after.keys()]).size)
      for (const { before, after, appeared, vanished } of diff.causes) {
        expect(after - before).toBe(appeared - vanished)
      }
    }),
  )
})

const FLEET = 'hosts: [{name: a, xen: 4.1.6}, {name: b, xen: 4.5.0}]'
const GROWN = 'hosts: [{name: a, xen: 4.5.0}, {name: c, xen: 4.1.6}]'

test('knows images and hosts again, however they are grouped', () => {
  const old = earlierAudit(run([image('three', 3), image('also', 3), image('old', 1)], {}, FLEET))
  const now = earlierAudit(run([image('three', 3), image('also', 20), image('new', 9)], {}, GROWN))
  const { counts, remarks, causes } = compare(old, now)
  expect(counts.images).toEqual({ new: 1, gone: 1 })
  expect(counts.hosts).toEqual({ new: 1, gone: 1, otherVersion: 1 })
  // three on a; also on a, which is another kernel now, is refused as before.
  expect(counts.differences).toEqual({ breaks: 0, uncertain: 0, 'other-cause': 0, new: 4, gone: 4, fixed: 1 })
  expect(counts.same).toBe(1)
  expect(remarks).toEqual([])
  expect(causes).toEqual([
    { code: 'unknown-feature', title: 'Unknown feature', before: 2, after: 5, appeared: 4, vanished: 1 },
  ])
})

test('says what makes the two reports unlike', () => {
  const old = earlierAudit({
    ...run([image('one', 1)]),
    tool: 'xen-preflight 0.0.9',
    created: '2026-02-01T00:00:00.000Z',
  })
  const upgrade = earlierAudit(
    run([image('one', 1)], { upgrade: { to: '4.12.0', hosts: () => true }, modes: ['pv-dom0'] }),
  )
  const { remarks, counts } = compare(old, upgrade)
  expect(remarks).toEqual([
    'The old report is an audit of the fleet as it was; the new one is an upgrade to Xen 4.12.0, of which the answers after it are compared',
    'The old report is the younger one: it was made on 2026-02-01T00:00:00.000Z',
    'The old report was made by xen-preflight 0.0.9, the new one by test',
    'Only one of the reports asks about pv-domU, pv-dom0',
  ])
  expect(counts.after.refuses).toBe(4)
})

describe('what fails', () => {
  const answer = (verdict: 'accepts' | 'refuses' | 'uncertain', code?: string) => ({
    verdict,
    ...(code !== undefined && { code }),
  })
  test.each([
    ['accepts', 'refuses', 'breaks'],
    ['uncertain', 'refuses', 'refuses'],
    [undefined, 'refuses', 'refuses'],
    ['accepts', 'uncertain', 'uncertain'],
    ['refuses', 'uncertain', 'uncertain'],
    ['refuses', 'refuses', undefined],
    ['refuses', 'accepts', undefined],
    ['refuses', undefined, undefined],
  ] as const)('%s, then %s: %s', (before, after, severity) => {
    expect(severityOf(before && answer(before), after && answer(after, 'x'))).toBe(severity)
  })

  test('by severity and by cause, in pairs', () => {
    const diff = compare(
      earlierAudit(run([image('one', 1)])),
      earlierAudit(run([image('one', 20), image('doubt', 99)])),
    )
    const failing = (...names: string[]) => failingPairs(diff, parseFailOn(names))
    expect(failing('breaks')).toBe(4)
    expect(failing('refuses')).toBe(4)
    expect(failing('uncertain')).toBe(8)
    expect(failing('releases-differ')).toBe(4)
    expect(failing('never')).toBe(0)
  })
})
