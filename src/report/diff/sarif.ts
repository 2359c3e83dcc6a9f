/**
 * The comparison for code scanning: what is refused or in doubt and was not so before, with the state that it has against
 * the old report (3.27.24). What is gone or fixed is only counted: services show results without asking for their state.
 * @module
 */
import { severityOf } from '../../findings/diff/fail-on.ts'
import { DIFFERENCES } from '../../findings/diff/model.ts'
import { plural } from '../../findings/plural.ts'
import { kernelName, kernelTitle, listed } from '../audit/names.ts'
import { Artifacts } from '../audit/sarif/artifacts.ts'
import { Fingerprints } from '../audit/sarif/fingerprints.ts'
import { sarifLog } from '../audit/sarif/log.ts'
import { message } from '../audit/sarif/message.ts'
import type { LEVELS } from '../audit/sarif/result-rows.ts'
import { Rules } from '../audit/sarif/rules.ts'
import { sentence } from '../audit/summary.ts'
import { type KernelRow, kernelRows } from './gather.ts'
import type { DiffFormat } from './report.ts'
import { answerText, pairs } from './words.ts'

/** Versions in a message, and places of a result: a service shows a hundred (GitHub). */
const NAMES = 5
const LOCATIONS = 100

interface ResultRow extends KernelRow {
  cause: string
  level: (typeof LEVELS)[number]
  verdicts: NonNullable<KernelRow['after']>[]
}

/** Undefined for what is no worse than before. */
function resultRow(row: KernelRow): ResultRow | undefined {
  const { before, after } = row
  if (after === undefined) return undefined
  const severity = row.difference === 'other-cause' ? 'refuses' : severityOf(before, after)
  if (severity === undefined) return undefined
  return {
    ...row,
    cause: after.code ?? after.verdict,
    level: severity === 'uncertain' ? 'warning' : 'error',
    verdicts: [after],
  }
}

export const sarifReport: DiffFormat = diff => {
  const byWord = kernelRows(diff)
  const rows = DIFFERENCES.flatMap(word => byWord.get(word) ?? []).flatMap(row => resultRow(row) ?? [])
  const rules = new Rules([], rows)
  const artifacts = new Artifacts(rows.map(({ kernel }) => kernel))
  const fingerprints = new Fingerprints()
  return sarifLog({
    ...{ tool: diff.tool, created: diff.created, kind: 'diff', rules, artifacts, notifications: [] },
    results: rows.map(row => {
      const { kernel, cause, level, mode, builds, hosts, before, after, difference } = row
      const where = `${kernelTitle(kernel)} as ${mode} on Xen ${listed([...builds], NAMES)}`
      const size = `${plural(hosts, 'host')}, ${pairs(row.pairs)}`
      return {
        ruleId: cause,
        ruleIndex: rules.index(cause),
        level,
        baselineState: before === undefined || before.verdict === 'accepts' ? 'new' : 'updated',
        message: message(
          `${where} (${size}): ${answerText(before)} before, ${answerText(after)} now: ${sentence(after!.reason)}`,
        ),
        locations: kernel.images.slice(0, LOCATIONS).map(image => artifacts.physicalLocation(image)),
        partialFingerprints: fingerprints.of({ kernel, cause: `${cause} ${mode}` }),
        properties: {
          ...{ kernel: kernelName(kernel), mode, difference, pairs: row.pairs, builds: [...builds] },
          remedies: after!.remedies,
        },
      }
    }),
    properties: { old: diff.old, new: diff.new, counts: diff.counts, remarks: diff.remarks },
  })
}
