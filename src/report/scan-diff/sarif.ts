/**
 * The comparison for code scanning: answers that are worse than before, refusals of new images, and as notes images that
 * are new or say something else. What is gone, moved or better is only counted: services show results without asking for
 * their state (3.27.24).
 * @module
 */
import { severityOf } from '../../findings/diff/fail-on.ts'
import { answersOf } from '../../findings/scan-diff/fail-on.ts'
import type { ScanDiff, ScanDifference, ScanDifferenceRow } from '../../findings/scan-diff/model.ts'
import { kernelName, kernelTitle } from '../audit/names.ts'
import { Artifacts } from '../audit/sarif/artifacts.ts'
import { Fingerprints } from '../audit/sarif/fingerprints.ts'
import { sarifLog } from '../audit/sarif/log.ts'
import { message } from '../audit/sarif/message.ts'
import { type RuledRow, Rules } from '../audit/sarif/rules.ts'
import { sentence } from '../audit/summary.ts'
import { answerText } from '../diff/words.ts'
import type { ScanDiffFormat } from './report.ts'
import { kernelOf, kernelText, MEANING, rowLines } from './words.ts'

/** Places of a result: a service shows a hundred (GitHub). */
const LOCATIONS = 100

interface ResultRow extends RuledRow {
  row: ScanDifferenceRow
  text: string
  state: 'new' | 'updated'
}

const TOLD: readonly ScanDifference[] = ['facts', 'content', 'new']

function resultRows(diff: ScanDiff, row: ScanDifferenceRow): ResultRow[] {
  const { difference } = row
  const worse = new Map<string, ResultRow>()
  for (const { before, after } of answersOf(row)) {
    const severity = severityOf(before, after)
    const cause = after.code ?? after.verdict
    if (severity === undefined || worse.has(cause)) continue
    worse.set(cause, {
      ...{ row, cause },
      level: severity === 'uncertain' ? 'warning' : 'error',
      verdicts: [{ reason: after.reason, remedies: [...(after.remedies ?? [])] }],
      text: `${answerText(before)} before, ${answerText(after)} now: ${sentence(after.reason)}`,
      state: before === undefined ? 'new' : 'updated',
    })
  }
  if (worse.size > 0) return [...worse.values()]
  if (!TOLD.includes(difference)) return []
  const [, ...lines] = rowLines(diff, row)
  return [
    {
      ...{ row, cause: `image-${difference}`, level: 'note' },
      verdicts: [
        {
          reason: sentence(`${MEANING[difference][0]!.toUpperCase()}${MEANING[difference].slice(1)}`),
          remedies: [],
        },
      ],
      text: sentence([MEANING[difference], ...lines].join('; ')),
      state: difference === 'new' ? 'new' : 'updated',
    },
  ]
}

export const sarifReport: ScanDiffFormat = diff => {
  const results = diff.differences.flatMap(row => resultRows(diff, row))
  const rules = new Rules([], results)
  const artifacts = new Artifacts(results.map(({ row }) => row))
  const fingerprints = new Fingerprints()
  return sarifLog({
    ...{ tool: diff.tool, created: diff.created, kind: 'diff-of-scans', rules, artifacts, notifications: [] },
    results: results.map(({ row, cause, level, text, state, verdicts }) => {
      const { images, difference, facts, members, answers } = row
      return {
        ruleId: cause,
        ruleIndex: rules.index(cause),
        level,
        baselineState: state,
        message: message(`${kernelTitle(row)} (${kernelText(kernelOf(diff, row))}): ${text}`),
        locations: images.slice(0, LOCATIONS).map(image => artifacts.physicalLocation(image)),
        partialFingerprints: fingerprints.of({ kernel: row, cause }),
        properties: {
          ...{ image: kernelName(row), difference, images: images.length, facts, members, answers },
          remedies: verdicts[0]!.remedies,
        },
      }
    }),
    properties: { old: diff.old, new: diff.new, counts: diff.counts, remarks: diff.remarks },
  })
}
