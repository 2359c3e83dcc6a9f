import { describe, expect, it } from 'vitest'
import { naturally } from '../../src/document/natural-order.ts'
import type { Audit } from '../../src/findings/model.ts'
import { Model } from '../../src/page/model.ts'
import { firstSettings, type Settings } from '../../src/page/settings.ts'
import { spansOf } from '../../src/page/spans.ts'
import { viewOf } from '../../src/page/view.ts'
import { encodeAudit } from '../../src/report/html/encode.ts'
import { sampleAddition, sampleAudit, sampleUpgrade } from '../report/sample-audit.ts'

const modelOf = (audit: Audit) => new Model(encodeAudit(audit))

function view(audit: Audit, part: Partial<Settings> = {}) {
  const model = modelOf(audit)
  return viewOf(model, { ...firstSettings(model), mode: 0, added: false, ...part })
}

const causeOf = (audit: Audit, code: string) =>
  encodeAudit(audit).causes.findIndex(cause => cause.code === code)

/** The rows in few letters: kernels by index, groups by title. */
const rowsOf = ({ rows }: ReturnType<typeof view>) =>
  rows.map(row =>
    row.kind === 'kernel'
      ? row.kernel
      : row.kind === 'alike'
        ? `${row.kernels.join(' ')} alike`
        : `${row.title} (${row.kernels})`,
  )

const labelsOf = ({ columns }: ReturnType<typeof view>) => columns.map(({ label }) => label)

