import { expect, test } from 'vitest'
import { evidenceOf, nearestEvidence } from '../../src/xen/gates/evidence.ts'
import { gateIds, gates } from '../../src/xen/gates/gates.ts'
import { compareVersions, releases } from '../../src/xen/mod.ts'

const version = (tag: string) => tag.match(/\d[\d.]*\d/)![0]
const other = { toolstack: 'xen/arch/', hypervisor: 'tools/' }

test('the nearest source is of the side that is asked, and of the last tag before the release', () => {
  for (const id of gateIds) {
    const evidence = evidenceOf(id)
    for (const side of gates[id].sides) {
      const own = evidence.filter(({ file }) => !file.startsWith(other[side]))
      const usable = own.length > 0 ? own : evidence
      for (const release of releases) {
        const found = nearestEvidence(evidence, release, side)
        expect(found.length, `${id} ${release}`).toBeGreaterThan(0)
        const tags = new Set(found.map(({ tag }) => version(tag)))
        expect(tags.size, `${id} ${release}`).toBe(1)
        const [tag] = [...tags]
        const before = usable.filter(item => compareVersions(version(item.tag), release) <= 0)
        const better = usable.filter(item => {
          const candidate = version(item.tag)
          if (before.length === 0) return compareVersions(candidate, tag!) < 0
          return compareVersions(candidate, release) <= 0 && compareVersions(candidate, tag!) > 0
        })
        expect(better, `${id} ${release} cites ${tag}`).toEqual([])
        if (before.length > 0) expect(compareVersions(tag!, release)).toBeLessThanOrEqual(0)
        if (own.length > 0) expect(found.every(item => own.some(({ file }) => file === item.file))).toBe(true)
      }
    }
  }
})

test('what was read of the release itself wins', () => {
  const [source] = nearestEvidence(evidenceOf('unknown-optional-feature'), '4.1.6.1', 'toolstack')
  expect(source!.tag).toBe('RELEASE-4.1.6.1')
})
