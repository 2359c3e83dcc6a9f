import { readFileSync } from 'node:fs'
import Ajv from 'ajv-draft-04'
import addFormats from 'ajv-formats'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Audit } from '../../../src/findings/model.ts'
import { uriOf } from '../../../src/report/audit/sarif/artifacts.ts'
import { anyAudit, anyName } from './any-name.ts'
import { render, sampleNames, samples } from './render.ts'

const schema = JSON.parse(
  readFileSync(new URL('../../../fixtures/schemas/sarif-2.1.0.schema.json', import.meta.url), 'utf8'),
)
// A pattern of the schema is no Unicode expression.
const ajv = new Ajv.default({ allErrors: true, strict: false, unicodeRegExp: false })
addFormats.default(ajv)
const valid = ajv.compile(schema)

interface Result {
  ruleId: string
  ruleIndex: number
  level: string
  message: { text: string }
  locations: { physicalLocation: { artifactLocation: { uri: string; index: number } } }[]
  partialFingerprints: Record<string, string>
  suppressions?: { kind: string; justification: string }[]
  properties: {
    modes: string[]
    change?: string
    guests?: number
    refusedFrom?: string
    builds: { xen: string }[]
  }
}

interface Run {
  originalUriBaseIds: Record<string, { uri?: string }>
  tool: { driver: { rules: { id: string; help: { text: string; markdown: string } }[] } }
  artifacts: { location: { uri: string; uriBaseId?: string } }[]
  results: Result[]
  invocations: { endTimeUtc?: string; toolExecutionNotifications: { descriptor: { id: string } }[] }[]
}

function runOf(audit: Audit): Run {
  const log = JSON.parse(render('sarif', audit))
  expect(valid(log), JSON.stringify(valid.errors)).toBe(true)
  return log.runs[0]
}

const short = ({ ruleId, level, properties: { modes, builds } }: Result) =>
  `${level} ${ruleId} ${modes.join('+')} ${builds.map(({ xen }) => xen).join()}`

function expectSound(audit: Audit) {
  const run = runOf(audit)
  const { rules } = run.tool.driver
  expect(new Set(rules.map(({ id }) => id)).size).toBe(rules.length)
  const prints = run.results.map(({ partialFingerprints }) => partialFingerprints['imageCause/v2'])
  expect(new Set(prints).size).toBe(prints.length)
  for (const { ruleId, ruleIndex, locations, message } of run.results) {
    expect(rules[ruleIndex]!.id).toBe(ruleId)
    for (const { physicalLocation } of locations) {
      const { uri, index } = physicalLocation.artifactLocation
      expect(run.artifacts[index]!.location.uri).toBe(uri)
    }
    // Neither a link nor a placeholder comes of a name.
    expect(message.text).not.toContain('](')
    expect(message.text.replaceAll('{{', '').replaceAll('}}', '')).not.toMatch(/[{}]/)
  }
}

