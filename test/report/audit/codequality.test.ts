import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Audit } from '../../../src/findings/model.ts'
import { anyAudit } from './any-name.ts'
import { render, samples } from './render.ts'

interface Entry {
  description: string
  check_name: string
  fingerprint: string
  severity: string
  location: { path: string; lines: { begin: number } }
}

const entries = (audit: Audit) => JSON.parse(render('codequality', audit)) as Entry[]

describe('codequality', () => {
  it('has what GitLab asks for, each entry with a fingerprint of its own', () => {
    fc.assert(
      fc.property(anyAudit, audit => {
        const all = entries(audit)
        for (const { description, check_name, severity, location } of all) {
          expect(description).not.toBe('')
          expect(check_name).toMatch(/^[a-z0-9-]+$/)
          expect(['info', 'minor', 'major', 'critical', 'blocker']).toContain(severity)
          expect(location.path.startsWith('./')).toBe(false)
          expect(location.lines.begin).toBe(1)
        }
        expect(new Set(all.map(({ fingerprint }) => fingerprint)).size).toBe(all.length)
      }),
      { numRuns: 50 },
    )
  })

  it('leaves out what policy ignores, and is empty where nothing is found', () => {
    const audit = samples.audit()
    expect(entries(audit).length).toBeLessThan(entries({ ...audit, ignored: [] }).length + 1)
    const reasons = audit.ignored.map(({ kernel }) => audit.kernels[kernel]!.images[0]!)
    const ignored = entries(audit).filter(
      ({ location, check_name, description }) =>
        reasons.includes(location.path) &&
        check_name === 'unknown-feature' &&
        description.includes('as pv-domU on Xen 4.0.4'),
    )
    expect(ignored).toEqual([])
    expect(entries(samples.fine())).toEqual([])
  })

  it('calls what an upgrade breaks a blocker', () => {
    expect(entries(samples.upgrade()).some(({ severity }) => severity === 'blocker')).toBe(true)
    expect(entries(samples.audit()).some(({ severity }) => severity === 'blocker')).toBe(false)
  })
})
