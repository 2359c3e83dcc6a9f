import { describe, expect, test } from 'vitest'
import { commits } from '../../src/xen/gates/commits.ts'
import { evidenceOf, readEvidence } from '../../src/xen/gates/evidence.ts'
import type { Gate } from '../../src/xen/gates/gate.ts'
import { gateIds, gates, gateTable, isAsked } from '../../src/xen/gates/gates.ts'
import { overridable, readOverrides } from '../../src/xen/host-options.ts'
import { releaseIndex, releases } from '../../src/xen/releases.ts'

describe.each(gateIds)('gate %s', id => {
  const gate = gates[id]

  test('has spans without gaps, in the order of the releases, each with a value of its own', () => {
    expect(gate.spans[0]![0]).toBe('3.1.0')
    const starts = gate.spans.map(([since]) => releaseIndex(since))
    expect(starts).not.toContain(undefined)
    expect(starts).toEqual([...starts].sort((a, b) => a! - b!))
    expect(new Set(starts).size).toBe(starts.length)
    const values = gate.spans.map(([, value]) => JSON.stringify(value))
    values.forEach((value, span) => {
      expect(value).not.toBe(values[span - 1])
    })
    const { values: table, last } = gateTable(id)
    expect(table).toHaveLength(releases.length)
    expect(last.at(-1)).toBe(releases.length - 1)
  })

  test('has complete evidence', () => {
    expect(gate.evidence.length).toBeGreaterThan(0)
    expect(new Set(gate.evidence).size).toBe(gate.evidence.length)
    for (const line of gate.evidence) {
      expect(line).toMatch(
        /^(RELEASE-\d+(\.\d+)+|3\.\d\.\d-[a-z0-9]+) (xen|tools|docs)\/\S+ \S+( [0-9a-f]{10})?$/,
      )
      const { tag, file, commit, date, subject } = readEvidence(line)
      expect(tag).not.toBe('')
      expect(file).not.toBe('')
      if (commit === undefined) continue
      expect(date).toMatch(/^\d{4}-\d\d-\d\d$/)
      expect(subject).not.toBe('')
    }
  })

  test('says on which side and in a sentence what differs', () => {
    expect(gate.sides.length).toBeGreaterThan(0)
    expect(gate.summary.length).toBeGreaterThan(20)
    if (gate.advisory !== undefined) expect(gate.advisory).toMatch(/^(XSA-\d+|CVE-\d+-\d+)$/)
  })
})

test("every commit is somebody's evidence", () => {
  const used = new Set(gateIds.flatMap(id => evidenceOf(id).map(({ commit }) => commit)))
  expect(Object.keys(commits).filter(commit => !used.has(commit))).toEqual([])
})

test('a gate answers what its spans say', () => {
  const at = (id: 'xz-memory-limit', release: string) => gateTable(id).values[releaseIndex(release)!]
  expect(
    ['4.18.4', '4.18.5', '4.18.6', '4.19.0', '4.19.1', '4.19.2'].map(r => at('xz-memory-limit', r)),
  ).toEqual([128, 256, 256, 128, 128, 256])
})

const CAN_BE = `What can be: ${overridable.join(', ')}`

describe('back-ports', () => {
  test('are read by gate and value', () => {
    const { overrides, problems } = readOverrides({
      'unknown-optional-feature': 'accepts',
      'xz-memory-limit': '256',
    })
    expect(overrides).toEqual({ 'unknown-optional-feature': 'accepts', 'xz-memory-limit': 256 })
    expect(problems).toEqual([])
  })

  test('that are no gate, or no value of it, are named with what comes closest', () => {
    const { overrides, problems } = readOverrides({
      'unknown-optional-features': 'accepts',
      'lz4-decoder': 'good',
      'feature-names': 'accepts',
      'note-discovery': 'PT_NOTE, then SHT_NOTE, then __xen_guest',
    })
    expect(overrides).toBeUndefined()
    expect(problems).toEqual([
      {
        gate: 'unknown-optional-features',
        message: 'There is no gate "unknown-optional-features": unknown-optional-feature comes closest',
      },
      {
        gate: 'lz4-decoder',
        message: 'The gate lz4-decoder cannot be "good": it is one of "works", "broken"',
      },
      {
        gate: 'feature-names',
        message: `The behaviour feature-names has a table as its value, so that it cannot be overridden. ${CAN_BE}`,
      },
      {
        gate: 'note-discovery',
        message: `The behaviour note-discovery is documented only, and no model asks it, so that it cannot be overridden. ${CAN_BE}`,
      },
    ])
  })

  test('can be made to every gate of several values, and to no documented behaviour', () => {
    expect(overridable).toContain('xz-memory-limit')
    for (const id of gateIds) {
      const { spans, elsewhere = [] }: Gate<unknown> = gates[id]
      const values = new Set([...spans.map(([, value]) => value), ...elsewhere])
      const plain = [...values].filter(value => typeof value !== 'object')
      expect(
        overridable.some(gate => gate === id),
        id,
      ).toBe(isAsked(id) && plain.length > 1)
      const last = plain.at(-1)
      if (last === undefined) continue
      const { overrides, problems } = readOverrides({ [id]: last as string })
      expect(overrides === undefined, id).toBe(!isAsked(id))
      expect(problems.length === 0, id).toBe(isAsked(id))
    }
  })
})
