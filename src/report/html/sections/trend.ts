/**
 * What earlier reports counted, as a picture and as a table.
 * @module
 */
import type { Audit, HistoryPoint } from '../../../findings/model.ts'
import { groupDigits } from '../../audit/counts.ts'
import { trendCounts, trendWords } from '../../audit/trend.ts'
import { unitOf } from '../../audit/summary.ts'
import { html, type Markup } from '../markup.ts'
import { lookWord } from '../words.ts'

/** The picture in units of its own: a column for each report. */
const HEIGHT = 120
const COLUMN = 24
const GAP = 6

const day = ({ created }: HistoryPoint) => created.slice(0, 'YYYY-MM-DD'.length)

type Words = ReturnType<typeof trendWords>

function column(point: HistoryPoint, index: number, most: number, words: Words): Markup {
  let y = HEIGHT
  const parts = trendCounts(point, words).map((count, at) => {
    if (count === 0) return undefined
    const height = Math.max(1, Math.round((count / most) * HEIGHT))
    y -= height
    return html`<rect class="fill-${words[at]!}" x="${index * (COLUMN + GAP)}" y="${Math.max(0, y)}" width="${COLUMN}" height="${height}"/>`
  })
  return html`<g><title>${day(point)}: ${pointText(point, words)}</title>${parts}</g>`
}

const pointText = (point: HistoryPoint, words: Words) =>
  trendCounts(point, words)
    .map((count, at) => `${lookWord[words[at]!]} ${groupDigits(count)}`)
    .join(', ')

function picture(points: readonly HistoryPoint[], words: Words): Markup {
  const total = (point: HistoryPoint) => trendCounts(point, words).reduce((sum, count) => sum + count, 0)
  const most = Math.max(1, ...points.map(total))
  const width = points.length * (COLUMN + GAP) - GAP
  const [first, last] = [points[0]!, points.at(-1)!]
  const label = `Answers of ${points.length} reports. ${day(first)}: ${pointText(first, words)}. ${day(last)}: ${pointText(last, words)}. The table below has all of them.`
  return html`<svg viewBox="0 0 ${width} ${HEIGHT}" width="${width}" height="${HEIGHT}" role="img" aria-label="${label}">${points.map((point, index) => column(point, index, most, words))}</svg>`
}

function row(point: HistoryPoint, words: Words): Markup {
  const causes = [...point.causes].sort((a, b) => b.guests - a.guests)
  const [worst] = causes
  return html`
<tr><th scope="row">${day(point)}</th>${trendCounts(point, words).map((count, at) => html`<td class="number" data-label="${lookWord[words[at]!]}">${groupDigits(count)}</td>`)}
<td class="number" data-label="Kernels">${groupDigits(point.kernels)}</td><td class="number" data-label="Hosts">${groupDigits(point.hosts)}</td>
<td>${worst !== undefined && html`<code>${worst.code}</code> ${groupDigits(worst.guests)}`}</td></tr>`
}

export function trendSection(audit: Audit): Markup | false {
  const { history } = audit
  if (history === undefined || history.points.length < 2) return false
  const { points } = history
  const words = trendWords(audit)
  return html`<section id="trend" aria-labelledby="trend-title">
<h2 id="trend-title">Trend</h2>
<p class="note">Counted are ${unitOf(audit).many}, by the date of the report; the last column is this report. From below: ${words.map(word => lookWord[word]).join(', ')}.</p>
<div class="scroll" tabindex="0" role="region" aria-label="Trend as a picture">${picture(points, words)}</div>
<div class="scroll" tabindex="0" role="region" aria-label="Trend as a table">
<table class="problems" aria-labelledby="trend-title">
<thead><tr><th scope="col">Date</th>${words.map(word => html`<th scope="col" class="number">${lookWord[word]}</th>`)}
<th scope="col" class="number">Kernels</th><th scope="col" class="number">Hosts</th><th scope="col">Worst cause</th></tr></thead>
<tbody>${points.map(point => row(point, words))}</tbody></table></div>
</section>`
}