describe('sarif', () => {
  it.each(sampleNames)('is valid, and refers to what is there: %s', sample => expectSound(samples[sample]()))

  it('is valid whatever the names are', () => {
    fc.assert(fc.property(anyAudit, expectSound), { numRuns: 50 })
  })

  it('is held against a schema that finds faults', () => {
    const log = JSON.parse(render('sarif', samples.audit()))
    expect(valid({ ...log, version: '2.0.0' })).toBe(false)
    log.runs[0].results[0].level = 'fatal'
    expect(valid(log)).toBe(false)
  })

  it('has one result for a kernel and a cause over all builds and modes, the worst first', () => {
    const { results } = runOf(samples.audit())
    expect(results.map(short)).toEqual([
      'error unknown-feature pv-domU+pv-dom0 4.0.4,4.1.6.1',
      'error unknown-feature pv-dom0 4.0.4',
      'error dom0-bit-missing pv-dom0 4.10,4.17.4,4.17.4',
      'error pv32-not-built pv-domU+pv-dom0 4.17.4',
      'error unknown-feature pv-domU 4.0.4,4.1.6.1',
      'error unknown-feature pv-dom0+pv-domU 4.0.4,4.1.6.1,4.10',
      'error dom0-bit-missing pv-dom0+pv-domU 4.10,4.17.4,4.17.4',
      'warning releases-differ pv-domU 4.10',
      'warning releases-differ pv-dom0 4.10',
      'warning stream-broken pv-domU+pv-dom0 4.0.4,4.1.6.1,4.10,4.17.4,4.17.4',
      'note pv32-not-built pv-domU 4.0.4,4.1.6.1',
      'note dom0-bit-missing pv-dom0 4.1.6.1',
    ])
    expect(
      results.filter(({ level }) => level === 'note').map(({ properties }) => properties.refusedFrom),
    ).toEqual(['4.16.0', '4.2.0'])
  })

  it('suppresses what is ignored, and says of the rest that it is not', () => {
    const { results } = runOf(samples.audit())
    const ignored = results.filter(({ suppressions }) => suppressions!.length > 0)
    expect(ignored.map(short)).toEqual(['error unknown-feature pv-domU 4.0.4,4.1.6.1'])
    expect(ignored[0]!.suppressions).toEqual([
      { kind: 'external', justification: `${samples.audit().ignored[0]!.reason} (until 2026-02-01)` },
    ])
    expect(runOf(samples.upgrade()).results.some(({ suppressions }) => suppressions !== undefined)).toBe(
      false,
    )
  })

  it('calls an error only what an upgrade breaks', () => {
    const { results } = runOf(samples.upgrade())
    const levels = { breaks: 'error', uncertain: 'warning', 'still-broken': 'note' } as Record<string, string>
    expect(new Set(results.map(({ properties }) => properties.change))).toEqual(new Set(Object.keys(levels)))
    for (const { level, properties } of results) expect(level).toBe(levels[properties.change!])
    const guests = samples.upgrade().counts.changes!
    for (const change of ['breaks', 'uncertain', 'still-broken'] as const) {
      const counted = results.filter(({ properties }) => properties.change === change)
      expect(counted.reduce((sum, { properties }) => sum + properties.guests!, 0)).toBe(guests[change])
    }
  })

  it('calls an error only a new kernel that is refused', () => {
    const { results } = runOf(samples.addition())
    for (const { level, locations } of results) {
      const isNew = locations[0]!.physicalLocation.artifactLocation.uri === 'kernels/linux-3.13-pvh'
      expect(level).toBe(isNew ? 'error' : 'note')
    }
    expect(new Set(results.map(({ level }) => level)).size).toBe(2)
  })

  it('knows a finding again when the fleet has changed around it', () => {
    const marks = (audit: Audit) =>
      runOf(audit).results.map(({ partialFingerprints }) => partialFingerprints['imageCause/v2'])
    const before = samples.audit()
    const after = samples.audit()
    after.builds[0]!.label = '4.0.3'
    after.builds[1]!.hosts.push('another')
    after.cells = after.cells.filter(({ kernel }) => kernel !== 1)
    expect(before.cells.length).toBeGreaterThan(after.cells.length)
    for (const mark of marks(after)) expect(marks(before)).toContain(mark)
  })

  it('helps with what to do in every rule', () => {
    const { rules } = runOf(samples.audit()).tool.driver
    const rule = rules.find(({ id }) => id === 'dom0-bit-missing')!
    expect(rule.help.text).toContain('1. Build the kernel with CONFIG_XEN_DOM0=y')
    expect(rule.help.markdown).toContain('In the log: `Kernel does not support Dom0 operation`')
  })

  it('notifies of images that were not read, faults of the inventory and expired rules', () => {
    const [{ toolExecutionNotifications, endTimeUtc }] = runOf(samples.audit()).invocations as [
      Run['invocations'][0],
    ]
    expect(toolExecutionNotifications.map(({ descriptor }) => descriptor.id)).toEqual([
      'stream-truncated',
      'no-version',
      'not-xen',
      'unknown-column',
      'ignore-rule-expired',
    ])
    expect(endTimeUtc).toBe('2026-01-02T03:04:05.678Z')
  })
})

