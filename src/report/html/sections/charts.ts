/**
 * Where the trouble is, as pictures: by series of Xen, and by cause.
 * @module
 */
import type { Audit } from '../../../findings/model.ts'
import { orderedCauses, unitOf } from '../../audit/summary.ts'
import { bar, type Shares } from '../bar.ts'
import { groupDigits } from '../../audit/counts.ts'
import { html, type Markup } from '../markup.ts'
import { poolGrades } from './effective.ts'
import { type SeriesTally, tallySeries } from '../tally.ts'

/** How many of what was asked and exists is refused or in doubt. */
function percent({ refuses = 0, uncertain = 0, accepts = 0 }: Shares): string {
  const all = refuses + uncertain + accepts
  if (all === 0) return '–'
  const share = ((refuses + uncertain) / all) * 100
  return share > 0 && share < 1 ? '<1 %' : `${Math.round(share)} %`
}

function seriesRow({ series, hosts, builds, today, after }: SeriesTally): Markup {
  const shares = after ?? today
  return html`
<tr><th scope="row"><bdi>${series}</bdi></th><td class="number">${groupDigits(hosts)}</td>
<td class="number">${builds.length}</td><td class="bars">${bar(shares)}</td><td class="number">${percent(shares)}</td></tr>`
}

function bySeries(audit: Audit): Markup | false {
  const rows = tallySeries(audit)
  if (rows.length < 2) return false
  return html`<div class="chart">
<h3 id="series-title">By Xen series${audit.kind === 'upgrade' && ' of today, after the upgrade'}</h3>
<table aria-labelledby="series-title">
<thead><tr><th scope="col">Series</th><th scope="col" class="number">Hosts</th><th scope="col" class="number">Builds</th>
<th scope="col">Answers</th><th scope="col" class="number">Refused or uncertain</th></tr></thead>
<tbody>${rows.map(seriesRow)}</tbody>
</table></div>`
}

const capital = (word: string) => word[0]!.toUpperCase() + word.slice(1)

/** How many of the causes the picture shows; their own section has them all. */
const TOP_CAUSES = 10

function byCause(audit: Audit): Markup | false {
  const causes = orderedCauses(audit)
  if (causes.length < 2) return false
  const most = Math.max(...causes.map(({ guests }) => guests), 1)
  const rows = causes.slice(0, TOP_CAUSES).map(
    ({ verdict, title, reason, guests }, index) => html`
<tr><th scope="row"><a href="#cause-${index + 1}"><bdi>${title}</bdi></a> <small>${reason}</small></th>
<td class="bars">${bar({ [verdict]: guests }, most)}</td><td class="number">${groupDigits(guests)}</td></tr>`,
  )
  return html`<div class="chart">
<h3 id="by-cause-title">By cause</h3>
<table aria-labelledby="by-cause-title">
<thead><tr><th scope="col">Cause</th><th scope="col">${capital(unitOf(audit).many)}</th>
<th scope="col" class="number">Count</th></tr></thead>
<tbody>${rows}</tbody>
</table></div>`
}

export const charts = (audit: Audit): Markup =>
  html`<div class="charts">${poolGrades(audit)}${bySeries(audit)}${byCause(audit)}</div>`
