/**
 * The steps that end or prevent most refusals, to be read first.
 * @module
 */
import type { Audit, PlanStep } from '../../../findings/model.ts'
import { sentence } from '../../audit/summary.ts'
import { GRADE_RULE, mostEffective, poolName, WORTH_RULE, worthOf } from '../../audit/headline.ts'
import { countOf, groupDigits } from '../../audit/counts.ts'
import { html, type Markup } from '../markup.ts'

/** `ends 3,625 of 8,320 refusals`: the number is what is seen first. */
function worth(audit: Audit, step: PlanStep): Markup {
  const text = worthOf(audit, step)
  const number = groupDigits(step.guests)
  const at = text.indexOf(number)
  return html`<p class="worth">${text.slice(0, at)}<b>${number}</b>${text.slice(at + number.length)}</p>`
}

export const commandOf = ({ command }: PlanStep): Markup | false =>
  command !== undefined && html`<pre class="log command"><code>${command}</code></pre>`

/** Nothing where no step is known. */
export function effectiveSteps(audit: Audit): Markup | false {
  const steps = mostEffective(audit).map(index => audit.plan[index]!)
  if (steps.length === 0) return false
  const items = steps.map(
    step => html`
<li>${worth(audit, step)}
<p>${sentence(step.text)}</p>${commandOf(step)}</li>`,
  )
  const rule = audit.kind === 'audit' && html`${sentence(WORTH_RULE)} `
  return html`<h3>Most effective</h3>
<ol class="effective">${items}
</ol>
<p class="note">${rule}<a href="#plan">The whole plan</a> has ${countOf(audit.plan.length, 'step')}.</p>`
}

/** So many pools are in sight; the rest is folded. */
const SHOWN = 12

function poolTable(
  pools: NonNullable<Audit['pools']>,
  all: NonNullable<Audit['pools']>,
  label: string,
): Markup {
  const rows = pools.map(
    pool => html`
<tr><th scope="row"><bdi>${poolName(pool, all)}</bdi></th><td><span class="grade grade-${pool.grade}">${pool.grade}</span></td>
<td class="number">${pool.score}</td><td class="number">${groupDigits(pool.hosts)}</td>
<td class="number">${groupDigits(pool.refuses)}</td><td class="number">${groupDigits(pool.uncertain)}</td></tr>`,
  )
  return html`<table class="pools" aria-label="${label}">
<thead><tr><th scope="col">Pool</th><th scope="col">Grade</th><th scope="col" class="number">Of 100</th><th scope="col" class="number">Hosts</th>
<th scope="col" class="number">Refused</th><th scope="col" class="number">Uncertain</th></tr></thead>
<tbody>${rows}</tbody></table>`
}

/** A grade for each pool, the worst first, with the rule that gives it. */
export function poolGrades({ pools = [] }: Audit): Markup | false {
  if (pools.length === 0) return false
  const more = pools.slice(SHOWN)
  return html`<div class="chart">
<h3>${pools.length === 1 ? 'Grade' : 'Pools, the worst first'}</h3>
${poolTable(pools.slice(0, SHOWN), pools, 'Grades of pools')}
${more.length > 0 && html`<details><summary>${countOf(more.length, 'more pool')}</summary>${poolTable(more, pools, 'Grades of further pools')}</details>`}
<p class="note">${sentence(GRADE_RULE)}</p>
</div>`
}
