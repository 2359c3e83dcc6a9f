/**
 * The comparison for CI systems: a suite for every release, a case for every kernel and boot mode. A case fails where the
 * upgrade to that release breaks the kernel on some host; what is in doubt, or not upgraded, is skipped.
 * @module
 */
import type { Change } from '../../findings/model.ts'
import { changeMeaning } from '../audit/changes.ts'
import { kernelName, kernelTitle } from '../audit/names.ts'
import { attributes } from '../audit/xml-text.ts'
import { originOf, type TargetsFormat, titleOf } from './report.ts'

type Result = 'passed' | 'failed' | 'skipped'

const RESULT: Record<Change, Result> = {
  breaks: 'failed',
  uncertain: 'skipped',
  'still-broken': 'skipped',
  fixed: 'passed',
  'still-fine': 'passed',
}

const totals = (changes: readonly Change[]) => {
  const count = (wanted: Result) => changes.filter(change => RESULT[change] === wanted).length
  return { tests: changes.length, failures: count('failed'), errors: 0, skipped: count('skipped') }
}

export const junitReport: TargetsFormat = function* (found) {
  const { rows, kernels, targets, created } = found
  const all = rows.flatMap(({ changes }) => changes.filter(change => change !== null))
  yield '<?xml version="1.0" encoding="UTF-8"?>\n'
  yield `<testsuites${attributes({ name: `xen-preflight: ${titleOf(found)}`, ...totals(all), time: 0 })}>\n`
  for (const [index, { to }] of targets.entries()) {
    const cases = rows.filter(({ changes }) => changes[index] !== null)
    const own = totals(cases.map(({ changes }) => changes[index]!))
    const name = `to Xen ${to}`
    yield `  <testsuite${attributes({ name, id: index, timestamp: created.slice(0, 19), ...own, time: 0 })}>\n`
    yield `    <properties>\n      <property${attributes({ name: 'tool', value: originOf(found) })}/>\n    </properties>\n`
    for (const { kernel, mode, changes } of cases) {
      const change = changes[index]!
      const own = kernels[kernel]!
      const classname = `${name} ${mode}`.replaceAll('.', '_')
      const head = `    <testcase${attributes({ name: `${kernelTitle(own)} [${mode}]`, classname, file: kernelName(own), time: 0 })}`
      const message = `${change}: ${changeMeaning(change, 'upgrade')}`
      const result = RESULT[change]
      if (result === 'passed') yield `${head}/>\n`
      else if (result === 'skipped')
        yield `${head}>\n      <skipped${attributes({ message })}/>\n    </testcase>\n`
      else yield `${head}>\n      <failure${attributes({ message, type: change })}/>\n    </testcase>\n`
    }
    yield '  </testsuite>\n'
  }
  yield '</testsuites>\n'
}
