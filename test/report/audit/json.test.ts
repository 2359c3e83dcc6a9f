import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cellHosts, cellImages } from '../../../src/findings/counting-verdict.ts'
import type { Audit } from '../../../src/findings/model.ts'
import { headline, mostEffective } from '../../../src/report/audit/headline.ts'
import { auditDocument } from '../../../src/report/audit/json.ts'
import { bootModes } from '../../../src/xen/boot-mode.ts'
import { remedyText } from '../../../src/xen/remedies/remedy-text.ts'
import { strict } from '../strict-schema.ts'
import { anyAudit } from './any-name.ts'
import { render, sampleNames, samples } from './render.ts'

const schema = JSON.parse(readFileSync(new URL('../../../schema/audit.schema.json', import.meta.url), 'utf8'))
const ajv = new Ajv2020({ allErrors: true })
addFormats.default(ajv)
const valid = ajv.compile(strict(schema))

/** What the document says of the audit besides. */
const summaryOf = (audit: Audit) => ({ headline: headline(audit), actions: mostEffective(audit) })

describe('json', () => {
  it.each(sampleNames)('is the audit itself, as its schema has it: %s', sample => {
    const audit = samples[sample]()
    const document = JSON.parse(render('json', audit))
    expect(document).toEqual({ ...auditDocument(audit), ...summaryOf(audit) })
    expect(valid(document), JSON.stringify(valid.errors)).toBe(true)
  })

  it('keeps every name as it is', () => {
    fc.assert(
      fc.property(anyAudit, audit => {
        expect(JSON.parse(render('json', audit))).toEqual({ ...auditDocument(audit), ...summaryOf(audit) })
      }),
    )
  })

  it('differs in one line where one cell differs', () => {
    const before = render('json', samples.audit()).split('\n')
    const audit = samples.audit()
    audit.cells[7]!.guests += 1
    const after = render('json', audit).split('\n')
    expect(after).toHaveLength(before.length)
    expect(after.filter((line, index) => line !== before[index])).toHaveLength(1)
  })

  it('tells the counts before the lists', () => {
    const text = render('json', samples.upgrade())
    expect(text.indexOf('"breaks"')).toBeLessThan(text.indexOf('"kernels": ['))
  })

  it('has a schema that knows every boot mode, and finds faults', () => {
    expect(schema.$defs.mode.enum).toEqual(bootModes)
    for (const fault of [
      { ...auditDocument(samples.audit()), version: 1 },
      { ...auditDocument(samples.audit()), extra: 1 },
      {
        ...auditDocument(samples.audit()),
        cells: [{ kernel: -1, build: 0, mode: 'pv-domU', guests: 1, verdict: 0 }],
      },
      { ...auditDocument(samples.audit()), created: 'yesterday' },
    ]) {
      expect(valid(fault)).toBe(false)
    }
  })
})

describe('ndjson', () => {
  it.each(sampleNames)('has a line for every cell, which says all by itself: %s', sample => {
    const audit = samples[sample]()
    const lines = render('ndjson', audit).split('\n').slice(0, -1)
    expect(lines).toHaveLength(audit.cells.length)
    lines.forEach((line, index) => {
      const cell = audit.cells[index]!
      const answer = audit.verdicts[cell.after ?? cell.verdict]!
      const record = JSON.parse(line)
      expect(record).toMatchObject({
        verdict: answer.verdict,
        mode: cell.mode,
        xen: audit.builds[cell.build]!.label,
        guests: cell.guests,
        reason: answer.reason,
        remedies: answer.remedies.map(remedyText),
        kernel: { images: cellImages(audit, cell) },
        build: { hosts: cellHosts(audit, cell) },
      })
      expect(record.change).toBe(cell.change)
      expect(record.known).toBe(cell.known)
      expect(record.before).toBe(cell.after === undefined ? undefined : audit.verdicts[cell.verdict]!.verdict)
    })
  })

  it('says what is ignored, and why', () => {
    const records = render('ndjson', samples.audit())
      .split('\n')
      .slice(0, -1)
      .map(line => JSON.parse(line))
    const ignored = records.filter(record => record.ignored !== undefined)
    expect(ignored.map(record => [record.xen, record.mode])).toEqual([
      ['4.0.4', 'pv-domU'],
      ['4.1.6.1', 'pv-domU'],
    ])
    expect(ignored[0].ignored).toEqual({ reason: samples.audit().ignored[0]!.reason, expires: '2026-02-01' })
  })
})
