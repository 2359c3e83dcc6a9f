import { describe, expect, test } from 'vitest'
import { baselineOf, markKnown } from '../../src/findings/baseline.ts'
import { failingCells, parseFailOn } from '../../src/findings/fail-on.ts'
import { applyIgnoreRules, type IgnoreRule } from '../../src/findings/ignore.ts'
import type { Audit } from '../../src/findings/model.ts'
import { auditDocument } from '../../src/report/audit/json.ts'
import { earlier, earlierAudit } from './earlier/earlier.ts'
import { image, run } from './fleet.ts'

const TODAY = '2026-11-22'
const rule = (more: Partial<IgnoreRule>): IgnoreRule => ({
  reason: 'known',
  where: 'p.yaml:1: ignore[0]',
  ...more,
})
const failing = (audit: Audit, ...names: string[]) =>
  failingCells(audit, parseFailOn(names)).map(({ kernel, build }) => [kernel, build])

describe('what fails', () => {
  // five is refused by old, a doubt is a doubt everywhere.
  const audit = run([image('five', 5), image('doubt', 99)])
  const doubts = [
    [1, 0],
    [1, 1],
    [1, 2],
  ]

  test('by severity: each takes in the heavier ones', () => {
    expect(failing(audit, 'refuses')).toEqual([[0, 0]])
    expect(failing(audit, 'uncertain')).toEqual([[0, 0], ...doubts])
    expect(failing(audit, 'breaks')).toEqual([])
    expect(failing(audit, 'never')).toEqual([])
  })

  test('by cause, alone and next to a severity', () => {
    expect(failing(audit, 'releases-differ')).toEqual(doubts)
    expect(failing(audit, 'refuses', 'releases-differ')).toEqual([[0, 0], ...doubts])
    expect(failing(audit, 'no-notes')).toEqual([])
  })

  test('of an upgrade: what it breaks, or all that is refused after it', () => {
    const upgrade = run([image('one', 1), image('twenty', 20)], {
      upgrade: { to: '4.12.0', hosts: () => true },
    })
    expect(failing(upgrade, 'breaks')).toEqual([
      [0, 0],
      [0, 1],
      [0, 2],
    ])
    expect(failing(upgrade, 'refuses')).toHaveLength(6)
  })

  test('is named exactly', () => {
    expect(() => parseFailOn(['refused'])).toThrow('did you mean refuses?')
    expect(() => parseFailOn(['never', 'refuses'])).toThrow('never alone')
  })
})

describe('ignore rules', () => {
  const images = () => [image('/srv/five', 5), image('/srv/lab/five', 5), image('/srv/doubt', 99)]
  const ignored = (more: Partial<IgnoreRule>, audit = run(images())) =>
    applyIgnoreRules(audit, [rule(more)], TODAY).ignored.map(({ kernel, build }) => [kernel, build])

  test('match by cause, mode, version, host', () => {
    expect(ignored({ causes: ['unknown-feature'] })).toEqual([[0, 0]])
    expect(ignored({ modes: ['pv-dom0'] })).toEqual([])
    expect(ignored({ xen: ['4.1'] })).toEqual([
      [0, 0],
      [1, 0],
    ])
    expect(ignored({ xen: ['4.*'] })).toHaveLength(4)
    expect(ignored({ hosts: ['old*'] })).toEqual([
      [0, 0],
      [1, 0],
    ])
  })

  test('cover a finding only with all of its images and hosts', () => {
    expect(ignored({ hosts: ['old1'] })).toEqual([])
    expect(ignored({ images: ['lab/*'] })).toEqual([])
    expect(ignored({ images: ['lab/*', 'srv/five'] })).toEqual([[0, 0]])
  })

  test('know which images and hosts a placement put together', () => {
    const fleet = `
hosts:
  - {name: lab, xen: 4.1.6}
  - {name: prod, xen: 4.1.6}
placements:
  - {host: lab, images: lab/five}
`
    expect(ignored({ hosts: ['lab'], images: ['lab/*'] }, run(images(), {}, fleet))).toEqual([[0, 0]])
  })

  test('keep a finding in the report and out of what fails', () => {
    const audit = applyIgnoreRules(
      run(images()),
      [rule({ causes: ['unknown-feature'], expires: TODAY })],
      TODAY,
    )
    expect(audit.ignored).toEqual([{ kernel: 0, build: 0, mode: 'pv-domU', reason: 'known', expires: TODAY }])
    expect(audit.counts.refuses).toBe(4)
    expect(failing(audit, 'refuses')).toEqual([])
    expect(audit.expired).toEqual([])
  })

  test('say so when they have expired, and no longer ignore', () => {
    const expired = rule({ causes: ['unknown-feature'], expires: '2026-11-21' })
    const audit = applyIgnoreRules(run(images()), [expired], TODAY)
    expect(audit.ignored).toEqual([])
    expect(audit.expired).toEqual(['p.yaml:1: ignore[0] expired on 2026-11-21: known'])
    expect(failing(audit, 'refuses')).toEqual([[0, 0]])
  })
})

describe('a baseline', () => {
  const before = run([image('five', 5), image('doubt', 99)])
  const baseline = baselineOf(earlierAudit(before))

  test('takes what it knows out of what fails, whatever the numbers of kernels are', () => {
    const audit = markKnown(run([image('eight', 8), image('doubt', 99), image('five', 5)]), baseline)
    expect(failing(audit, 'uncertain')).toEqual([
      [0, 0],
      [0, 1],
    ])
    expect(audit.baseline).toEqual({ file: 'old.json', created: before.created, known: 4, new: 2 })
    expect(audit.cells.filter(({ known }) => known)).toHaveLength(4)
  })

  test('may be a report of version 1, which has other names for its lists', () => {
    const { acceptedNowhere, outdatedBuilds, laterRefusals, ...rest } = auditDocument(before)
    const names = { neverSafe: acceptedNowhere, stuck: outdatedBuilds, traps: laterRefusals }
    const old = baselineOf(earlier({ ...rest, ...names, version: 1 }))
    expect(old).toEqual(baseline)
  })

  test('does not know another host, another image, another cause', () => {
    const grown = `hosts:\n  - {name: old1, xen: 4.1.6}\n  - {name: old3, xen: 4.1.6}\n`
    expect(failing(markKnown(run([image('five', 5)], {}, grown), baseline), 'refuses')).toEqual([[0, 0]])
    expect(failing(markKnown(run([image('five-2', 5)]), baseline), 'refuses')).toEqual([[0, 0]])
    expect(failing(markKnown(run([image('five', 99)]), baseline), 'uncertain')).toHaveLength(3)
  })
})
