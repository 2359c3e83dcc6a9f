import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cellHosts, cellImages } from '../../src/findings/counting-verdict.ts'
import type { Audit, Cell, Change } from '../../src/findings/model.ts'
import { Model } from '../../src/page/model.ts'
import { encodeAudit } from '../../src/report/html/encode.ts'
import { visible } from '../../src/report/html/visible.ts'
import type { BootModeName } from '../../src/xen/boot-mode.ts'
import { remedyText } from '../../src/xen/remedies/remedy-text.ts'
import { dataOf, documentOf } from '../report/html/document.ts'
import { sampleAudit, sampleUpgrade } from '../report/sample-audit.ts'

const modelOf = (audit: Audit) => new Model(dataOf(documentOf(audit)))

function expectSameCells(audit: Audit) {
  const model = new Model(JSON.parse(JSON.stringify(encodeAudit(audit))))
  const cells = new Map(audit.cells.map(cell => [`${cell.mode} ${cell.kernel} ${cell.build}`, cell]))
  for (const [mode, name] of audit.modes.entries()) {
    for (const kernel of audit.kernels.keys()) {
      for (const build of audit.builds.keys()) {
        const cell = cells.get(`${name} ${kernel} ${build}`)
        const { verdict, after, change } = cell ?? {}
        const state = model.state(mode, kernel, build)
        expect(state?.verdict).toBe(verdict)
        expect(state?.after).toBe(after)
        expect(state?.change).toBe(change)
        expect(model.guests(mode, kernel, build)).toBe(cell?.guests ?? 0)
        expect(state?.known).toBe(cell?.known)
        if (cell === undefined) continue
        expect(model.hosts(mode, kernel, build)).toEqual(cellHosts(audit, cell).map(visible))
        expect(model.images(mode, kernel, build)).toEqual(cellImages(audit, cell).map(visible))
      }
    }
  }
}

const MODES: BootModeName[] = ['pv-domU', 'pvh-dom0']
const CHANGES: Change[] = ['breaks', 'fixed', 'still-broken', 'still-fine', 'uncertain']

/** Audits of any size whose cells hold anything. */
const anyAudit = fc
  .record({ kernels: fc.integer({ min: 0, max: 6 }), builds: fc.integer({ min: 0, max: 9 }) })
  .chain(({ kernels, builds }) => {
    const places = MODES.flatMap(mode =>
      Array.from({ length: kernels * builds }, (_, index) => ({
        kernel: Math.floor(index / builds),
        build: index % builds,
        mode,
      })),
    )
    const cell = (place: (typeof places)[number]) =>
      fc
        .option(
          fc.record(
            {
              verdict: fc.nat(3),
              guests: fc.nat(2 ** 31 - 1),
              after: fc.nat(3),
              change: fc.constantFrom(...CHANGES),
              known: fc.constant(true as const),
              hosts: fc.constantFrom<number[]>([0], []),
              images: fc.constantFrom<number[]>([2, 0], [1]),
            },
            { requiredKeys: ['verdict', 'guests'] },
          ),
        )
        .map((rest): Cell | undefined => (rest === null ? undefined : { ...place, ...rest }))
    return fc.tuple(...places.map(cell)).map((cells): Audit => {
      const sample = sampleAudit()
      return {
        ...sample,
        modes: MODES,
        kernels: Array.from({ length: kernels }, () => sample.kernels[0]!),
        builds: Array.from({ length: builds }, () => sample.builds[0]!),
        cells: cells.filter(found => found !== undefined),
        laterRefusals: [],
        ignored: [],
        causes: [],
      }
    })
  })

describe('the data of the document', () => {
  it.each([sampleAudit, sampleUpgrade])('holds every cell of $name', sample => expectSameCells(sample()))

  it('holds every cell of any audit', () => {
    fc.assert(fc.property(anyAudit, expectSameCells), { numRuns: 200 })
  })

  it('says what each verdict says', () => {
    const audit = sampleAudit()
    const model = modelOf(audit)
    for (const [index, verdict] of audit.verdicts.entries()) {
      const found = model.data.verdicts[index]!
      expect(found).toMatchObject({ verdict: verdict.verdict })
      expect(found.code).toBe(verdict.code)
      expect(found.stage).toBe(verdict.stage)
      expect(found.log?.lines.map(line => model.text(line))).toEqual(verdict.log?.lines)
      expect(found.log?.noise?.map(line => model.text(line))).toEqual(verdict.log?.noise)
      expect(found.log?.silent && model.text(found.log.silent)).toBe(verdict.log?.silent)
      expect(model.text(found.reason).replace(/\.$/, '')).toBe(verdict.reason)
      expect(found.remedies.map(remedy => model.text(remedy))).toEqual(verdict.remedies.map(remedyText))
      expect(found.assumptions.map(text => model.text(text))).toEqual(verdict.assumptions)
      expect(found.evidence.map(at => model.data.evidence[at]!).map(({ gate }) => model.text(gate))).toEqual(
        verdict.evidence.map(({ gate }) => gate),
      )
    }
  })

  it('knows the later refusals and what is ignored', () => {
    const model = modelOf(sampleAudit())
    expect(model.laterRefusal(0, 2, 1)?.release).toBe('4.16.0')
    expect(model.laterRefusal(1, 1, 1)?.release).toBe('4.2.0')
    expect(model.laterRefusal(1, 2, 1)).toBeUndefined()
    expect(model.ignored(0, 3, 1)).toMatchObject({ expires: '2026-02-01' })
    expect(model.ignored(1, 3, 1)).toBeUndefined()
  })

  it('tells builds of one version apart', () => {
    expect(modelOf(sampleAudit()).data.builds.map(({ label }) => label)).toEqual([
      '4.0.4',
      '4.1.6.1',
      '4.10',
      '4.17.4 (xen30 …)',
      '4.17.4 (xen32)',
    ])
  })
})

describe('what can be shown', () => {
  it('shows the doubt of a change: that of today where what comes after is certain', () => {
    const audit = sampleUpgrade()
    const words = audit.verdicts.map(({ verdict }) => verdict)
    const [doubt, certain] = [words.indexOf('uncertain'), words.indexOf('refuses')]
    expect(Math.min(doubt, certain)).toBeGreaterThanOrEqual(0)
    const model = modelOf(audit)
    const shown = (verdict: number, after: number) =>
      model.verdict({ verdict, after, change: 'uncertain' }, 'change').verdict
    expect([shown(doubt, certain), shown(certain, doubt), shown(doubt, doubt)]).toEqual([
      'uncertain',
      'uncertain',
      'uncertain',
    ])
    const other = model.verdict({ verdict: doubt, after: certain, change: 'breaks' }, 'change')
    expect(other.verdict).toBe('refuses')
  })

  it('is today alone where nothing changes', () => expect(modelOf(sampleAudit()).shows).toEqual(['today']))

  it('is the change, today and after in an upgrade', () => {
    const model = modelOf(sampleUpgrade())
    expect(model.shows).toEqual(['change', 'today', 'after'])
    // linux-3.13-pvh on 4.0.4: refused today, taken by 4.17.4.
    const state = model.state(0, 0, 0)!
    expect(model.look(state, 'change')).toBe('fixed')
    expect(model.look(state, 'today')).toBe('refuses')
    expect(model.look(state, 'after')).toBe('accepts')
    expect(model.causeCode(model.cause(state, 'change'))).toBe('unknown-feature')
    expect(model.cause(state, 'after')).toBeUndefined()
  })
})
