/**
 * The report for CI systems, in the JUnit XML that they agree on: a suite for every build, a case for every kernel
 * and boot mode. A case fails where the loader refuses the kernel; where something changes, only what breaks fails.
 * Doubts and what policy ignores are skipped cases: most systems turn red on an error, and a doubt is not an error.
 * @module
 */
import type { Audit, Change } from '../../findings/model.ts'
import { logTexts } from '../log-text.ts'
import { CHANGES } from './changes.ts'
import { causeId, type Finding, findings, levelOf, remediesOf } from './findings.ts'
import { buildNames, kernelName, kernelTexts, kernelTitle } from './names.ts'
import type { AuditFormat } from './report.ts'
import { origin, question, subject } from './summary.ts'
import { attributes, xmlText } from './xml-text.ts'

export const junitReport: AuditFormat = function* (audit) {
  const suites = groupByBuild(audit)
  const all = [...suites.values()].flat()
  yield '<?xml version="1.0" encoding="UTF-8"?>\n'
  yield `<testsuites${attributes({ name: `xen-preflight: ${question(audit)}`, ...totals(all), time: 0 })}>\n`
  let id = 0
  for (const [build, cases] of suites) if (cases.length > 0) yield* suite(audit, build, cases, id++)
  yield '</testsuites>\n'
}

/** What a case comes to. */
type Result = 'passed' | 'failed' | 'skipped'

function resultOf(finding: Finding): Result {
  const { ignored, known, change, answer } = finding
  const weight = levelOf(finding)
  if (weight === 'error') return ignored === undefined && !known ? 'failed' : 'skipped'
  if (weight === 'warning' || weight === 'note') return 'skipped'
  return change === undefined && answer.verdict === 'unavailable' ? 'skipped' : 'passed'
}

function totals(cases: readonly Finding[]) {
  const results = cases.map(resultOf)
  const count = (wanted: Result) => results.filter(result => result === wanted).length
  return { tests: cases.length, failures: count('failed'), errors: 0, skipped: count('skipped') }
}

function groupByBuild(audit: Audit): Map<number, Finding[]> {
  const suites = new Map<number, Finding[]>(audit.builds.map((_, index) => [index, []]))
  for (const finding of findings(audit)) suites.get(finding.cell.build)!.push(finding)
  for (const cases of suites.values()) cases.sort((a, b) => rank(a.change) - rank(b.change))
  return suites
}

const rank = (change: Change | undefined) => (change === undefined ? 0 : CHANGES.indexOf(change))

function* suite(audit: Audit, build: number, cases: readonly Finding[], id: number): Generator<string> {
  const { hosts, pools, remarks } = audit.builds[build]!
  const today = `Xen ${buildNames(audit)[build]!}`
  const name = audit.to === undefined ? today : `${today} to ${audit.to}`
  // The format's dates have no zone.
  const timestamp = audit.created.slice(0, 19)
  const about = {
    audit: subject(audit),
    tool: origin(audit),
    hosts: hosts.join(', '),
    ...(pools.length > 0 && { pools: pools.join(', ') }),
    ...(remarks.length > 0 && { remarks: remarks.join('; ') }),
    ...changeCounts(cases),
  }
  yield `  <testsuite${attributes({ name, id, timestamp, ...totals(cases), time: 0 })}>\n`
  yield '    <properties>\n'
  for (const [property, value] of Object.entries(about)) {
    yield `      <property${attributes({ name: property, value })}/>\n`
  }
  yield '    </properties>\n'
  for (const finding of cases) yield* testCase(finding, name)
  yield '  </testsuite>\n'
}

function changeCounts(cases: readonly Finding[]): Partial<Record<Change, number>> {
  const counts: Partial<Record<Change, number>> = {}
  for (const { change } of cases) if (change !== undefined) counts[change] = (counts[change] ?? 0) + 1
  return counts
}

function* testCase(finding: Finding, suiteName: string): Generator<string> {
  const { kernel, mode } = finding
  // A case is known by its class and name across all suites; a dot would start another level in the tree of classes.
  const classname = `${suiteName} ${mode}`.replaceAll('.', '_')
  const head = `    <testcase${attributes({ name: `${kernelTitle(kernel)} [${mode}]`, classname, file: kernelName(kernel), time: 0 })}`
  const result = resultOf(finding)
  if (result === 'passed') yield `${head}/>\n`
  else if (result === 'skipped') {
    yield `${head}>\n      <skipped${attributes({ message: whySkipped(finding) })}/>\n    </testcase>\n`
  } else {
    const answer = finding.counting
    const message = `${finding.change === undefined ? '' : `${finding.change}: `}${answer.reason}`
    yield `${head}>\n      <failure${attributes({ message, type: causeId(answer) })}>`
    yield details(finding).map(xmlText).join('\n')
    yield '</failure>\n    </testcase>\n'
  }
}

function whySkipped(finding: Finding): string {
  const { ignored, known, change, isAsBefore } = finding
  const answer = finding.counting
  if (ignored !== undefined) return `ignored: ${ignored.reason}`
  if (known) return `known from the baseline: ${answer.reason}`
  return `${change ?? answer.verdict}${isAsBefore ? ' as before' : ''}: ${answer.reason}`
}

function details(finding: Finding): string[] {
  const { guests } = finding
  const { log, assumptions, stage } = finding.counting
  return [
    `images: ${finding.images.join(', ')}`,
    `guests: ${guests}`,
    ...kernelTexts(finding.kernel),
    ...(stage === undefined ? [] : [`stage: ${stage}`]),
    ...logTexts(log).map(line => `log: ${line}`),
    ...(log?.silent === undefined ? [] : [`about the log: ${log.silent}`]),
    ...remediesOf(finding, finding.counting).map(remedy => `do: ${remedy}`),
    ...assumptions.map(assumption => `assumed: ${assumption}`),
  ]
}
