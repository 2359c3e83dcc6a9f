/**
 * An image a row, for spreadsheets.
 * @module
 */
import type { ScanDiff, ScanDifferenceRow } from '../../findings/scan-diff/model.ts'
import { csvLine, csvList } from '../csv-line.ts'
import type { ScanDiffFormat } from './report.ts'
import { answerChangeText, factText, kernelText, refusalText } from './words.ts'

interface Cells {
  diff: ScanDiff
  row: ScanDifferenceRow
  image: string
  from: string | undefined
}

const kernel = ({ kernels }: ScanDiff, index: number | undefined) =>
  index === undefined ? '' : kernelText(kernels[index]!)

/** The cells of a row by the name of their column. */
const COLUMNS: Record<string, (cells: Cells) => string> = {
  difference: ({ row }) => row.difference,
  image: ({ image }) => image,
  'was at': ({ from }) => from ?? '',
  before: ({ diff, row }) => kernel(diff, row.before),
  after: ({ diff, row }) => kernel(diff, row.after),
  facts: ({ row }) => csvList(row.facts.map(factText)),
  members: ({ row }) => csvList(row.members),
  answers: ({ row }) => csvList([...row.answers.map(answerChangeText), ...row.refusals.map(refusalText)]),
}

export const csvReport: ScanDiffFormat = function* (diff) {
  yield csvLine(Object.keys(COLUMNS))
  const cells = Object.values(COLUMNS)
  for (const row of diff.differences) {
    for (const [index, image] of row.images.entries()) {
      yield csvLine(cells.map(cell => cell({ diff, row, image, from: row.from?.[index] })))
    }
  }
}
