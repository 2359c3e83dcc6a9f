import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { printable } from '../../../src/document/printable.ts'
import { labelValue } from '../../../src/report/audit/prometheus-text.ts'
import { anyAudit, anyName } from './any-name.ts'
import { render, samples } from './render.ts'

/** What the text format says that a label's value stands for. */
const unescaped = (value: string) =>
  value.replace(/\\(.)/g, (_, char: string) => (char === 'n' ? '\n' : char))

const SAMPLE = /^([a-z_]+)(?:\{((?:[a-z_]+="(?:[^"\\\n]|\\[\\"n])*",?)*)\})? (-?\d+(?:\.\d+)?)$/

function parse(text: string) {
  const types = new Map<string, string>()
  const series = new Map<string, number>()
  expect(text.endsWith('\n')).toBe(true)
  for (const line of text.split('\n').slice(0, -1)) {
    const [, help, type] = /^# (?:HELP (\w+) \S.*|TYPE (\w+) gauge)$/.exec(line) ?? []
    if (help !== undefined) continue
    if (type !== undefined) {
      expect(types.has(type)).toBe(false)
      types.set(type, line)
      continue
    }
    const sample = SAMPLE.exec(line)
    expect(sample, line).not.toBeNull()
    const [, name, labels = '', value] = sample!
    expect(types.has(name!), name).toBe(true)
    const key = `${name} ${labels}`
    expect(series.has(key), key).toBe(false)
    series.set(key, Number(value))
  }
  return series
}

describe('prometheus', () => {
  it('is what a collector reads, each series once, whatever the names are', () => {
    fc.assert(
      fc.property(anyAudit, audit => void parse(render('prometheus', audit))),
      { numRuns: 50 },
    )
  })

  it('escapes labels so that they come back', () => {
    fc.assert(
      fc.property(anyName, name => {
        const value = labelValue(name)
        expect(value).toMatch(/^(?:[^"\\\n]|\\[\\"n])*$/)
        expect(unescaped(value)).toBe(printable(name))
      }),
    )
  })

  it('counts answers, causes and pools as the report does', () => {
    const audit = samples.audit()
    const series = parse(
      render('prometheus', {
        ...audit,
        pools: [{ pool: 'a "b"\\', hosts: 2, accepts: 5, refuses: 3, uncertain: 1, score: 50, grade: 'C' }],
      }),
    )
    expect(series.get('xen_preflight_answers verdict="refuses"')).toBe(audit.counts.refuses)
    expect(series.get('xen_preflight_pool_answers pool="a \\"b\\"\\\\",verdict="refuses"')).toBe(3)
    const cause = audit.causes.filter(({ code }) => code === 'unknown-feature')
    expect(series.get('xen_preflight_cause_answers cause="unknown-feature",verdict="refuses"')).toBe(
      cause.reduce((sum, { guests }) => sum + guests, 0),
    )
    expect(series.get('xen_preflight_report_timestamp_seconds ')).toBe(Date.parse(audit.created) / 1000)
    expect(series.get('xen_preflight_findings state="new"')).toBe(16)
  })

  it('counts changes of an upgrade', () => {
    const audit = samples.upgrade()
    const series = parse(render('prometheus', audit))
    expect(series.get('xen_preflight_changes change="breaks"')).toBe(audit.counts.changes!.breaks)
  })
})
