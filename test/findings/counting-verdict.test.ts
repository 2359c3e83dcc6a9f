import { expect, test } from 'vitest'
import { countingVerdict, isFinding } from '../../src/findings/counting-verdict.ts'
import type { Cell, FullVerdict } from '../../src/findings/model.ts'

const words = ['accepts', 'refuses', 'uncertain'] as const
const verdicts = words.map(
  (verdict): FullVerdict => ({ verdict, reason: verdict, remedies: [], assumptions: [], evidence: [] }),
)
const cell = (verdict: number, after?: number, change?: Cell['change']): Cell => ({
  kernel: 0,
  build: 0,
  mode: 'pv-domU',
  guests: 1,
  verdict,
  ...(after !== undefined && { after }),
  ...(change !== undefined && { change }),
})
const counts = (given: Cell) => countingVerdict({ verdicts }, given).verdict

test('without a change it is the verdict of today', () => expect(counts(cell(1))).toBe('refuses'))

test('after a change it is what comes', () => {
  expect(counts(cell(0, 1, 'breaks'))).toBe('refuses')
  expect(counts(cell(1, 0, 'fixed'))).toBe('accepts')
  expect(counts(cell(0, 2, 'uncertain'))).toBe('uncertain')
})

test('where what comes is certain and the change is not, the doubt of today counts', () => {
  expect(counts(cell(2, 0, 'uncertain'))).toBe('uncertain')
  expect(counts(cell(2, 1, 'uncertain'))).toBe('uncertain')
  expect(isFinding({ verdicts, kind: 'upgrade' }, cell(2, 0, 'uncertain'))).toBe(true)
})

test('what an upgrade repairs is no finding', () =>
  expect(isFinding({ verdicts, kind: 'upgrade' }, cell(1, 0, 'fixed'))).toBe(false))
