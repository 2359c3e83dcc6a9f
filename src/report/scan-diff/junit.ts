/**
 * The comparison for CI systems: a suite for each way to differ, a case for each row. A case fails where an image is
 * refused that was not before; doubts, and what is gone, are skipped.
 * @module
 */
import { severityOf } from '../../findings/diff/fail-on.ts'
import { answersOf } from '../../findings/scan-diff/fail-on.ts'
import { SCAN_DIFFERENCES, type ScanDiff, type ScanDifferenceRow } from '../../findings/scan-diff/model.ts'
import { kernelName, kernelTitle } from '../audit/names.ts'
import { attributes, xmlText } from '../audit/xml-text.ts'
import type { ScanDiffFormat } from './report.ts'
import { MEANING, originText, rowLines, rowsWith, SCAN_DIFF_TITLE } from './words.ts'

type Result = 'passed' | 'failed' | 'skipped'

function resultOf(row: ScanDifferenceRow): Result {
  const severities = answersOf(row).map(({ before, after }) => severityOf(before, after))
  if (severities.some(severity => severity === 'breaks' || severity === 'refuses')) return 'failed'
  return row.difference === 'gone' || severities.includes('uncertain') ? 'skipped' : 'passed'
}

function totals(rows: readonly ScanDifferenceRow[]) {
  const results = rows.map(resultOf)
  const count = (wanted: Result) => results.filter(result => result === wanted).length
  return { tests: rows.length, failures: count('failed'), errors: 0, skipped: count('skipped'), time: 0 }
}

export const junitReport: ScanDiffFormat = function* (diff) {
  yield '<?xml version="1.0" encoding="UTF-8"?>\n'
  const name = `xen-preflight: ${SCAN_DIFF_TITLE}`
  yield `<testsuites${attributes({ name, ...totals(diff.differences) })}>\n`
  let id = 0
  for (const word of SCAN_DIFFERENCES) {
    const rows = rowsWith(diff, word)
    if (rows.length === 0) continue
    const timestamp = diff.created.slice(0, 19)
    yield `  <testsuite${attributes({ name: `${word}: ${MEANING[word]}`, id: id++, timestamp, ...totals(rows) })}>\n    <properties>\n`
    for (const [property, value] of Object.entries({
      old: originText(diff.old),
      new: originText(diff.new),
    })) {
      yield `      <property${attributes({ name: property, value })}/>\n`
    }
    yield '    </properties>\n'
    for (const row of rows) yield* testCase(diff, row)
    yield '  </testsuite>\n'
  }
  yield '</testsuites>\n'
}

function* testCase(diff: ScanDiff, row: ScanDifferenceRow): Generator<string> {
  const head = `    <testcase${attributes({ name: kernelTitle(row), classname: row.difference, file: kernelName(row), time: 0 })}`
  const lines = rowLines(diff, row).slice(1)
  const message = [MEANING[row.difference], ...lines].join('; ')
  const result = resultOf(row)
  if (result === 'passed') yield `${head}/>\n`
  else if (result === 'skipped') {
    yield `${head}>\n      <skipped${attributes({ message })}/>\n    </testcase>\n`
  } else {
    const { after } = answersOf(row).find(answer => severityOf(answer.before, answer.after) !== undefined)!
    yield `${head}>\n      <failure${attributes({ message, type: after.code ?? after.verdict })}>`
    yield [`images: ${row.images.join(', ')}`, ...lines].map(xmlText).join('\n')
    yield '</failure>\n    </testcase>\n'
  }
}