describe('the view', () => {
  it('has every kernel and build, worst first', () => {
    const found = view(sampleAudit())
    // Refused everywhere but once, then in doubt everywhere, ...
    expect(rowsOf(found)).toEqual([3, 0, 2, 5, 1, 4])
    expect(labelsOf(found)).toEqual(['4.0.4', '4.1.6.1', '4.10', '4.17.4 (xen30 …)', '4.17.4 (xen32)'])
    expect(found.counts).toEqual({ refuses: 8, uncertain: 6, accepts: 16 })
    expect(found.laterRefusals).toBe(2)
    expect(found.picked).toBe(0)
  })

  it('changes with the boot mode', () => {
    expect(view(sampleAudit(), { mode: 1 }).counts).toEqual({
      refuses: 11,
      uncertain: 4,
      unavailable: 3,
      accepts: 12,
    })
  })

  it('keeps the rows and columns that hold what is picked, and counts before it is', () => {
    const found = view(sampleAudit(), { looks: new Set(['uncertain']) })
    expect(rowsOf(found)).toEqual([5, 1])
    expect(found.picked).toBe(6)
    expect(found.counts.refuses).toBe(8)
    const refused = view(sampleAudit(), { cause: causeOf(sampleAudit(), 'pv32-not-built') })
    expect(rowsOf(refused)).toEqual([2])
    expect(labelsOf(refused)).toEqual(['4.17.4 (xen32)'])
    const row = view(sampleAudit(), { looks: new Set(['refuses']) }).rows.find(
      candidate => candidate.kind === 'kernel' && candidate.kernel === 2,
    )
    expect(row?.kind === 'kernel' && row.cells.map(cell => cell?.picked)).toEqual([
      false,
      false,
      false,
      false,
      true,
    ])
  })

  it('finds later refusals', () => {
    const found = view(sampleAudit(), { laterRefusals: true })
    expect(rowsOf(found)).toEqual([2])
    expect(labelsOf(found)).toEqual(['4.0.4', '4.1.6.1'])
  })

  it('searches kernels by name, path and guest, and builds by version, host and pool', () => {
    expect(rowsOf(view(sampleAudit(), { kernel: 'LINUX-3.13' }))).toEqual([0])
    expect(rowsOf(view(sampleAudit(), { kernel: 'linux zstd' }))).toEqual([3])
    expect(rowsOf(view(sampleAudit(), { kernel: 'nothing such' }))).toEqual([])
    expect(labelsOf(view(sampleAudit(), { build: 'xen08' }))).toEqual(['4.1.6.1'])
    expect(labelsOf(view(sampleAudit(), { build: 'pool | a' }))).toEqual(['4.1.6.1', '4.10'])
  })

  it('orders by name', () => {
    const names = encodeAudit(sampleAudit()).kernels.map(({ lead, tail }) => lead + tail)
    const found = rowsOf(view(sampleAudit(), { order: 'name' })).map(kernel => names[kernel as number]!)
    expect(found).toEqual([...names].sort(naturally))
  })

  it('groups rows by their main cause, in the order of the causes', () => {
    expect(rowsOf(view(sampleAudit(), { order: 'by-cause' }))).toEqual([
      'Unknown feature: The FEATURES note names hvm_callback_vector, which this Xen does not know (2)',
      3,
      0,
      'Pv32 not built: 32-bit PV guests are off in this build (1)',
      2,
      'Stream broken: The payload could not be unpacked to the notes: <b>the stream ends</b> early (1)',
      5,
      'Releases differ: The point releases of 4.10 differ: 4.10.2 decides (1)',
      1,
      'Nothing refused, nothing in doubt (1)',
      4,
    ])
  })

  it('groups rows by packing, and folds a group', () => {
    const found = view(sampleAudit(), { order: 'by-layers', folded: new Set(['ELF']) })
    expect(rowsOf(found)).toEqual([
      'bzImage lz4 (1)',
      5,
      'bzImage xz (1)',
      1,
      'bzImage zstd (1)',
      3,
      'ELF (2)',
      'gzip (1)',
      2,
    ])
    expect(found.kernels).toBe(6)
  })

  it('joins the builds of a series into the worst of them', () => {
    const found = view(sampleAudit(), { columns: 'series' })
    expect(found.columns.map(({ label, builds, hosts }) => [label, builds, hosts])).toEqual([
      ['4.0', [0], 1],
      ['4.1', [1], 8],
      ['4.10', [2], 1],
      ['4.17', [3, 4], 3],
    ])
    const row = found.rows.find(candidate => candidate.kind === 'kernel' && candidate.kernel === 2)
    expect(row?.kind === 'kernel' && row.cells[3]).toMatchObject({ look: 'refuses', mixed: true })
  })

  it('adds up guests for the bars', () => {
    const { columnShares, rows } = view(sampleAudit())
    // Kernels 0 and 3 are refused on 4.0.4, in doubt is 5, the others are taken: their guests are 1 to 6.
    expect(columnShares[0]).toEqual({ refuses: 1 + 4, uncertain: 6, accepts: 2 + 3 + 5 })
    expect(rows[0]).toMatchObject({ kernel: 3, shares: { refuses: 4 * (1 + 2 + 3 + 4 + 5) } })
  })

  it('shows what changes in an upgrade', () => {
    const found = view(sampleUpgrade())
    expect(found.counts).toEqual({ breaks: 4, 'still-broken': 3, fixed: 5, uncertain: 6, 'still-fine': 12 })
    expect(rowsOf(view(sampleUpgrade(), { looks: new Set(['breaks']) }))).toEqual([2])
  })

  it('keeps to new kernels where it is told so', () => {
    const audit = sampleAddition()
    const old = { ...audit, kernels: [...audit.kernels, { ...audit.kernels[0]!, images: ['old'] }] }
    const cells = [...audit.cells, { ...audit.cells[0]!, kernel: 1 }]
    for (const kernel of old.kernels.slice(1)) delete kernel.added
    expect(rowsOf(view({ ...old, cells }, { added: true }))).toEqual([0])
    expect(rowsOf(view({ ...old, cells }))).toHaveLength(2)
  })
})

