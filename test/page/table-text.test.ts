import fc from 'fast-check'
import Papa from 'papaparse'
import { describe, expect, it } from 'vitest'
import { FORMULA } from '../../src/document/formula.ts'
import { Model } from '../../src/page/model.ts'
import { firstSettings } from '../../src/page/settings.ts'
import { type Table, tableText } from '../../src/page/table-text.ts'
import { cellTable, matrixTable } from '../../src/page/tables.ts'
import { viewOf } from '../../src/page/view.ts'
import { encodeAudit } from '../../src/report/html/encode.ts'
import { NASTY_NAMES, sampleAudit } from '../report/sample-audit.ts'

const anyCell = fc.oneof(fc.string(), fc.constantFrom(...NASTY_NAMES, '=1+1', ' lead', 'a;b', 'a\tb', 'a\nb'))
const anyTable = fc.array(fc.array(anyCell, { minLength: 3, maxLength: 3 }), { minLength: 1 })

describe('a table that is copied', () => {
  it('comes back from CSV, and no spreadsheet computes a cell of it', () => {
    fc.assert(
      fc.property(anyTable, table => {
        const { data } = Papa.parse<string[]>(tableText(table, 'CSV').slice(0, -1), {
          delimiter: ',',
          newline: '\n',
        })
        const kept = (cell: string) => (FORMULA.test(cell) ? `'${cell}` : cell)
        expect(data).toEqual(table.map(row => row.map(kept)))
      }),
    )
  })

  it('has a line a row and a column a cell, as text and as Markdown', () => {
    fc.assert(
      fc.property(anyTable, table => {
        const lines = (form: 'Text' | 'Markdown') => tableText(table, form).slice(0, -1).split(/\n/)
        expect(lines('Text').map(line => line.split('\t').length)).toEqual(table.map(() => 3))
        const rows = lines('Markdown')
        expect(rows).toHaveLength(table.length + 1)
        for (const row of rows) expect(row.match(/(?<!\\)\|/g)).toHaveLength(4)
      }),
    )
  })
})

describe('what is copied', () => {
  const model = new Model(encodeAudit(sampleAudit()))
  const settings = { ...firstSettings(model), mode: 0 }
  const words = (table: Table) => table.map(row => row.join(' | '))

  it('is of the matrix what is shown', () => {
    const view = viewOf(model, { ...settings, kernel: 'linux-3.13', build: 'xen08' })
    expect(words(matrixTable(model, view))).toEqual([
      'Kernel | Xen 4.1.6.1',
      expect.stringMatching(/linux-3\.13-pvh \| refused: unknown-feature$/),
    ])
  })

  it('is of a cell all that the panel says', () => {
    const table = cellTable(model, 'today', { kind: 'cell', kernel: 0, builds: [1], mode: 0 })
    expect(table.map(([part]) => part)).toEqual([
      'Part',
      'Kernel',
      'Boot mode',
      'Build',
      'Answer',
      'Cause',
      'Reason',
      'In the log',
      'What to do',
      'What to do',
      'Hosts',
    ])
  })
})
