import fc from 'fast-check'
import Papa from 'papaparse'
import { describe, expect, it } from 'vitest'
import { printable } from '../../../src/document/printable.ts'
import { cellHosts, cellImages } from '../../../src/findings/counting-verdict.ts'
import type { Audit } from '../../../src/findings/model.ts'
import { anyAudit } from './any-name.ts'
import { logTexts } from '../../../src/report/log-text.ts'
import { render, sampleNames, samples } from './render.ts'

const read = (text: string) => {
  const { data, errors, meta } = Papa.parse<Record<string, string>>(text, {
    header: true,
    skipEmptyLines: true,
  })
  expect(errors).toEqual([])
  expect(meta.delimiter).toBe(',')
  return data
}

/** What a spreadsheet makes of a cell that begins with an apostrophe, and what the file's own words say to do. */
const text = (cell: string) => cell.replace(/^'(?='*[\t\r\n=+\-@\uff1d\uff0b\uff0d\uff20])/, '')

/** The names in a cell with a list. */
function list(cell: string): string[] {
  const names: string[] = []
  for (let rest = text(cell); rest !== ''; ) {
    const [name] = /^"(?:[^"\\]|\\.)*"|^.*?(?= \| |$)/s.exec(rest)!
    names.push(name.startsWith('"') ? (JSON.parse(name) as string) : name)
    rest = rest.slice(name.length + ' | '.length)
  }
  return names
}

/** A name as the file has it: what no terminal should obey is spelled out. */
const spelled = (name: string) => printable(name)

function expectAll(audit: Audit) {
  const rows = read(render('csv', audit))
  expect(rows).toHaveLength(audit.cells.length)
  rows.forEach((row, index) => {
    const cell = audit.cells[index]!
    const { kernels, builds, verdicts } = audit
    const answer = verdicts[cell.after ?? cell.verdict]!
    const spelledNames = (names: readonly string[]) => names.map(spelled)
    expect(list(row.images!)).toEqual(spelledNames(cellImages(audit, cell)))
    expect(list(row.hosts!)).toEqual(spelledNames(cellHosts(audit, cell)))
    expect(text(row.reason!)).toBe(spelled(answer.reason))
    expect(list(row.log!)).toEqual(spelledNames(logTexts(answer.log)))
    expect(text(row.guest!)).toBe(spelled(kernels[cell.kernel]!.guest))
    expect(row.xen).toBe(`Xen ${builds[cell.build]!.label}`)
    expect(row.baseline).toBe(cell.known ? 'known' : '')
    expect([row.change, row.verdict, row.mode, row.guests]).toEqual([
      cell.change ?? '',
      answer.verdict,
      cell.mode,
      String(cell.guests),
    ])
  })
}

describe('csv', () => {
  it.each(sampleNames)('comes back from a CSV reader as it was: %s', sample => expectAll(samples[sample]()))

  it('comes back whatever the names are', () => {
    fc.assert(fc.property(anyAudit, expectAll))
  })

  it('has no cell that a spreadsheet would compute', () => {
    fc.assert(
      fc.property(anyAudit, audit => {
        const { data } = Papa.parse<string[]>(render('csv', audit))
        for (const cell of data.flat()) expect(cell).not.toMatch(/^[\t\r\n=+\-@\uff1d\uff0b\uff0d\uff20]/)
      }),
    )
  })

  it('has no carriage return and no tab, and quotes what holds the separator of other languages', () => {
    const audit = samples.fine()
    audit.kernels[0]!.guest = 'a\r\tb;=1+1'
    const text = render('csv', audit)
    expect(text).not.toMatch(/[\r\t]/)
    expect(text).toContain('"a\\x0d\\x09b;=1+1"')
  })

  it('stops a formula that goes on in a second line', () => {
    const audit = samples.fine()
    audit.kernels[0]!.guest = '=1+1\nmore'
    expect(read(render('csv', audit))[0]!.guest).toBe("'=1+1\\x0amore")
  })

  it('tells a name with an apostrophe from one that got it', () => {
    const guests = ['=x', "'=x", "''=x", "'x"].map(guest => {
      const audit = samples.fine()
      audit.kernels[0]!.guest = guest
      return read(render('csv', audit))[0]!.guest
    })
    expect(guests).toEqual(["'=x", "''=x", "'''=x", "'x"])
  })

  it('lets no reader take a version for a number or a day', () => {
    for (const { xen } of read(render('csv', samples.audit()))) expect(xen).toMatch(/^Xen 4\./)
  })
})