describe('kernels that answer alike', () => {
  const audit = sampleAudit()
  // A copy of each kernel, with the names in another order than the kernels.
  const copied: Audit = {
    ...audit,
    kernels: [
      ...audit.kernels.map((kernel, index) => ({ ...kernel, images: [`k/copy-${20 - index}`] })),
      ...audit.kernels.map((kernel, index) => ({ ...kernel, images: [`k/copy-${9 - index}`] })),
    ],
    cells: [
      ...audit.cells,
      ...audit.cells.map(cell => ({ ...cell, kernel: cell.kernel + audit.kernels.length })),
    ],
    laterRefusals: [],
    ignored: [],
  }

  it('are one row, which is named by the first of them in natural order', () => {
    const found = view(copied)
    expect(rowsOf(found)).toEqual([
      '9 3 alike',
      '6 0 alike',
      '8 2 alike',
      '11 5 alike',
      '7 1 alike',
      '10 4 alike',
    ])
    expect(found.counts).toEqual({ refuses: 16, uncertain: 12, accepts: 32 })
    expect(found.kernels).toBe(12)
    const [row] = found.rows
    expect(row!.kind !== 'group' && row!.shares).toEqual({ refuses: 2 * 4 * (1 + 2 + 3 + 4 + 5) })
  })

  it('unfold, and are a row each where that is asked for', () => {
    expect(rowsOf(view(copied, { unfolded: new Set(['6']) })).slice(0, 4)).toEqual([
      '9 3 alike',
      '6 0 alike',
      6,
      0,
    ])
    expect(rowsOf(view(copied, { together: false }))).toHaveLength(12)
  })

  it('are in the group of each, where their packing differs', () => {
    const kernels = copied.kernels.map((kernel, index) =>
      index === 9 ? { ...kernel, layers: 'ELF' } : kernel,
    )
    const rows = rowsOf(view({ ...copied, kernels }, { order: 'by-layers' }))
    expect(rows).toContain(3)
    expect(rows).toContain(9)
  })

  it('are found by their names all the same', () => {
    expect(rowsOf(view(copied, { kernel: 'copy-20' }))).toEqual([0])
  })
})

describe('causes that share a code', () => {
  const audit = sampleAudit()
  const [feature] = audit.causes.filter(({ code }) => code === 'unknown-feature')
  // What 4.0.4 says of kernel 0 is now another thing than what 4.1.6.1 says of it.
  const reason = 'Another feature is not known'
  const shared: Audit = {
    ...audit,
    verdicts: audit.verdicts.map((verdict, index) => (index === 6 ? { ...verdict, reason } : verdict)),
    causes: [...audit.causes, { ...feature!, reason }],
  }

  it('are told apart', () => {
    const found = view(shared, { cause: shared.causes.length - 1 })
    expect(rowsOf(found)).toEqual([0])
    expect(labelsOf(found)).toEqual(['4.0.4'])
    expect(labelsOf(view(shared, { cause: causeOf(shared, 'unknown-feature') }))).toEqual([
      '4.0.4',
      '4.1.6.1',
      '4.10',
    ])
  })
})

describe('a baseline', () => {
  it('leaves what is new, where only that is asked for', () => {
    const audit = sampleAudit()
    const baseline = { file: 'old.json', created: '2025-01-01', known: 1, new: 2 }
    const cells = audit.cells.map(cell => (cell.build === 0 ? { ...cell, known: true as const } : cell))
    const found = view({ ...audit, cells, baseline }, { fresh: true, looks: new Set(['refuses']) })
    expect(labelsOf(found)).toEqual(['4.1.6.1', '4.10', '4.17.4 (xen30 …)', '4.17.4 (xen32)'])
    expect(found.picked).toBe(8 - 2)
  })
})

describe('at first', () => {
  it('the matrix shows the boot mode in which most breaks, and of new kernels only these', () => {
    expect(firstSettings(modelOf(sampleUpgrade()))).toMatchObject({ mode: 1, show: 'change', added: false })
    expect(firstSettings(modelOf(sampleAudit()))).toMatchObject({ mode: 0, show: 'today', added: false })
    expect(firstSettings(modelOf(sampleAddition()))).toMatchObject({ mode: 0, added: true })
  })
})

describe('spans', () => {
  it('join neighbouring builds that answer alike for the same cause', () => {
    const spans = spansOf(modelOf(sampleAudit()), 3, 0, 'today')
    expect(spans).toEqual([
      { look: 'refuses', cause: causeOf(sampleAudit(), 'unknown-feature'), builds: [0, 1, 2], hosts: 10 },
      { look: 'refuses', cause: causeOf(sampleAudit(), 'dom0-bit-missing'), builds: [3, 4], hosts: 3 },
    ])
  })
})
