/**
 * The comparison for CI systems: a suite for every build, a case for every kernel and boot mode of which the answers differ.
 * A case fails where a kernel is refused that was not; doubts and what is not asked any more are skipped.
 * @module
 */
import { severityOf } from '../../findings/diff/fail-on.ts'
import type { Diff } from '../../findings/diff/model.ts'
import { kernelName, kernelTexts, kernelTitle } from '../audit/names.ts'
import { attributes, xmlText } from '../audit/xml-text.ts'
import { type NamedDifference, namedDifference } from './gather.ts'
import type { DiffFormat } from './report.ts'
import { answerText, DIFF_TITLE, MEANING, originText, versionText } from './words.ts'

type Result = 'passed' | 'failed' | 'skipped'

function resultOf({ before, after, difference }: NamedDifference): Result {
  const severity = severityOf(before, after)
  if (severity === 'breaks' || severity === 'refuses') return 'failed'
  return difference === 'fixed' || (difference === 'new' && severity === undefined) ? 'passed' : 'skipped'
}

function totals(cases: readonly NamedDifference[]) {
  const results = cases.map(resultOf)
  const count = (wanted: Result) => results.filter(result => result === wanted).length
  return { tests: cases.length, failures: count('failed'), errors: 0, skipped: count('skipped') }
}

export const junitReport: DiffFormat = function* (diff) {
  const suites = new Map<number, NamedDifference[]>()
  for (const row of diff.differences) {
    const named = namedDifference(diff, row)
    const cases = suites.get(row.build)
    if (cases === undefined) suites.set(row.build, [named])
    else cases.push(named)
  }
  yield '<?xml version="1.0" encoding="UTF-8"?>\n'
  const all = [...suites.values()].flat()
  yield `<testsuites${attributes({ name: `xen-preflight: ${DIFF_TITLE}`, ...totals(all), time: 0 })}>\n`
  let id = 0
  for (const cases of suites.values()) yield* suite(diff, cases, id++)
  yield '</testsuites>\n'
}

function* suite(diff: Diff, cases: readonly NamedDifference[], id: number): Generator<string> {
  const { build } = cases[0]!
  const name = `Xen ${versionText(build)} (${build.hosts[0]!}${build.hosts.length > 1 ? ' …' : ''})`
  const timestamp = diff.created.slice(0, 19)
  yield `  <testsuite${attributes({ name, id, timestamp, ...totals(cases), time: 0 })}>\n    <properties>\n`
  const about = { old: originText(diff.old), new: originText(diff.new), hosts: build.hosts.join(', ') }
  for (const [property, value] of Object.entries(about)) {
    yield `      <property${attributes({ name: property, value })}/>\n`
  }
  yield '    </properties>\n'
  for (const row of cases) yield* testCase(row, name)
  yield '  </testsuite>\n'
}

function* testCase(row: NamedDifference, suiteName: string): Generator<string> {
  const { kernel, mode, difference, before, after, images, hosts, build } = row
  const isPart = images.length < kernel.images.length || hosts.length < build.hosts.length
  const name = `${kernelTitle(kernel)} [${mode}]${isPart ? ` (${difference})` : ''}`
  // A dot would start another level in the tree of classes.
  const classname = `${suiteName} ${mode}`.replaceAll('.', '_')
  const head = `    <testcase${attributes({ name, classname, file: kernelName(kernel), time: 0 })}`
  const result = resultOf(row)
  const message = `${difference}: ${answerText(before)} → ${answerText(after)}`
  if (result === 'passed') yield `${head}/>\n`
  else if (result === 'skipped') {
    yield `${head}>\n      <skipped${attributes({ message: `${message} (${MEANING[difference]})` })}/>\n    </testcase>\n`
  } else {
    yield `${head}>\n      <failure${attributes({ message: `${message}: ${after!.reason}`, type: after!.code ?? after!.verdict })}>`
    yield details(row).map(xmlText).join('\n')
    yield '</failure>\n    </testcase>\n'
  }
}

const details = ({ images, hosts, pairs, kernel, after }: NamedDifference): string[] => [
  `images: ${images.join(', ')}`,
  `hosts: ${hosts.join(', ')}`,
  `pairs: ${pairs}`,
  ...kernelTexts(kernel),
  ...after!.remedies.map(remedy => `do: ${remedy}`),
]
