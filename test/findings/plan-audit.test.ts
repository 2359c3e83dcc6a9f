import { describe, expect, test } from 'vitest'
import type { Facts } from '../../src/facts/facts.ts'
import type { AuditJudge } from '../../src/findings/audit-judge.ts'
import type { CatalogueImage } from '../../src/findings/kernels.ts'
import { headline, mostEffective, worthOf } from '../../src/report/audit/headline.ts'
import { REPAIR } from '../../src/xen/remedies/own-command.ts'
import { remedy } from '../../src/xen/remedies/remedy.ts'
import { image, judge, run, word } from './fleet.ts'

const UPGRADE = remedy('release', 'Upgrade the toolstack to Xen 4.5.0 or later: it takes this kernel')
const REPACK = remedy('repack', 'Repack the payload by gzip', REPAIR)
const REBUILD = remedy('kernel-option', 'Build the kernel with CONFIG_XEN_PV=y')

/** A kernel whose payload is zstd; what is in it decides about the rest. */
function zstd(path: string, size: number): CatalogueImage {
  const given = image(path, size)
  const elf = { size: 4096, notes: [], walks: [], segments: [] } as unknown as NonNullable<Facts['elf']>
  const facts: Facts = { ...given.record.facts, kind: 'zstd', layers: [stream('zstd')], elf }
  return { ...given, record: { ...given.record, kind: 'zstd', facts } }
}

const stream = (codec: 'zstd'): Facts['layers'][number] => ({
  kind: 'stream',
  codec,
  offset: 0,
  length: 9,
  verified: true,
})

/** Refuses zstd before 4.9, and whatever it holds where `also` says so. */
const refusesZstd = (also = (_: Facts) => false): AuditJudge => ({
  ...judge,
  verdict: (facts, version) => {
    const isPacked = facts.layers.some(layer => layer.kind === 'stream' && layer.codec === 'zstd')
    const isOld = Number(version.split('.')[1]) < 9
    return (isPacked || also(facts)) && isOld
      ? word('refuses', {
          code: 'codec-unsupported',
          remedies: [REPACK, REBUILD],
        })
      : word('accepts')
  },
})

describe('the plan of an audit', () => {
  test('counts a refusal for the first remedy that the models say ends it', () => {
    const result = run([zstd('k/a', 1), zstd('k/b', 2), image('k/c', 3)], { judge: refusesZstd() })
    // Two kernels on three hosts older than 4.9.
    expect(result.counts.refuses).toBe(6)
    expect(result.plan).toEqual([
      {
        action: 'replace-kernel',
        kind: 'repack',
        proven: true,
        builds: [0, 1],
        kernels: [0, 1],
        hosts: 3,
        guests: 6,
        text: 'Repack the payload by gzip (2 kernels: k/a, k/b)',
        command: 'xen-preflight repair --plan --inventory fleet.yaml k/a k/b -o repaired',
      },
    ])
    expect(headline(result)).toBe('All 6 refusals end by repacking 2 zstd kernels.')
    expect(worthOf(result, result.plan[0]!)).toBe('ends 6 of 6 refusals')
  })

  test('does not promise that repacking helps where the kernel inside is refused too', () => {
    const result = run([zstd('a', 1)], { judge: refusesZstd(() => true) })
    expect(result.plan.map(({ proven, guests }) => [proven, guests])).toEqual([[undefined, 3]])
    expect(headline(result)).toBe('All 3 refusals can end by repacking 1 zstd kernel.')
  })

  test('passes over what no newer release takes, and puts the most refusals first', () => {
    const refuses: AuditJudge = {
      ...judge,
      verdict: ({ size }, version) =>
        size <= Number(version.split('.')[1])
          ? word('accepts')
          : word('refuses', {
              remedies: [UPGRADE, REBUILD],
            }),
      cure: ({ size }) => (size > 20 ? undefined : { since: `4.${size}.0` }),
    }
    const result = run([image('five', 5), image('never', 30)], { judge: refuses })
    expect(result.plan.map(({ kind, proven, guests }) => [kind, proven, guests])).toEqual([
      ['kernel-option', undefined, 4],
      ['release', true, 2],
    ])
    // The decision is what is known to help.
    expect(headline(result)).toBe('2 of 6 refusals end by upgrading 2 hosts of 1 build.')
    expect(mostEffective(result)).toEqual([0, 1])
  })

  test('names the directory of many kernels, and of addresses the file', () => {
    const inside = ['a', 'b', 'c', 'd', 'e'].map((name, size) => zstd(`disks/web.qcow2!/boot/${name}`, size))
    const { plan } = run(inside, { judge: refusesZstd(), files: ['a b.yaml', 'c.csv'] })
    expect(plan[0]!.command).toBe(
      "xen-preflight repair --plan --inventory 'a b.yaml' --inventory c.csv disks/web.qcow2 -o repaired",
    )
  })

  test('has nothing where nothing is refused', () => {
    const result = run([image('one', 1)])
    expect(result.plan).toEqual([])
    expect(headline(result)).toBe('Every kernel can start where it is asked: 4 pairs.')
  })
})

describe('grades of pools', () => {
  const POOLS = `
hosts:
  - {name: a, xen: 4.1.6, pool: pool10}
  - {name: b, xen: 4.1.6, pool: pool9}
  - {name: c, xen: 4.5.0, pool: pool9}
  - {name: d, xen: 4.9.0}
`
  test('are of pairs of kernels and hosts, the worst first, and count no doubt as a start', () => {
    const { pools } = run([image('one', 1), image('five', 5), image('doubt', 99)], {}, POOLS)
    expect(pools).toEqual([
      { pool: 'pool10', hosts: 1, accepts: 1, refuses: 1, uncertain: 1, score: 33, grade: 'E' },
      { pool: 'pool9', hosts: 2, accepts: 3, refuses: 1, uncertain: 2, score: 50, grade: 'E' },
      { pool: '', hosts: 1, accepts: 2, refuses: 0, uncertain: 1, score: 66, grade: 'D' },
    ])
  })

  test('are of the time after an upgrade', () => {
    const upgrade = { to: '4.5.0', hosts: () => true }
    const { pools } = run([image('five', 5)], { upgrade }, POOLS)
    expect(pools!.map(({ pool, grade }) => [pool, grade])).toEqual([
      ['pool9', 'A'],
      ['pool10', 'A'],
    ])
  })
})
