import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { drawChart } from '../../bench/chart.ts'
import { fillPage, performanceText, readmeText } from '../../bench/published.ts'
import { type Results, SECTION_IDS } from '../../bench/results.ts'
import { checkTargets } from '../../bench/targets.ts'

const results: Results = JSON.parse(readFileSync('bench/results.json', 'utf8'))

describe('the published measurements', () => {
  test.each([
    ['README.md', readmeText],
    ['docs/performance.md', performanceText],
  ])('%s says what the results say', (name, text) => {
    const page = readFileSync(name, 'utf8')
    expect(fillPage(page, text(results))).toBe(page)
  })

  test('the chart draws what the results say', () => {
    expect(drawChart(results)).toBe(readFileSync('bench/results.svg', 'utf8'))
  })

  test('every section was measured, and every aim has its figure', () => {
    expect(results.sections.map(({ id }) => id)).toEqual(SECTION_IDS)
    const targets = checkTargets(results)
    expect(targets.length).toBeGreaterThanOrEqual(30)
    expect(checkTargets({ ...results, sections: [] })).toEqual([])
  })

  test('a figure beyond its bound is a missed aim', () => {
    const slow = structuredClone(results)
    const rows = slow.sections.find(({ id }) => id === 'startup')!.rows
    rows.find(({ subject }) => subject === '--version')!.cpu.median = 1e6
    const start = (from: Results) => checkTargets(from).find(({ what }) => what.startsWith('start-up'))!
    expect(start(slow).met).toBe(false)
    expect(start(slow).measured).not.toBe(start(results).measured)
  })

  test('a page without marks is left alone', () => {
    expect(fillPage('# Nothing to fill', 'text')).toBeUndefined()
  })
})
