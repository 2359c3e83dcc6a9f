import { describe, expect, test } from 'vitest'
import { FLEET, image, judge, run, word } from './fleet.ts'

describe('as it is', () => {
  test('images of equal facts are one kernel, hosts of one version one build, oldest first', () => {
    const { kernels, builds, counts } = run([image('a', 1), image('b', 5), image('c', 1)])
    expect(kernels.map(kernel => kernel.images)).toEqual([['a', 'c'], ['b']])
    expect(builds.map(build => [build.label, build.hosts])).toEqual([
      ['4.1.6', ['old1', 'old2']],
      ['4.5.0', ['mid']],
      ['4.9.0', ['new']],
    ])
    // Two images of the first kernel on four hosts, one of the second, which 4.1.6 refuses.
    expect(counts).toEqual({ accepts: 8 + 2, refuses: 2, uncertain: 0, unavailable: 0 })
  })

  test('kernels accepted nowhere, outdated builds, later refusals', () => {
    const { acceptedNowhere, outdatedBuilds, laterRefusals } = run([
      image('ok', 1),
      image('five', 5),
      image('never', 30),
    ])
    expect(acceptedNowhere).toEqual([2])
    expect(outdatedBuilds).toEqual([0])
    expect(laterRefusals.map(({ kernel, build, release }) => [kernel, build, release])).toContainEqual([
      0,
      0,
      '4.11.0',
    ])
  })

  test('causes come once, refusals before doubts', () => {
    const { causes } = run([image('doubt', 99), image('five', 5)])
    expect(
      causes.map(({ code, verdict, kernels, hosts, guests }) => [code, verdict, kernels, hosts, guests]),
    ).toEqual([
      ['unknown-feature', 'refuses', [1], 2, 2],
      ['releases-differ', 'uncertain', [0], 4, 4],
    ])
  })

  test('hosts that are left out are counted with the reason', () => {
    const { inventory } = run([image('a', 1)], {}, 'hosts:\n  - {name: a, xen: 4.1.6}\n  - {name: b}\n')
    expect(inventory).toMatchObject({ hosts: 1, leftOut: 1 })
  })
})

test('a build is outdated by what others take in the same boot mode, not in another', () => {
  // five starts on mid and new as a guest; as dom0 nothing takes it.
  const modes = ['pv-domU', 'pv-dom0'] as const
  const byMode: typeof judge = {
    ...judge,
    verdict: (facts, version, options, mode) =>
      mode === 'pv-dom0' ? word('refuses') : judge.verdict(facts, version, options, mode),
  }
  expect(run([image('five', 5)], { modes, judge: byMode }).outdatedBuilds).toEqual([0])
  expect(run([image('one', 1)], { modes, judge: byMode }).outdatedBuilds).toEqual([])
})

describe('an upgrade', () => {
  test('breaks, fixes, leaves; and the plan says what goes first', () => {
    const result = run([image('one', 1), image('five', 5)], { upgrade: { to: '4.12.0', hosts: () => true } })
    const changes = result.cells.map(({ kernel, build, change }) => [kernel, build, change])
    expect(changes).toEqual([
      [0, 0, 'breaks'],
      [0, 1, 'breaks'],
      [0, 2, 'breaks'],
      [1, 0, 'fixed'],
      [1, 1, 'still-fine'],
      [1, 2, 'still-fine'],
    ])
    expect(result.counts.changes).toEqual({
      breaks: 4,
      fixed: 2,
      'still-broken': 0,
      'still-fine': 2,
      uncertain: 0,
    })
    expect(result.plan.map(({ action, kernels, builds }) => [action, kernels, builds])).toEqual([
      ['replace-kernel', [0], [0, 1, 2]],
      ['upgrade-hosts', [], [0, 1, 2]],
    ])
  })

  test('of some hosts leaves the others out', () => {
    const { builds, kind, to } = run([image('one', 1)], {
      upgrade: { to: '4.12.0', hosts: name => name.startsWith('old') },
    })
    expect([kind, to, builds.length]).toEqual(['upgrade', '4.12.0', 1])
  })
})

test('a new kernel is asked everywhere, and the plan names the hosts that refuse it', () => {
  const { kind, cells, plan } = run([image('one', 1), image('five', 5, true)])
  expect(kind).toBe('add')
  expect(cells.filter(cell => cell.kernel === 1).map(cell => cell.change)).toEqual([
    'breaks',
    'still-fine',
    'still-fine',
  ])
  expect(plan.map(({ action, builds }) => [action, builds])).toEqual([
    ['replace-kernel', [0]],
    ['upgrade-hosts', [0]],
  ])
})

test('a placement limits what is asked, by host, pool, glob and mode', () => {
  const fleet = `${FLEET}
pools:
  p: {members: [mid]}
placements:
  - {host: old1, images: boot/one}
  - {pool: p, images: ['five*'], mode: pv-dom0}
`
  const { cells } = run(
    [image('/srv/boot/one', 1), image('/srv/five-1', 5), image('/srv/idle', 2)],
    {},
    fleet,
  )
  expect(cells.map(({ kernel, build, mode, guests }) => [kernel, build, mode, guests])).toEqual([
    [0, 0, 'pv-domU', 1],
    [1, 1, 'pv-dom0', 1],
  ])
})

test('a placement by digest finds the images whose record has it', () => {
  const digest = `sha256:${'ab'.repeat(32)}`
  const fleet = `${FLEET}
placements:
  - {host: old1, images: '${digest}'}
`
  const known = image('/srv/one', 1)
  known.record.digest = digest
  const { cells } = run([known, image('/srv/two', 1), image('/srv/three', 2)], {}, fleet)
  expect(cells.map(({ kernel, build, guests }) => [kernel, build, guests])).toEqual([[0, 0, 1]])
})