describe('places', () => {
  const placed = (...images: string[]) => {
    const audit = samples.audit()
    const kernels = audit.kernels.map((kernel, index) => ({
      ...kernel,
      images: [images[index % images.length]!],
    }))
    const { originalUriBaseIds, artifacts } = runOf({ ...audit, kernels })
    return [
      originalUriBaseIds['%SRCROOT%']!.uri,
      ...new Set(artifacts.map(({ location }) => JSON.stringify(location))),
    ]
  }

  it('are relative to the root of the source', () => {
    expect(placed('kernels/a', './b')).toEqual([
      undefined,
      '{"uri":"b","uriBaseId":"%SRCROOT%"}',
      '{"uri":"kernels/a","uriBaseId":"%SRCROOT%"}',
    ])
  })

  it('are relative to the directory of all images where these are absolute', () => {
    expect(placed('/srv/kernels/x y/a', '/srv/kernels/b')).toEqual([
      'file:///srv/kernels/',
      '{"uri":"b","uriBaseId":"%SRCROOT%"}',
      '{"uri":"x%20y/a","uriBaseId":"%SRCROOT%"}',
    ])
  })

  it('stay absolute beside relative ones', () => {
    expect(placed('/srv/a', 'b')).toEqual([
      undefined,
      '{"uri":"b","uriBaseId":"%SRCROOT%"}',
      '{"uri":"file:///srv/a"}',
    ])
  })
})

it('leaves out the least grave of more results than a service shows, and names them', () => {
  const audit = samples.audit()
  const [kernel] = audit.kernels
  const refused = audit.cells.find(({ kernel, known }) => kernel === 0 && known !== true)!
  const doubtful = audit.verdicts.findIndex(({ verdict }) => verdict === 'uncertain')
  const many = 5003
  const run = runOf({
    ...audit,
    ...{ laterRefusals: [], ignored: [], causes: [] },
    kernels: Array.from({ length: many }, (_, index) => ({ ...kernel!, images: [`kernels/${index}`] })),
    cells: Array.from({ length: many }, (_, index) => ({
      ...{ kernel: index, build: 0, mode: 'pv-domU' as const, guests: 1 },
      verdict: index < 3 ? doubtful : refused.verdict,
    })),
  })
  expect(run.results).toHaveLength(5000)
  expect(new Set(run.results.map(({ level }) => level))).toEqual(new Set(['error']))
  expect(run.artifacts).toHaveLength(5000)
  const [left] = run.invocations[0]!.toolExecutionNotifications
  expect(left).toMatchObject({ level: 'warning', descriptor: { id: 'results-left-out' } })
  expect(JSON.stringify(left)).toContain('3 results left out')
  expect(JSON.stringify(left)).toContain('kernels/0 (releases-differ), kernels/1')
})

describe('the URI of an image', () => {
  it.each([
    ['kernels/a b', 'kernels/a%20b'],
    ['./kernels/a', 'kernels/a'],
    ['a:b', 'a%3Ab'],
    ['/boot/vmlinuz#1', 'file:///boot/vmlinuz%231'],
    ['C:\\boot\\vmlinuz', 'file:///C:/boot/vmlinuz'],
    ['100%', '100%25'],
    ['核', '%E6%A0%B8'],
  ])('%s', (path, uri) => expect(uriOf(path)).toBe(uri))

  it('leads back to the path', () => {
    fc.assert(
      fc.property(anyName, name => {
        fc.pre(!/\p{Cs}/u.test(name) && !/^[A-Za-z]:[\\/]/.test(name) && !/^\.?\//.test(name))
        expect(decodeURIComponent(uriOf(name))).toBe(name)
        expect(decodeURIComponent(uriOf(`/${name}`))).toBe(`file:///${name}`)
        expect(new URL(uriOf(`/${name}`)).protocol).toBe('file:')
        // A relative one never becomes a URI with a scheme.
        expect(new URL(uriOf(name) || '.', 'http://base/').protocol).toBe('http:')
      }),
    )
  })
})
